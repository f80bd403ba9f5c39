import { createHash } from "node:crypto";
import type { CheckEntry, CheckReport, FileReport, Verdict } from "../../check-results.js";
import { type Diagnostic, locate, type Span } from "../../diagnostics.js";
import { visible } from "../text.js";
import { type CheckReportOptions, isBad, isWorthTelling, outcomeOf, sound } from "./entries.js";
import { findingTitle } from "./finding.js";

type Severity = "info" | "minor" | "major" | "critical" | "blocker";

interface Issue {
  readonly checkName: string;
  readonly description: string;
  readonly severity: Severity;
  readonly file: string;
  readonly span: Span | undefined;
  /** What stays the same when lines move and numbers change. */
  readonly identity: readonly string[];
}

/**
 * GitLab's code quality report: a JSON array with an issue for each entry that has not passed, and for each diagnostic.
 * A merge request shows what is new by the fingerprint, so it depends neither on lines nor on what was measured.
 */
export function checkCodeQuality(report: CheckReport, options: CheckReportOptions = {}): string {
  const { fromRoot = (path) => path } = options;
  const issues = sound(report).files.flatMap((file) => [
    ...file.diagnostics.map((diagnostic) => diagnosticIssue(diagnostic, file)),
    ...file.entries
      .filter((entry) => isWorthTelling(entry, options))
      .map((entry) => entryIssue(entry, file, options)),
  ]);
  const seen = new Map<string, number>();
  const written = issues.map(({ checkName, description, severity, file, span, identity }) => {
    const key = JSON.stringify(identity);
    const earlier = seen.get(key) ?? 0;
    seen.set(key, earlier + 1);
    return {
      description,
      check_name: checkName,
      // The first of several that are alike stays the same when another one joins it.
      fingerprint: sha256(earlier === 0 ? key : JSON.stringify([...identity, earlier])),
      severity,
      location: { path: pathOf(fromRoot(span?.source.name ?? file)), lines: { begin: lineOf(span) } },
    };
  });
  return `${JSON.stringify(written, undefined, 2)}\n`;
}

/** What fails is never less than major. */
const severities: Readonly<Record<Verdict, Severity>> = {
  PASS: "info",
  KINK: "info",
  UNSTABLE: "minor",
  INCONCLUSIVE: "minor",
  NONFINITE: "minor",
  DISCONTINUOUS: "minor",
  WRONG: "minor",
};
const failureSeverities: Readonly<Record<Verdict, Severity>> = {
  PASS: "major",
  KINK: "major",
  UNSTABLE: "major",
  INCONCLUSIVE: "major",
  NONFINITE: "critical",
  DISCONTINUOUS: "critical",
  WRONG: "critical",
};

function entryIssue(entry: CheckEntry, { file }: FileReport, options: CheckReportOptions): Issue {
  const { kind, name, verdict, worst, span } = entry;
  const isFailure = isBad(outcomeOf(entry, options));
  return {
    checkName: `autograd/${kind}`,
    description: `${findingTitle(entry)}${worst === undefined ? "" : `: ${visible(worst.message)}`}`,
    severity: (isFailure ? failureSeverities : severities)[verdict],
    file,
    span: worst?.node?.span ?? span,
    // The message and the element are left out: another seed may find another element to be the worst.
    identity: [kind, name, file, verdict, worst?.node?.op ?? ""],
  };
}

const diagnosticIssue = ({ code, severity, message, span }: Diagnostic, { file }: FileReport): Issue => ({
  checkName: `autograd/${code}`,
  description: visible(message),
  severity: severity === "error" ? "blocker" : "minor",
  file,
  span,
  identity: ["diagnostic", code, file, message],
});

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** GitLab wants paths from the root of the repository, without `./`. */
const pathOf = (file: string) => file.replace(/^(\.\/+)+/, "");

const lineOf = (span: Span | undefined) => (span === undefined ? 1 : locate(span.source, span.start).line);
