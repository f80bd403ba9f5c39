import type { Expression } from "../../grammar/index.js";
import { fault } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { mostNestedRules } from "../limits.js";
import { barrier } from "../ops/families/barrier.js";
import type { Cotangent, TensorOp } from "../ops/op.js";
import { batchOf } from "../ops/tangents.js";
import type { Calculus } from "../ops/vocabulary.js";
import { formatShape, sameShape } from "../tensor.js";
import { type Context, keepApart, nodeOf } from "./context.js";
import { assertLinear } from "./linearity.js";
import { type FunctionValue, Scope, tensor, type Value } from "./value.js";
import { variablesIn } from "./variables.js";

/** The value of an expression in a scope. */
export type LowerIn = (scope: Scope, expression: Expression) => Value;

/** A rule for one choice of arguments, as a graph that is linear in the directions. */
interface Linearisation {
  /** Inputs that stand for the tangents, one for each argument; no value is ever given for them. */
  readonly directions: readonly OperatorNode[];
  /** The derivative along them, of the shape of the function's value. */
  readonly along: OperatorNode;
}

/**
 * The value of a call of a function that states its own derivative: a node that passes derivatives to the arguments by
 * the rule, and none through the function's body.
 */
export function customNode(
  context: Context,
  callee: FunctionValue,
  arguments_: readonly OperatorNode[],
  value: OperatorNode,
  lower: LowerIn,
): OperatorNode {
  const { b, custom } = context;
  let op = custom.get(callee.definition);
  if (op === undefined) {
    op = customOp(context, callee, lower);
    custom.set(callee.definition, op);
  }
  // The name is for those who tell of the node.
  const attributes = { function: callee.definition.name.name };
  return b.builder.node(op, [b.apply("stop_gradient", [value]), ...arguments_], attributes);
}

/**
 * Both modes from the one linear rule. Its graph is made once for each node, without batch axes; differentiating it by
 * the directions applies it to tangents with any batch axes (forward) or transposes it (in reverse).
 */
function customOp(context: Context, callee: FunctionValue, lower: LowerIn): TensorOp {
  const { differentiation, openRules } = context;
  const known = new Map<OperatorNode, Linearisation>();
  const linearisation = (node: OperatorNode): Linearisation => {
    const earlier = known.get(node);
    if (earlier !== undefined) return earlier;
    // A rule that needs the function's own derivative, to pass a tangent through it, would be expanded without end.
    const { name, body } = callee.rule!;
    if (openRules.has(callee.definition)) throw fault("derivative-circular", { name: name.name }, body.span);
    if (openRules.size >= mostNestedRules)
      throw fault("derivative-nesting", { limit: mostNestedRules }, body.span);
    openRules.add(callee.definition);
    try {
      const made = linearise(context, callee, node, lower);
      known.set(node, made);
      return made;
    } finally {
      openRules.delete(callee.definition);
    }
  };
  const pulledBack = (b: Calculus, cotangent: Cotangent, node: OperatorNode, index: number) => {
    const { directions, along } = linearisation(node);
    // Input 0 is the value.
    const direction = directions[index - 1]!;
    return differentiation.pullback(b, new Map([[along, cotangent]]), [direction]).get(direction);
  };
  return {
    ...barrier.custom,
    jvp: (b, [, ...tangents], node) => {
      const { directions, along } = linearisation(node);
      const seeds = directions.flatMap((direction, i) => {
        const tangent = tangents[i] ?? null;
        return tangent === null ? [] : [[direction, tangent] as const];
      });
      const [pushed] = differentiation.pushforward(b, [along], new Map(seeds));
      const [direction, tangent] = seeds[0]!;
      return pushed ?? b.broadcastTo(0, [...batchOf(tangent, direction.shape), ...node.shape]);
    },
    pull: (b, cotangent, node, index) => pulledBack(b, cotangent, node, index) ?? null,
    vjp: (b, value, node, index, live) =>
      pulledBack(b, { value, mask: live }, node, index)?.value ??
      b.broadcastTo(0, [...batchOf(value, node.shape), ...node.inputs[index]!.shape]),
  };
}

function linearise(
  context: Context,
  { definition, scope, rule }: FunctionValue,
  node: OperatorNode,
  lower: LowerIn,
): Linearisation {
  const { b, differentiation } = context;
  const { parameters, tangents, body } = rule!;
  const callerSpan = b.builder.span;
  const { name } = definition.name;
  const arguments_ = node.inputs.slice(1);
  const inner = new Scope(scope);
  const variables = variablesIn(body);
  parameters.forEach((parameter, i) => {
    const value = tensor(arguments_[i]!);
    inner.define(
      parameter.name,
      variables.has(parameter.name) ? keepApart(context, parameter.name, value) : value,
    );
  });
  // The size of the graph makes each name new; a blank keeps it apart from names of the script.
  const placeholder = (label: string, { shape }: OperatorNode) =>
    b.apply("input", [], { name: `${label} ${b.builder.size}`, shape });
  const directions = tangents.map((tangent, i) => placeholder(tangent.name, arguments_[i]!));
  tangents.forEach((tangent, i) => {
    inner.define(tangent.name, tensor(directions[i]!));
  });
  const along = nodeOf(lower(inner, body), body.span);
  if (!sameShape(along.shape, node.shape)) {
    throw fault(
      "derivative-shape",
      { name, expected: formatShape(node.shape), actual: formatShape(along.shape) },
      body.span,
    );
  }
  const seed = { value: placeholder("cotangent", node), mask: null };
  const transposed = [...differentiation.pullback(b, new Map([[along, seed]]), directions).values()];
  assertLinear({ along, directions, transposed: transposed.map(({ value }) => value) }, () =>
    fault("derivative-linear", { name, tangents: tangents.map((tangent) => tangent.name) }, body.span),
  );
  b.builder.span = callerSpan;
  return { directions, along };
}
