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
export function identity(value: Value): string {
  if (value.kind === "tensor") return `${value.node.id}`;
  return value.kind === "string" ? JSON.stringify(value.text) : `(${value.elements.map(identity).join(" ")})`;
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
