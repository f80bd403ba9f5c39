import type { Diagnostic } from "../diagnostics.js";
import type { Evaluation } from "../index.js";

/** An error for each assert that failed; the wording is loaded only where there is one. */
export async function failedAsserts({ asserts = [] }: Evaluation): Promise<Diagnostic[]> {
  if (asserts.every(({ passed }) => passed)) return [];
  const { assertDiagnostics } = await import("../report/asserts.js");
  return assertDiagnostics(asserts);
}
