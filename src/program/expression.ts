import { parseExpression } from "../../grammar/index.js";
import { type Diagnostic, diagnose, Fault, type Source } from "../diagnostics.js";
import { defaultLimits, type Limits } from "../limits.js";
import { readsOf } from "../lower/reads.js";
import type { Resolution } from "../lower/resolve.js";
import { suggest } from "../lower/suggest.js";
import { builtinFunctions, isBuiltin } from "../ops/builtins.js";
import type { Tensor } from "../tensor.js";
import { evaluateClosed } from "./closed.js";

/** A script without statements. */
const nothing: Resolution = {
  main: { name: "", text: "" },
  entities: [],
  inputs: new Map(),
  functions: new Map(),
  order: [],
  outputs: [],
  asserts: [],
  dimensions: new Map(),
  variables: new Set(),
  rules: new Map(),
};

/** The value of an expression of the language that reads built-ins only, such as `2 * pi` or `[[1, 2], [3, 4]]`. */
export function evaluateExpression(
  source: Source,
  given: Partial<Limits> = {},
):
  | { readonly ok: true; readonly tensor: Tensor }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] } {
  const limits = { ...defaultLimits, ...given };
  try {
    const { expression, diagnostics } = parseExpression(source, { maxNesting: limits.nesting });
    if (expression === undefined) return { ok: false, diagnostics };
    const unknown = readsOf(expression).flatMap(({ name, span, call }) => {
      if (isBuiltin(name)) return [];
      const suggestion = call !== undefined ? suggest(name, builtinFunctions.keys()) : undefined;
      return [
        call !== undefined
          ? diagnose("unknown-function", { name, suggestion }, span)
          : diagnose("closed-expression", { name }, span),
      ];
    });
    if (unknown.length > 0) return { ok: false, diagnostics: unknown };
    const [tensor] = evaluateClosed(nothing, [expression], new Map(), limits);
    return { ok: true, tensor: tensor! };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, diagnostics: error.diagnostics };
    throw error;
  }
}
