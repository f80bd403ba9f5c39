import { Chalk, type ChalkInstance } from "chalk";
import {
  type CheckEntry,
  type CheckReport,
  type FileReport,
  type Verdict,
  verdicts,
} from "../../check-results.js";
import { renderDiagnostics } from "../diagnostics.js";
import { formatNumber } from "../numbers.js";
import { type Column, fixed, rightAligned, type TableLook, table } from "../table.js";
import { shorten, visible } from "../text.js";
import { figureHeadings, figures, hasNotPassed, sound, summaryLine, worstLast } from "./entries.js";
import { findingText, paintVerdict, title } from "./finding.js";

export interface CheckTableOptions extends Omit<TableLook, "precision"> {
  /** Whether to leave out what has passed. */
  readonly onlyFailures?: boolean;
  /** Whether to show the tables of Taylor tests. */
  readonly verbose?: boolean;
}

/** For people: a table for each file, the worst last, what was found below it, and a line that sums up. */
export function checkTable(report: CheckReport, options: CheckTableOptions = {}): string {
  const style = new Chalk({ level: options.color ? 1 : 0 });
  const checked = sound(report);
  const files = checked.files.map((file) => fileText(file, checked.files.length > 1, options, style));
  const paint = (text: string, verdict: Verdict) => paintVerdict(text, verdict, style);
  return [...files, `${summaryLine(checked, paint)}\n`].filter((text) => text !== "").join("\n");
}

/** What is to be said about a file; empty where that is nothing. */
function fileText(
  file: FileReport,
  isOneOfMany: boolean,
  options: CheckTableOptions,
  style: ChalkInstance,
): string {
  const { diagnostics, entries } = file;
  const shown = worstLast(options.onlyFailures ? entries.filter(hasNotPassed) : entries);
  const parts = [
    ...(diagnostics.length > 0 ? [renderDiagnostics(diagnostics, options)] : []),
    ...(shown.length > 0 ? [`${entriesTable(shown, options, style)}\n${nearKinks(shown, style)}`] : []),
    ...shown.filter(hasNotPassed).map((entry) => findingText(entry, options)),
  ];
  if (parts.length === 0) return "";
  const heading = isOneOfMany ? `${style.bold.underline(title(file.file))}\n` : "";
  return heading + parts.join("\n");
}

/** What has passed next to a kink: a step further it may not. */
const nearKinks = (entries: readonly CheckEntry[], style: ChalkInstance) =>
  entries
    .filter((entry) => !hasNotPassed(entry) && entry.distance !== undefined)
    .map(({ name, distance }) =>
      style.dim(`${title(name)} is right, ${formatNumber(distance!, 3)} away from a kink or a jump\n`),
    )
    .join("");

function entriesTable(entries: readonly CheckEntry[], options: CheckTableOptions, style: ChalkInstance) {
  const verdict: Column = {
    heading: "verdict",
    kind: "name",
    cells: entries.map((entry) => fixed(entry.verdict)),
    // A very long table also has a line that counts the rows it leaves out.
    paint: (line, painter) => {
      const found = verdicts.find((verdict) => verdict === line);
      return found === undefined ? painter.dim(line) : paintVerdict(line, found, painter);
    },
  };
  const name: Column = {
    heading: "check",
    kind: "value",
    cells: entries.map((entry) => (width) => shorten(visible(entry.name), width)),
  };
  const rows = entries.map(figures);
  const numbers = figureHeadings.map((heading, i) =>
    rightAligned(
      heading,
      rows.map((cells) => cells[i]),
    ),
  );
  return table([verdict, name, ...numbers], options, style);
}
