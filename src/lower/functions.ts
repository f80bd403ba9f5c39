import type {
  CallExpression,
  Expression,
  FunctionDefinition,
  LambdaExpression,
} from "../../grammar/index.js";
import { Fault, fault, type Span } from "../diagnostics.js";
import { mostNestedCalls } from "../limits.js";
import { signature } from "../ops/builtin.js";
import { builtinFunctions } from "../ops/builtins.js";
import { convertArguments, type Given } from "./arguments.js";
import { callsOf, identity, retrace } from "./calls.js";
import { type Context, keepApart, nodeOf } from "./context.js";
import { customNode } from "./custom.js";
import { functionParameters } from "./signature.js";
import { type Computation, run } from "./trampoline.js";
import { type Callable, type FunctionValue, Scope, tensor, type Value } from "./value.js";
import { variablesIn } from "./variables.js";

/** The value of an expression in a scope. */
export type Lower = (context: Context, scope: Scope, expression: Expression) => Computation<Value>;

const definitions = new WeakMap<LambdaExpression, FunctionDefinition>();

/** A lambda as a function without a name, the same one whenever it is read. */
export function lambdaValue(lambda: LambdaExpression, scope: Scope): FunctionValue {
  const { parameters, body, span } = lambda;
  const definition = definitions.get(lambda) ?? {
    kind: "function",
    name: { name: "the lambda", span },
    parameters,
    body,
    span,
  };
  definitions.set(lambda, definition);
  return { kind: "function", definition, scope, rule: undefined };
}

/** Whether a function has no name in the script. */
const isLambda = ({ definition }: FunctionValue) => definition.name.span === definition.span;

/** Calls a function of the script with one argument for each of its parameters. */
export function* invoke(
  context: Context,
  callee: FunctionValue,
  taken: readonly Given[],
  span: Span,
  lower: Lower,
): Computation<Value> {
  const { definition, scope } = callee;
  const arguments_ = taken.map(({ value }) => value);
  const known = callsOf(context, definition, scope);
  const key = arguments_.map((value) => identity(context, value)).join(" ");
  const earlier = known.get(key);
  if (earlier !== undefined) return earlier;
  const inner = new Scope(scope);
  const variables = variablesIn(definition.body);
  definition.parameters.forEach((parameter, i) => {
    const value = arguments_[i]!;
    context.journal?.local(parameter.name, value);
    const isVariable = variables.has(parameter.name);
    inner.define(parameter.name, isVariable ? keepApart(context, parameter.name, value) : value);
  });
  const { name } = definition.name;
  const open = context.openCalls.get(definition) ?? 0;
  if (open >= mostNestedCalls) throw fault("recursion-passed", { name, limit: mostNestedCalls }, span);
  context.openCalls.set(definition, open + 1);
  const from = context.b.builder.size;
  try {
    const value: Value = yield lower(context, inner, definition.body);
    const result = callee.rule === undefined ? value : withRule(context, callee, taken, value, span, lower);
    known.set(key, result);
    context.journal?.call({ name, span, from, to: context.b.builder.size });
    return result;
  } catch (error) {
    throw error instanceof Fault ? retrace(error, name, span) : error;
  } finally {
    context.openCalls.set(definition, open);
  }
}

/** The value of a call of a function that states its own derivative. */
function withRule(
  context: Context,
  callee: FunctionValue,
  taken: readonly Given[],
  value: Value,
  span: Span,
  lower: Lower,
): Value {
  const arguments_ = taken.map((given) => nodeOf(given.value, given.span));
  const node = nodeOf(value, callee.definition.body.span);
  context.b.builder.span = span;
  return tensor(
    customNode(context, callee, arguments_, node, (scope, body) => run(lower(context, scope, body))),
  );
}

/** Calls a function that was passed as a value, with arguments by position. */
export function* apply(
  context: Context,
  callee: Callable,
  given: readonly Given[],
  span: Span,
  lower: Lower,
): Computation<Value> {
  if (callee.kind === "builtin") return applyBuiltin(context, callee.name, given, span);
  const { definition } = callee;
  const count = definition.parameters.length;
  if (given.length !== count) {
    const counts = { expected: `${count} argument${count === 1 ? "" : "s"}`, actual: given.length };
    // A lambda is shown where it is passed; a function has a place of its own.
    if (isLambda(callee)) throw fault("lambda-arguments", counts, span);
    const { name } = definition.name;
    const form = signature(name, functionParameters(definition));
    throw fault("argument-count", { ...counts, name, signature: form }, span, [
      { message: "this function", span: definition.span },
    ]);
  }
  return yield invoke(context, callee, given, span, lower);
}

function applyBuiltin(context: Context, name: string, given: readonly Given[], span: Span): Value {
  const builtin = builtinFunctions.get(name)!;
  // A call that nobody wrote: all of its arguments stand where the function was passed.
  const call: CallExpression = {
    kind: "call",
    callee: { kind: "name", name, span },
    args: given.map((one) => ({ value: { kind: "name", name, span: one.span } })),
    span,
  };
  context.b.builder.span = span;
  const built = builtin.build(context.b, convertArguments(context, builtin, name, call, given));
  return "op" in built ? tensor(built) : { kind: "tuple", elements: built.map(tensor) };
}
