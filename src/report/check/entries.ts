import {
  type CheckEntry,
  type CheckReport,
  type FileReport,
  failsByDefault,
  soundVerdict,
  type Verdict,
  verdicts,
} from "../../check-results.js";
import type { Diagnostic } from "../../diagnostics.js";
import { formatNumber } from "../numbers.js";

/** What the reports of a check have in common. */
export interface CheckReportOptions {
  /** Which entries fail the check; what is not finite, inconclusive, discontinuous or wrong unless told otherwise. */
  readonly isFailure?: (entry: CheckEntry) => boolean;
  /** A file as those who read the report call it: by its path from the root of the repository. As it is unless told. */
  readonly fromRoot?: (file: string) => string;
}

/** The report with verdicts that its numbers allow. Every format starts here, so that none can call NaN a pass. */
export function sound(report: CheckReport): CheckReport {
  const entry = (e: CheckEntry): CheckEntry => ({ ...e, verdict: soundVerdict(e) });
  return { ...report, files: report.files.map((file) => ({ ...file, entries: file.entries.map(entry) })) };
}

/**
 * What tools that know tests are told. An `error` is what could not be judged; where that is allowed, it is `skipped`,
 * since it has not passed either.
 */
export type Outcome = "passed" | "skipped" | "failure" | "error";

export function outcomeOf(
  entry: CheckEntry,
  { isFailure = failsByDefault }: CheckReportOptions = {},
): Outcome {
  const isJudged = entry.verdict !== "NONFINITE" && entry.verdict !== "INCONCLUSIVE";
  if (isFailure(entry)) return isJudged ? "failure" : "error";
  return isJudged ? "passed" : "skipped";
}

export const isBad = (outcome: Outcome): boolean => outcome === "failure" || outcome === "error";

const rank = ({ verdict }: CheckEntry) => verdicts.indexOf(verdict);
/** NaN is worse than any error, and nothing to compare better. */
const size = ({ error = -1 }: CheckEntry) => (Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);

/** The worst last, and those that are equally bad in the order of the script. */
export const worstLast = (entries: readonly CheckEntry[]): CheckEntry[] =>
  // Infinities must not be subtracted from each other.
  entries.toSorted((a, b) => rank(a) - rank(b) || (size(a) < size(b) ? -1 : Number(size(a) > size(b))));

/** The worst first, and those that are equally bad in the order of the script. */
export const worstFirst = (entries: readonly CheckEntry[]): CheckEntry[] =>
  entries.toSorted((a, b) => rank(b) - rank(a) || (size(a) > size(b) ? -1 : Number(size(a) < size(b))));

/** What has not passed, and what has passed but fails all the same because somebody asks for more. */
export const isWorthTelling = (entry: CheckEntry, options: CheckReportOptions): boolean =>
  hasNotPassed(entry) || isBad(outcomeOf(entry, options));

export const hasNotPassed = ({ verdict }: CheckEntry): boolean => verdict !== "PASS";

export const errorsOf = ({ diagnostics }: FileReport): Diagnostic[] =>
  diagnostics.filter(({ severity }) => severity === "error");
export const warningsOf = ({ diagnostics }: FileReport): Diagnostic[] =>
  diagnostics.filter(({ severity }) => severity === "warning");

/** How many entries have each verdict; all verdicts are there, best first. */
export function countVerdicts(entries: readonly CheckEntry[]): Record<Verdict, number> {
  const counts = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const { verdict } of entries) counts[verdict] += 1;
  return counts;
}

export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** `3 checks: 2 PASS, 1 WRONG; 1 file could not be checked (seed 7)`. */
export function summaryLine({ files }: CheckReport, paint = (text: string, _: Verdict) => text): string {
  const entries = files.flatMap((file) => file.entries);
  const counts = countVerdicts(entries);
  const found = verdicts
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => paint(`${counts[verdict]} ${verdict}`, verdict));
  const unchecked = files.filter((file) => errorsOf(file).length > 0).length;
  const parts = [
    // No word that could be read as a pass.
    entries.length === 0
      ? paint("nothing was checked", "INCONCLUSIVE")
      : `${count(entries.length, "check")}${files.length > 1 ? ` in ${count(files.length, "file")}` : ""}: ${found.join(", ")}`,
    ...(unchecked > 0 ? [paint(`${count(unchecked, "file")} could not be checked`, "WRONG")] : []),
  ];
  const seeds = new Set(files.map(({ seed }) => seed));
  // No time: what is printed is the same each time.
  return parts.join("; ") + (seeds.size === 1 ? ` (seed ${[...seeds][0]})` : "");
}

/** Where there is nothing to show. */
export const NOTHING = "–";

/** What tables show of an entry, as texts: elements, points, the relative error, digits lost. */
export const figureHeadings = ["elements", "points", "relative error", "digits lost"] as const;

export const figures = ({ checked, total, points, error, digitsLost }: CheckEntry): string[] => [
  `${checked} of ${total}`,
  String(points),
  error === undefined ? NOTHING : formatNumber(error, 2),
  digitsLost === undefined ? NOTHING : formatNumber(digitsLost, 2),
];
