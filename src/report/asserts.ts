import { type Diagnostic, diagnose } from "../diagnostics.js";
import type { AssertFailure, AssertResult } from "../results.js";
import { formatNumber } from "./numbers.js";

/** Sides that differ by less than this, relative to their size, most likely differ by rounding. */
const likelyRounding = 1e-6;

/** An error for each assert that has not passed, at its place. */
export function assertDiagnostics(results: readonly AssertResult[]): Diagnostic[] {
  return results.flatMap((result) =>
    result.failure === undefined ? [] : [diagnostic(result, result.failure)],
  );
}

function diagnostic({ operator, span }: AssertResult, failure: AssertFailure): Diagnostic {
  const { index, left, right, failed, total } = failure;
  return diagnose(
    "assert-failed",
    {
      // All digits: what tells the sides apart may be the last one.
      left: exact(left),
      comparison: right === undefined ? undefined : { operator: `${operator}`, right: exact(right) },
      elements: index.length === 0 ? undefined : { failed, total, index: `[${index.join(", ")}]` },
      figures: right === undefined ? undefined : figures(Math.abs(left - right), failure.tolerance),
      hint: hintFor(operator, failure),
    },
    span,
  );
}

/** The difference, and the tolerance if there is one, in so many digits that they are not alike. */
function figures(difference: number, tolerance: number): string | undefined {
  if (!Number.isFinite(difference)) return undefined;
  if (tolerance === 0) return difference === 0 ? undefined : `difference ${formatNumber(difference)}`;
  const isClose = formatNumber(difference) === formatNumber(tolerance);
  const [d, t] = [difference, tolerance].map((x) => (isClose ? exact(x) : formatNumber(x)));
  return `difference ${d}, tolerance ${t}`;
}

const exact = (x: number) => formatNumber(x, "exact");

function hintFor(
  operator: AssertResult["operator"],
  { left, right = 0, tolerance }: AssertFailure,
): string | undefined {
  if (Number.isNaN(left) || Number.isNaN(right)) return "NaN fails every assert";
  const isRounding = Math.abs(left - right) <= likelyRounding * Math.abs(left);
  if (operator !== "==" || tolerance > 0 || !isRounding || !Number.isFinite(left)) return undefined;
  return "if they differ by rounding alone, allow for it: `within 1e-9` (absolute) or `rel 1e-9` (relative)";
}
