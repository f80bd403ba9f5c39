import type { CheckEntry, CheckReport, FileReport } from "../../check-results.js";
import { type Diagnostic, locate, type Span } from "../../diagnostics.js";
import { renderDiagnostics } from "../diagnostics.js";
import { visible } from "../text.js";
import {
  type CheckReportOptions,
  errorsOf,
  isBad,
  isWorthTelling,
  outcomeOf,
  sound,
  warningsOf,
} from "./entries.js";
import { findingText } from "./finding.js";

/**
 * The Test Anything Protocol, version 14: a subtest for each file, a test point for each entry. All that is known of what
 * has not passed stands in a block of YAML behind it; what could not be judged and is allowed is skipped.
 */
export function checkTap(report: CheckReport, options: CheckReportOptions = {}): string {
  const { files } = sound(report);
  const lines = [
    "TAP version 14",
    files.length === 0 ? "1..0 # nothing to check" : `1..${files.length}`,
    ...files.flatMap((file, i) => fileLines(file, i + 1, options)),
  ];
  return `${lines.join("\n")}\n`;
}

function fileLines(file: FileReport, number: number, options: CheckReportOptions): string[] {
  const errors = errorsOf(file);
  const points: Point[] = [
    ...(errors.length > 0 ? [uncheckable(errors)] : []),
    ...file.entries.map((entry) => pointOf(entry, options)),
  ];
  const name = description(file.file);
  const plan = points.length === 0 ? "1..0 # nothing to check" : `1..${points.length}`;
  const warnings = warningsOf(file).flatMap(({ message, lines = [] }) => [
    `# warning: ${visible(message)}`,
    ...lines.map((line) => `# | ${visible(line)}`),
  ]);
  const inner = [plan, ...warnings, ...points.flatMap((point, i) => pointLines(point, i + 1))];
  const whole: Point = {
    name,
    isOk: points.every(({ isOk }) => isOk),
    ...(points.length === 0 ? { skipped: "nothing to check" } : {}),
  };
  return [`# Subtest: ${name}`, ...inner.map((line) => `    ${line}`), ...pointLines(whole, number)];
}

interface Point {
  /** Escaped. */
  readonly name: string;
  readonly isOk: boolean;
  /** Why it counts as neither. */
  readonly skipped?: string;
  /** Lines of YAML. */
  readonly facts?: readonly string[];
}

const pointLines = ({ name, isOk, skipped, facts }: Point, number: number): string[] => [
  `${isOk ? "ok" : "not ok"} ${number} - ${name}${skipped === undefined ? "" : ` # SKIP ${skipped}`}`,
  ...(facts === undefined ? [] : ["---", ...facts, "..."].map((line) => `  ${line}`)),
];

function pointOf(entry: CheckEntry, options: CheckReportOptions): Point {
  const outcome = outcomeOf(entry, options);
  return {
    name: description(entry.name),
    isOk: !isBad(outcome),
    ...(outcome === "skipped" ? { skipped: entry.verdict } : {}),
    ...(isWorthTelling(entry, options) ? { facts: factsOf(entry) } : {}),
  };
}

const uncheckable = (errors: readonly Diagnostic[]): Point => ({
  name: "can be checked",
  isOk: false,
  facts: [
    ...yaml({ severity: "error", code: errors[0]!.code, message: errors[0]!.message }),
    ...placeOf(errors[0]!.span),
    ...block("text", renderDiagnostics(errors, { limit: Number.POSITIVE_INFINITY })),
  ],
});

function factsOf(entry: CheckEntry): string[] {
  const { verdict, kind, checked, total, points, error, digitsLost, worst, at, reproduce, span } = entry;
  return [
    ...yaml({ verdict, kind, message: worst?.message }),
    ...placeOf(worst?.node?.span ?? span),
    ...yaml({ checked, total, points, error, digits_lost: digitsLost }),
    ...(worst === undefined
      ? []
      : yaml({
          at,
          element: worst.element,
          value: worst.value,
          reference: worst.reference,
          bound: worst.bound,
          hint: worst.hint,
        })),
    ...yaml({ reproduce }),
    ...block("text", findingText(entry, { verbose: true })),
  ];
}

function placeOf(span: Span | undefined): string[] {
  if (span === undefined) return [];
  const { line, column } = locate(span.source, span.start);
  return yaml({ file: span.source.name, line, column });
}

/** Members of a mapping; what is undefined is left out. */
const yaml = (members: Readonly<Record<string, string | number | undefined>>): string[] =>
  Object.entries(members).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${typeof value === "string" ? quoted(value) : numeral(value)}`],
  );

/** YAML has names of its own for what is not finite. */
const numeral = (x: number) => {
  if (Number.isNaN(x)) return ".nan";
  if (!Number.isFinite(x)) return x > 0 ? ".inf" : "-.inf";
  return Object.is(x, -0) ? "-0" : String(x);
};

const quoted = (text: string) => JSON.stringify(line(text));

/** A text of several lines, as it is. */
const block = (name: string, text: string): string[] => [
  `${name}: |`,
  ...text
    .trimEnd()
    .split("\n")
    .map((one) => `  ${line(one)}`.trimEnd()),
];

/** One line of characters that YAML can hold. */
const line = (text: string) => visible(text).replace(/[\ufffe\uffff]/g, "\ufffd");

/** `#` would begin a directive. */
const description = (name: string) => {
  const shown = line(name).trim().replace(/[\\#]/g, "\\$&");
  return shown === "" ? "(no name)" : shown;
};
