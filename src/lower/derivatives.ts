import type { CallExpression } from "../../grammar/index.js";
import { fault, type Span } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { type DerivativeFunctionName, derivativeFunctions } from "../ops/derivative-functions.js";
import type { Op } from "../ops/op.js";
import { formatShape, type Shape, sameShape } from "../tensor.js";
import type { Given } from "./arguments.js";
import { type Context, type Differentiation, nodeOf } from "./context.js";
import { requireMatch } from "./signature.js";
import { describeValue } from "./value.js";

/** What each argument stands for; `v` is there where the function takes one. */
interface Arguments {
  readonly y: OperatorNode;
  readonly x: OperatorNode;
  readonly v: OperatorNode;
}

interface Rule {
  /** What to use for a tensor, where the function takes scalars only. */
  readonly scalarOnly?: string;
  /** Whose shape `v` has. */
  readonly vector?: "x" | "y";
  readonly shape: (y: Shape, x: Shape) => Shape;
  /** `null`: no dependence. */
  readonly build: (d: Differentiation, context: Context, of: Arguments) => OperatorNode | null;
}

const useJacobian = "`jacobian(y, x)` takes a tensor; or take the sum or one element";

const rules: Readonly<Record<DerivativeFunctionName, Rule>> = {
  grad: {
    scalarOnly: useJacobian,
    shape: (_, x) => x,
    build: (d, { b }, { y, x }) => d.jacobian(b, y, x),
  },
  jacobian: { shape: (y, x) => [...y, ...x], build: (d, { b }, { y, x }) => d.jacobian(b, y, x) },
  hessian: {
    scalarOnly: "differentiate `jacobian(y, x)` again; or take the sum or one element",
    shape: (_, x) => [...x, ...x],
    build: (d, { b }, { y, x }) => d.hessian(b, y, x),
  },
  jvp: { vector: "x", shape: (y) => y, build: (d, { b }, { y, x, v }) => d.jvp(b, y, x, v) },
  vjp: { vector: "y", shape: (_, x) => x, build: (d, { b }, { y, x, v }) => d.vjp(b, y, x, v) },
  hvp: {
    scalarOnly: "take the sum or one element, or use `jvp` of a `jacobian`",
    vector: "x",
    shape: (_, x) => x,
    build: (d, { b }, { y, x, v }) => d.hvp(b, y, x, v),
  },
};

/** A call of `grad` and its like. Where the first argument does not depend on the second, the result is zeros. */
export function lowerDerivative(
  context: Context,
  name: DerivativeFunctionName,
  call: CallExpression,
  given: readonly Given[],
): OperatorNode {
  const { parameters } = derivativeFunctions.get(name)!;
  const matched = requireMatch(name, parameters, call);
  const [first, x, v] = [...parameters.keys()].map((parameter) => given[matched.get(parameter)![0]!]!);
  const variable = call.args[matched.get("x")![0]!]!.value;
  if (variable.kind !== "name") throw fault("derivative-by", { name, what: "an expression" }, x!.span);
  const by = variableNode(name, variable.name, x!);
  const y = nodeOf(first!.value, first!.span);
  const { scalarOnly, vector, shape, build } = rules[name];
  if (scalarOnly !== undefined && y.shape.length > 0) {
    throw fault("derivative-of", { name, shape: formatShape(y.shape), hint: scalarOnly }, first!.span);
  }
  const direction = vector === undefined ? y : nodeOf(v!.value, v!.span);
  if (vector !== undefined) {
    const like = vector === "x" ? variable.name : [...parameters.keys()][0]!;
    checkVector(name, direction, like, (vector === "x" ? by : y).shape, v!.span);
  }
  const part = hiddenPath(context, y, by);
  if (part !== undefined)
    throw fault("derivative-through-loop", { name, variable: variable.name, part }, call.span);
  context.b.builder.span = call.span;
  const found = build(context.differentiation, context, { y, x: by, v: direction });
  return found ?? context.b.broadcastTo(0, shape(y.shape, by.shape));
}

/**
 * A parameter of a loop body stands for other values in every step, and what these depend on is not seen inside the body.
 * Which part of a loop around the call `y` reads that may depend on `by`, if there is one.
 */
function hiddenPath({ loopSources }: Context, y: OperatorNode, by: OperatorNode): string | undefined {
  if (loopSources.size === 0) return undefined;
  for (const node of carriers(y)) {
    const source = loopSources.get(node);
    // What is made inside the body depends on the parameter, not the other way round.
    if (source === undefined || node === by || by.id > node.id) continue;
    if (source === null) return "carry";
    if (carriers(source).has(by)) return "slice";
  }
  return undefined;
}

/** The nodes that derivatives of a node pass through. */
function carriers(root: OperatorNode): ReadonlySet<OperatorNode> {
  const found = new Set([root]);
  // A set is walked in the order of insertion, so what comes in on the way is walked too.
  for (const { op, inputs } of found) {
    const own = op as Op;
    if (own.kind === "tensor" && own.vjp === null) continue;
    for (const input of inputs) found.add(input);
  }
  return found;
}

/** The node of a name that is differentiated by: one that stands for this name alone. */
function variableNode(name: string, variable: string, { value, span }: Given): OperatorNode {
  if (value.kind !== "tensor") {
    throw fault("derivative-by", { name, what: `\`${variable}\`, ${describeValue(value)}` }, span);
  }
  const { op } = value.node;
  if (op.name === "input" || op.name === "named") return value.node;
  throw fault("derivative-by", { name, what: `the constant \`${variable}\`` }, span);
}

function checkVector(name: string, v: OperatorNode, like: string, shape: Shape, span: Span): void {
  if (sameShape(v.shape, shape)) return;
  throw fault(
    "derivative-vector",
    { name, like, expected: formatShape(shape), actual: formatShape(v.shape) },
    span,
  );
}
