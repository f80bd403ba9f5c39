import type {
  BinaryExpression,
  BinaryOperator,
  BlockExpression,
  CallExpression,
  Expression,
  IndexExpression,
  ListExpression,
  Subscript,
} from "../../grammar/index.js";
import { diagnose, Fault, fault, type Span } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { builtinConstants, builtinFunctions } from "../ops/builtins.js";
import { isDerivativeFunction } from "../ops/derivative-functions.js";
import { matrixProduct } from "../ops/families/linalg.js";
import { isLoopFunction } from "../ops/loop-functions.js";
import type { ScalarOpName } from "../ops/registry.js";
import { formatShape, sameShape, sizeOf } from "../tensor.js";
import { convertArguments, type Given } from "./arguments.js";
import { type Context, keepApart, nodeOf } from "./context.js";
import { lowerDerivative } from "./derivatives.js";
import { invoke, lambdaValue } from "./functions.js";
import type { Journal } from "./journal.js";
import { literalTensor } from "./literal.js";
import { lowerIf, lowerLoop } from "./loops.js";
import { functionParameters, requireMatch } from "./signature.js";
import { type LoweredSubscript, lowerSubscripts } from "./subscripts.js";
import type { Computation } from "./trampoline.js";
import { describeValue, Scope, tensor, type Value } from "./value.js";
import { variablesIn } from "./variables.js";

const elementwise: Readonly<Record<Exclude<BinaryOperator, "@">, ScalarOpName>> = {
  or: "logical_or",
  and: "logical_and",
  "<": "less",
  "<=": "less_equal",
  ">": "greater",
  ">=": "greater_equal",
  "==": "equal",
  "!=": "not_equal",
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "^": "pow",
};

/** The value of an expression, as nodes. Faults stand at the smallest expression that they concern. */
export function lowerExpression(context: Context, scope: Scope, expression: Expression): Computation<Value> {
  const { journal } = context;
  return journal === undefined
    ? lowered(context, scope, expression)
    : recorded(context, scope, expression, journal);
}

function* recorded(
  context: Context,
  scope: Scope,
  expression: Expression,
  journal: Journal,
): Computation<Value> {
  const value: Value = yield lowered(context, scope, expression);
  journal.value(expression, value, operationOf(scope, expression));
  return value;
}

/** The operation that an expression consists in; none where it reads a name, or calls a function that is expanded. */
function operationOf(scope: Scope, expression: Expression): string | undefined {
  switch (expression.kind) {
    case "unary":
      return expression.operator === "-" ? "neg" : "not";
    case "binary":
      return expression.operator === "@" ? "matmul" : elementwise[expression.operator];
    case "transpose":
    case "list":
    case "index":
    case "if":
      return expression.kind;
    case "call": {
      if (expression.callee.kind !== "name") return undefined;
      const { name } = expression.callee;
      const found = scope.find(name);
      if (found === undefined) return name;
      if (found.kind === "builtin") return found.name;
      return found.kind === "function" && found.rule !== undefined ? name : undefined;
    }
    default:
      return undefined;
  }
}

function* lowered(context: Context, scope: Scope, expression: Expression): Computation<Value> {
  const { b } = context;
  const lower = (part: Expression) => lowerExpression(context, scope, part);
  switch (expression.kind) {
    case "number":
      return tensor(b.node(expression.value));
    case "string":
      return { kind: "string", text: expression.value };
    case "name":
      return readName(context, scope, expression.name, expression.span);
    case "unary": {
      const operand = nodeOf(yield lower(expression.operand), expression.operand.span);
      b.builder.span = expression.span;
      // A negative number is one constant, not the negation of one.
      const { value } = operand.attributes;
      if (expression.operator === "-" && typeof value === "number") return tensor(b.node(-value));
      return tensor(b.elementwise(expression.operator === "-" ? "neg" : "logical_not", operand));
    }
    case "binary": {
      const left = nodeOf(yield lower(expression.left), expression.left.span);
      const right = nodeOf(yield lower(expression.right), expression.right.span);
      b.builder.span = expression.span;
      if (expression.operator === "@") return tensor(matrixProduct(b, left, right));
      const node = b.apply(elementwise[expression.operator], [left, right]);
      warnWhereBothExpand(context, expression, left, right, node);
      return tensor(node);
    }
    case "transpose": {
      const operand = nodeOf(yield lower(expression.operand), expression.operand.span);
      b.builder.span = expression.span;
      const rank = operand.shape.length;
      return tensor(
        b.transpose(
          operand,
          operand.shape.map((_, axis) => rank - 1 - axis),
        ),
      );
    }
    case "tuple": {
      const elements: Value[] = [];
      for (const element of expression.elements) elements.push(yield lower(element));
      return { kind: "tuple", elements };
    }
    case "list":
      return yield lowerList(context, scope, expression);
    case "index":
      return yield lowerIndex(context, scope, expression);
    case "call":
      return yield lowerCall(context, scope, expression);
    case "block":
      return yield lowerBlock(context, scope, expression);
    case "lambda":
      return lambdaValue(expression, scope);
    case "if":
      return yield lowerIf(context, scope, expression, lowerExpression);
  }
}

/** A column meets a row and makes a table of them: asked for now and then, and a slip of axes more often. */
function warnWhereBothExpand(
  { warn }: Context,
  { operator, span }: BinaryExpression,
  left: OperatorNode,
  right: OperatorNode,
  { shape }: OperatorNode,
): void {
  // Scalars, of which there may be very many, never do.
  if (left.shape.length === 0 || right.shape.length === 0) return;
  if (sizeOf(shape) <= Math.max(sizeOf(left.shape), sizeOf(right.shape))) return;
  const [first, second, result] = [left.shape, right.shape, shape].map((sizes) => formatShape(sizes));
  warn(diagnose("both-expand", { op: operator, left: first!, right: second!, result: result! }, span));
}

function readName({ b }: Context, scope: Scope, name: string, span: Span): Value {
  const found = scope.find(name);
  if (found?.kind === "broken") throw new Fault(found.diagnostics);
  if (found !== undefined) return found;
  const constant = builtinConstants.get(name);
  if (constant !== undefined) return tensor(b.node(constant));
  if (builtinFunctions.has(name)) return { kind: "builtin", name };
  throw fault("used-too-early", { name }, span);
}

function* lowerList(context: Context, scope: Scope, list: ListExpression): Computation<Value> {
  const { b } = context;
  const literal = literalTensor(list);
  if (literal !== undefined) return tensor(b.constant(literal));
  if (list.elements.length === 0) throw fault("empty-list", {}, list.span);
  const nodes: OperatorNode[] = [];
  for (const element of list.elements) {
    nodes.push(nodeOf(yield lowerExpression(context, scope, element), element.span));
  }
  const first = nodes[0]!.shape;
  const index = nodes.findIndex(({ shape }) => !sameShape(shape, first));
  if (index >= 0) {
    throw fault(
      "ragged-list",
      { first: formatShape(first), other: formatShape(nodes[index]!.shape), index },
      list.elements[index]!.span,
    );
  }
  b.builder.span = list.span;
  return tensor(
    b.concatenate(
      nodes.map((node) => b.reshape(node, [1, ...first])),
      0,
    ),
  );
}

function* lowerIndex(context: Context, scope: Scope, expression: IndexExpression): Computation<Value> {
  const operand = yield lowerExpression(context, scope, expression.operand);
  const subscripts: LoweredSubscript[] = [];
  const node = function* (part: Expression): Generator<Computation<Value>, OperatorNode, Value> {
    return nodeOf(yield lowerExpression(context, scope, part), part.span);
  };
  for (const subscript of expression.subscripts) subscripts.push(yield* lowerSubscript(subscript, node));
  if (operand.kind === "tuple") return tupleElement(context, operand.elements, subscripts, expression.span);
  context.b.builder.span = expression.span;
  return tensor(
    lowerSubscripts(context, nodeOf(operand, expression.operand.span), subscripts, expression.span),
  );
}

function* lowerSubscript(
  subscript: Subscript,
  node: (part: Expression) => Generator<Computation<Value>, OperatorNode, Value>,
): Generator<Computation<Value>, LoweredSubscript, Value> {
  const { kind, span } = subscript;
  if (kind === "ellipsis") return { kind, span };
  if (kind === "at") return { kind, index: yield* node(subscript.index), span };
  const { start, stop, step } = subscript;
  return {
    kind,
    start: start === undefined ? undefined : yield* node(start),
    stop: stop === undefined ? undefined : yield* node(stop),
    step: step === undefined ? undefined : yield* node(step),
    span,
  };
}

/** `pair[0]`: the elements of a tuple are taken by one integer. */
function tupleElement(
  context: Context,
  elements: readonly Value[],
  subscripts: readonly LoweredSubscript[],
  span: Span,
): Value {
  const [subscript] = subscripts;
  if (subscripts.length !== 1 || subscript?.kind !== "at") {
    throw fault("subscript", { reason: "does not fit a tuple; take an element with one whole number" }, span);
  }
  // The tuple's positions as a vector: the same rules, and the same faults, as for a tensor.
  const positions = context.b.iota(elements.length);
  const chosen = lowerSubscripts(context, positions, subscripts, span);
  if (chosen.shape.length > 0)
    throw fault("subscript", { reason: "does not fit a tuple; take an element with one whole number" }, span);
  return elements[context.evaluate(chosen).data[0]!]!;
}

function* lowerCall(context: Context, scope: Scope, call: CallExpression): Computation<Value> {
  const { callee } = call;
  const given: Given[] = [];
  for (const { value } of call.args) {
    given.push({ value: yield lowerExpression(context, scope, value), span: value.span });
  }
  if (callee.kind !== "name")
    return yield callValue(context, yield lowerExpression(context, scope, callee), call, given);
  const found = scope.find(callee.name);
  if (found?.kind === "broken") throw new Fault(found.diagnostics);
  if (found !== undefined) return yield callValue(context, found, call, given);
  if (isDerivativeFunction(callee.name)) return tensor(lowerDerivative(context, callee.name, call, given));
  if (isLoopFunction(callee.name)) return yield lowerLoop(context, callee.name, call, given, lowerExpression);
  return yield callValue(context, { kind: "builtin", name: callee.name }, call, given);
}

function* callValue(
  context: Context,
  callee: Value,
  call: CallExpression,
  given: readonly Given[],
): Computation<Value> {
  if (callee.kind === "function") {
    const { definition } = callee;
    const parameters = functionParameters(definition);
    const matched = requireMatch(definition.name.name, parameters, call);
    const taken = [...parameters.keys()].map((parameter) => given[matched.get(parameter)![0]!]!);
    return yield invoke(context, callee, taken, call.span, lowerExpression);
  }
  const builtin = callee.kind === "builtin" ? builtinFunctions.get(callee.name) : undefined;
  if (callee.kind !== "builtin" || builtin === undefined) {
    const what = call.callee.kind === "name" ? `the value \`${call.callee.name}\`` : "this expression";
    throw fault("not-a-function", { what }, call.callee.span);
  }
  context.b.builder.span = call.span;
  const values = convertArguments(context, builtin, callee.name, call, given);
  const built = builtin.build(context.b, values);
  return "op" in built ? tensor(built) : { kind: "tuple", elements: built.map(tensor) };
}

function* lowerBlock(context: Context, outer: Scope, block: BlockExpression): Computation<Value> {
  const scope = new Scope(outer);
  const variables = variablesIn(block);
  for (const statement of block.statements) {
    if (statement.kind === "function") {
      scope.define(statement.name.name, { kind: "function", definition: statement, scope, rule: undefined });
      continue;
    }
    const value: Value = yield lowerExpression(context, scope, statement.value);
    const targets = statement.targets.map(({ name }) => name);
    takeApart(value, targets.length, statement.tuple, statement.span).forEach((part, i) => {
      const target = targets[i]!;
      context.journal?.local(target, part);
      scope.define(target, variables.has(target) ? keepApart(context, target, part) : part);
    });
  }
  return yield lowerExpression(context, scope, block.value);
}

/** The parts that the names on the left of a definition get. */
export function takeApart(value: Value, count: number, tuple: boolean, span: Span): readonly Value[] {
  if (!tuple) return [value];
  if (value.kind !== "tuple") throw fault("not-a-tuple", { actual: describeValue(value) }, span);
  if (value.elements.length !== count) {
    throw fault("tuple-size", { expected: count, actual: value.elements.length }, span);
  }
  return value.elements;
}
