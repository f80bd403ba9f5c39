import { Fault, type Span } from "../diagnostics.js";
import type { Context } from "./context.js";
import type { FunctionValue, Scope, Value } from "./value.js";

/** How many calls a message about a fault inside functions retraces. */
const longestTrace = 4;

/** Results by arguments; a local function's depend on its scope too, so each scope has its own. */
export function callsOf(
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
export function identity(context: Context, value: Value): string {
  switch (value.kind) {
    case "tensor":
      return `${value.node.id}`;
    case "string":
      return JSON.stringify(value.text);
    case "tuple":
      return `(${value.elements.map((element) => identity(context, element)).join(" ")})`;
    case "builtin":
      return `b:${value.name}`;
    case "function":
      return `f${numberOf(context, value.definition)}:${numberOf(context, value.scope)}`;
  }
}

function numberOf({ functionNumbers }: Context, object: object): number {
  const number = functionNumbers.get(object) ?? functionNumbers.size;
  functionNumbers.set(object, number);
  return number;
}

export function retrace(error: Fault, name: string, span: Span): Fault {
  return new Fault(
    error.diagnostics.map((d) =>
      d.notes.length < longestTrace
        ? { ...d, notes: [...d.notes, { message: `in this call of \`${name}\``, span }] }
        : d,
    ),
  );
}
