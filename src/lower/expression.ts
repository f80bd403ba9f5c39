import type {
  BinaryOperator,
  BlockExpression,
  CallExpression,
  Expression,
  IndexExpression,
  ListExpression,
  Subscript,
} from "../../grammar/index.js";
import { Fault, fault, type Span } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { builtinConstants, builtinFunctions } from "../ops/builtins.js";
import { matrixProduct } from "../ops/families/linalg.js";
import type { ScalarOpName } from "../ops/registry.js";
import { formatShape, sameShape } from "../tensor.js";
import { convertArguments, type Given } from "./arguments.js";
import { plannedForms } from "./check-expression.js";
import { type Context, nodeOf } from "./context.js";
import { literalTensor } from "./literal.js";
import { functionParameters, requireMatch } from "./signature.js";
import { type LoweredSubscript, lowerSubscripts } from "./subscripts.js";
import type { Computation } from "./trampoline.js";
import { describeValue, type FunctionValue, Scope, tensor, type Value } from "./value.js";

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

/** How many calls a message about a fault inside functions retraces. */
const longestTrace = 4;

/** The value of an expression, as nodes. Faults stand at the smallest expression that they concern. */
export function* lowerExpression(context: Context, scope: Scope, expression: Expression): Computation<Value> {
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
      return tensor(b.apply(elementwise[expression.operator], [left, right]));
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
    case "if":
      throw fault("not-supported-yet", { what: plannedForms[expression.kind] }, expression.span);
  }
}

function readName({ b }: Context, scope: Scope, name: string, span: Span): Value {
  const found = scope.find(name);
  if (found?.kind === "function") throw fault("not-a-value", { name, what: "a function" }, span);
  if (found?.kind === "broken") throw new Fault(found.diagnostics);
  if (found !== undefined) return found;
  const constant = builtinConstants.get(name);
  if (constant !== undefined) return tensor(b.node(constant));
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
  if (callee.kind !== "name") throw fault("not-a-function", { what: "this expression" }, callee.span);
  const given: Given[] = [];
  for (const { value } of call.args) {
    given.push({ value: yield lowerExpression(context, scope, value), span: value.span });
  }
  const found = scope.find(callee.name);
  if (found?.kind === "function") return yield callFunction(context, found, call, given);
  const builtin = found === undefined ? builtinFunctions.get(callee.name) : undefined;
  if (builtin === undefined)
    throw fault("not-a-function", { what: `the value \`${callee.name}\`` }, callee.span);
  context.b.builder.span = call.span;
  const values = convertArguments(context, builtin, callee.name, call, given);
  const built = builtin.build(context.b, values);
  return "op" in built ? tensor(built) : { kind: "tuple", elements: built.map(tensor) };
}

function* callFunction(
  context: Context,
  { definition, scope }: FunctionValue,
  call: CallExpression,
  given: readonly Given[],
): Computation<Value> {
  const { name } = definition.name;
  const parameters = functionParameters(definition);
  const matched = requireMatch(name, parameters, call);
  const arguments_ = [...parameters.keys()].map((parameter) => given[matched.get(parameter)![0]!]!.value);
  const known = callsOf(context, definition, scope);
  const key = arguments_.map(identity).join(" ");
  const earlier = known.get(key);
  if (earlier !== undefined) return earlier;
  const inner = new Scope(scope);
  definition.parameters.forEach((parameter, i) => {
    inner.define(parameter.name, arguments_[i]!);
  });
  try {
    const result: Value = yield lowerExpression(context, inner, definition.body);
    known.set(key, result);
    return result;
  } catch (error) {
    throw error instanceof Fault ? retrace(error, name, call.span) : error;
  }
}

/** Results by arguments; a local function's depend on its scope too, so each scope has its own. */
function callsOf(
  { calls }: Context,
  definition: FunctionValue["definition"],
  scope: Scope,
): Map<string, Value> {
  let byScope = calls.get(definition);
  if (byScope === undefined) {
    byScope = new Map();
    calls.set(definition, byScope);
  }
  let known = byScope.get(scope);
  if (known === undefined) {
    known = new Map();
    byScope.set(scope, known);
  }
  return known;
}

/** Two values with the same identity are the same. */
function identity(value: Value): string {
  if (value.kind === "tensor") return `${value.node.id}`;
  return value.kind === "string" ? JSON.stringify(value.text) : `(${value.elements.map(identity).join(" ")})`;
}

function retrace(error: Fault, name: string, span: Span): Fault {
  return new Fault(
    error.diagnostics.map((d) =>
      d.notes.length < longestTrace
        ? { ...d, notes: [...d.notes, { message: `in this call of \`${name}\``, span }] }
        : d,
    ),
  );
}

function* lowerBlock(context: Context, outer: Scope, block: BlockExpression): Computation<Value> {
  const scope = new Scope(outer);
  for (const statement of block.statements) {
    if (statement.kind === "function") {
      scope.define(statement.name.name, { kind: "function", definition: statement, scope });
      continue;
    }
    const value: Value = yield lowerExpression(context, scope, statement.value);
    const targets = statement.targets.map(({ name }) => name);
    takeApart(value, targets.length, statement.tuple, statement.span).forEach((part, i) => {
      scope.define(targets[i]!, part);
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
