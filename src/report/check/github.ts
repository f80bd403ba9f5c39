import type { CheckEntry, CheckReport, FileReport, Verdict } from "../../check-results.js";
import { type Diagnostic, locate, type Span } from "../../diagnostics.js";
import { renderDiagnostics } from "../diagnostics.js";
import { markdownTable } from "../markdown.js";
import { truncate, visible } from "../text.js";
import {
  type CheckReportOptions,
  countVerdicts,
  errorsOf,
  figureHeadings,
  figures,
  hasNotPassed,
  isBad,
  outcomeOf,
  sound,
  summaryLine,
  worstFirst,
} from "./entries.js";
import { findingBody, findingText, findingTitle, title } from "./finding.js";

/** GitHub shows no more errors, and no more warnings, of one step. */
const MOST_ANNOTATIONS = 10;
/** Columns of a message; GitHub cuts what is much longer. */
const LONGEST_MESSAGE = 4000;

interface Annotation {
  readonly level: "error" | "warning";
  readonly title: string;
  readonly message: string;
  readonly file: string;
  readonly span: Span | undefined;
}

/**
 * Workflow commands that GitHub shows at lines of a change, the worst first: errors for what fails, warnings for what has
 * not passed either, but not for kinks. The last of them counts those that there is no room for.
 */
export function checkAnnotations(report: CheckReport, options: CheckReportOptions = {}): string {
  const { files } = sound(report);
  const fileOf = new Map(files.flatMap(({ file, entries }) => entries.map((entry) => [entry, file])));
  const all = [
    ...files.flatMap((file) => errorsOf(file).map((d) => diagnosticAnnotation(d, file))),
    ...worstFirst([...fileOf.keys()])
      .map((entry) => ({ entry, level: levelOf(entry, options) }))
      .flatMap(({ entry, level }) =>
        level === undefined ? [] : [entryAnnotation(entry, level, fileOf.get(entry)!)],
      ),
    ...files.flatMap((file) =>
      file.diagnostics
        .filter(({ severity }) => severity === "warning")
        .map((d) => diagnosticAnnotation(d, file)),
    ),
  ];
  // GitHub counts errors and warnings apart, but shows them together: no warning pushes an error out.
  const ordered = [...all.filter(isError), ...all.filter((a) => !isError(a))];
  const hidden = ordered.length > MOST_ANNOTATIONS ? ordered.slice(MOST_ANNOTATIONS - 1) : [];
  const shown = ordered.slice(0, ordered.length - hidden.length).map((one) => command(one, options));
  return [...shown, ...(hidden.length > 0 ? [moreCommand(hidden)] : [])].map((line) => `${line}\n`).join("");
}

const isError = ({ level }: Annotation) => level === "error";

function levelOf(entry: CheckEntry, options: CheckReportOptions): Annotation["level"] | undefined {
  if (isBad(outcomeOf(entry, options))) return "error";
  return entry.verdict === "PASS" || entry.verdict === "KINK" ? undefined : "warning";
}

function entryAnnotation(entry: CheckEntry, level: Annotation["level"], file: string): Annotation {
  const { worst, span } = entry;
  return {
    level,
    title: findingTitle(entry),
    message: findingBody(entry, { source: false }).trimEnd() || entry.verdict,
    file,
    span: worst?.node?.span ?? span,
  };
}

const diagnosticAnnotation = (
  { severity, message, hint, span }: Diagnostic,
  { file }: FileReport,
): Annotation => ({
  level: severity,
  title: severity === "error" ? "cannot be checked" : "warning",
  message: visible(message) + (hint === undefined ? "" : `\nhint: ${visible(hint)}`),
  file,
  span,
});

function command(
  { level, title, message, file, span }: Annotation,
  { fromRoot = (path) => path }: CheckReportOptions,
): string {
  const properties = { file: fromRoot(span?.source.name ?? file), ...(span && linesOf(span)), title };
  const written = Object.entries(properties)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}=${escapeProperty(`${value}`)}`);
  return `::${level} ${written.join(",")}::${escapeMessage(cut(message))}`;
}

/** Columns are allowed within one line only, and the last one belongs to what is marked. */
function linesOf({ source, start, end }: Span) {
  const from = locate(source, start);
  const to = locate(source, Math.max(start, end));
  return from.line === to.line
    ? { line: from.line, col: from.column, endColumn: Math.max(from.column, to.column - 1) }
    : { line: from.line, endLine: to.line };
}

function moreCommand(hidden: readonly Annotation[]): string {
  const errors = hidden.filter(isError).length;
  const warnings = hidden.length - errors;
  const parts = [
    ...(errors > 0 ? [`${errors} more ${errors === 1 ? "error" : "errors"}`] : []),
    ...(warnings > 0 ? [`${warnings} more ${warnings === 1 ? "warning" : "warnings"}`] : []),
  ];
  return `::${errors > 0 ? "error" : "warning"} title=autograd check::and ${parts.join(" and ")}`;
}

const cut = (message: string) =>
  message
    .split("\n")
    .map((line) => truncate(line, LONGEST_MESSAGE))
    .join("\n");

/** As the runner undoes it; whatever else acts on a terminal is made visible. */
const escapeMessage = (text: string) =>
  text
    .split("\n")
    .map(visible)
    .join("\n")
    .replace(/[%\r\n]/g, percent);
const escapeProperty = (text: string) => visible(text).replace(/[%\r\n:,]/g, percent);

const percent = (character: string) =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;

export interface CheckSummaryOptions {
  /** Bytes of the summary; GitHub refuses more than 1 MiB. 1,000,000 unless told otherwise. */
  readonly limit?: number;
}

const LARGEST_SUMMARY = 1_000_000;
/** Rows of a table. */
const MOST_ROWS = 200;

/**
 * A summary of a step in GitHub's Markdown: the counts, a table for each file, the worst first, and folded what was found.
 * What there is no room for is counted.
 */
export function checkSummary(report: CheckReport, { limit = LARGEST_SUMMARY }: CheckSummaryOptions = {}) {
  const checked = sound(report);
  const head = `### autograd check\n\n${summaryLine(checked)}\n`;
  const pieces = worstFiles(checked.files).flatMap((file) => [
    fileSection(file),
    ...worstFirst(file.entries).filter(hasNotPassed).map(foldedFinding),
  ]);
  const note = (left: number) => `\nThere was no room for ${left} more ${left === 1 ? "part" : "parts"}.\n`;
  let room = limit - Buffer.byteLength(head + note(pieces.length));
  const shown = pieces.filter((piece) => {
    const size = Buffer.byteLength(piece);
    const fits = size <= room;
    if (fits) room -= size;
    return fits;
  });
  const left = pieces.length - shown.length;
  return head + shown.join("") + (left > 0 ? note(left) : "");
}

/** What must not be left out comes first. */
function worstFiles(files: readonly FileReport[]): FileReport[] {
  const worst = (file: FileReport): number => {
    if (errorsOf(file).length > 0) return Number.POSITIVE_INFINITY;
    const counts = Object.values(countVerdicts(file.entries));
    return counts.findLastIndex((n) => n > 0);
  };
  return files.toSorted((a, b) => (worst(a) > worst(b) ? -1 : Number(worst(a) < worst(b))));
}

const icons: Readonly<Record<Verdict, string>> = {
  PASS: "✅",
  KINK: "🔹",
  UNSTABLE: "⚠️",
  INCONCLUSIVE: "❔",
  NONFINITE: "❌",
  DISCONTINUOUS: "❌",
  WRONG: "❌",
};

function fileSection({ file, entries, diagnostics }: FileReport): string {
  const rows = worstFirst(entries).map((entry) => [
    `${icons[entry.verdict]} ${entry.verdict}`,
    title(entry.name),
    ...figures(entry),
  ]);
  const more = rows.length - MOST_ROWS;
  const table = markdownTable(["verdict", "check", ...figureHeadings], 2, rows.slice(0, MOST_ROWS));
  return [
    `\n#### ${html(title(file))}\n`,
    ...(diagnostics.length > 0 ? [`\n${fenced(renderDiagnostics(diagnostics))}`] : []),
    ...(rows.length > 0 ? [`\n${table}`] : []),
    ...(more > 0 ? [`\n… and ${more} more, none of them worse\n`] : []),
  ].join("");
}

const foldedFinding = (entry: CheckEntry) =>
  `\n<details><summary>${html(findingTitle(entry))}</summary>\n\n${fenced(findingText(entry, { verbose: true }))}\n</details>\n`;

/** In a heading, and in HTML, where entities mean no more than the character. */
const html = (text: string) => text.replace(/[^\p{L}\p{N}\p{M}\p{S}\s/.,:-]|[<>`~^$|]/gu, entity);
const entity = (character: string) => `&#${character.codePointAt(0)};`;

/** A block of code, in a fence that is longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text.trimEnd()}\n${fence}\n`;
}
