import type { CheckEntry, CheckReport, Verdict } from "../check-results.js";
import { exitCode } from "./exit-codes.js";

/** How strict a check is. */
export interface Strictness {
  readonly maxDigitsLost?: number;
  readonly allowInconclusive: boolean;
}

/** What each verdict makes of the exit code. */
const codes: Readonly<Record<Verdict, number>> = {
  PASS: exitCode.success,
  KINK: exitCode.success,
  UNSTABLE: exitCode.success,
  INCONCLUSIVE: exitCode.inconclusive,
  NONFINITE: exitCode.inconclusive,
  DISCONTINUOUS: exitCode.failed,
  WRONG: exitCode.failed,
};

/** From the best to the worst. */
const order: readonly number[] = [
  exitCode.success,
  exitCode.inconclusive,
  exitCode.failed,
  exitCode.unusable,
];

function codeOfEntry({ verdict, digitsLost = 0 }: CheckEntry, strictness: Strictness): number {
  const { maxDigitsLost, allowInconclusive } = strictness;
  if (verdict === "INCONCLUSIVE" && allowInconclusive) return exitCode.success;
  // Written so that NaN fails.
  const isAccurate = maxDigitsLost === undefined || digitsLost <= maxDigitsLost;
  return isAccurate || codes[verdict] !== exitCode.success ? codes[verdict] : exitCode.failed;
}

export const isFailing = (entry: CheckEntry, strictness: Strictness): boolean =>
  codeOfEntry(entry, strictness) !== exitCode.success;

/** The worst of all; a file that could not be checked, or in which there was nothing to check, is unusable. */
export function codeOf({ files }: CheckReport, strictness: Strictness): number {
  const found = files.flatMap(({ entries, diagnostics }) =>
    diagnostics.some(({ severity }) => severity === "error") || entries.length === 0
      ? [exitCode.unusable]
      : entries.map((entry) => codeOfEntry(entry, strictness)),
  );
  return found.reduce(
    (worst: number, code) => (order.indexOf(code) > order.indexOf(worst) ? code : worst),
    exitCode.success,
  );
}
