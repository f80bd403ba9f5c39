import { type Diagnostic, diagnose } from "../diagnostics.js";
import type { Evaluation } from "../index.js";
import type { PrintOptions } from "./script-options.js";

/** What results that are not finite, by name, lead to: whether they are printed all the same, and what is said, with the command that explains one of them. */
export function judgeNonFinite(
  names: readonly string[],
  { nonfinite }: Pick<PrintOptions, "nonfinite">,
  commandFor?: (name: string) => string,
): { readonly isRefused: boolean; readonly diagnostics: readonly Diagnostic[] } {
  if (names.length === 0) return { isRefused: false, diagnostics: [] };
  const isRefused = nonfinite === "error";
  // Second derivatives are not explained.
  const explained = names.find((name) => !name.startsWith("∂²"));
  const command = explained === undefined ? undefined : commandFor?.(explained);
  const code = isRefused ? "non-finite-refused" : "non-finite";
  return { isRefused, diagnostics: [diagnose(code, { names, command })] };
}

/** An error for each assert that failed; the wording is loaded only where there is one. */
export async function failedAsserts({ asserts = [] }: Evaluation): Promise<Diagnostic[]> {
  if (asserts.every(({ passed }) => passed)) return [];
  const { assertDiagnostics } = await import("../report/asserts.js");
  return assertDiagnostics(asserts);
}
