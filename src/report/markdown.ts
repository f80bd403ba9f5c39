import { visible } from "./text.js";

/** A table whose columns from `firstValue` on hold numbers. */
export function markdownTable(
  heading: readonly string[],
  firstValue: number,
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const body = rows.map((row) => line(row.map((cell, i) => (i < firstValue ? text(cell) : value(cell)))));
  return line(heading.map(text)) + line(heading.map(() => "---")) + body.join("");
}

/** Text in which no character has a meaning in Markdown or HTML. */
const text = (cell: string) => visible(cell).replace(/[\\`*_{}[\]<>|#~&]/g, "\\$&");

/** Numbers, in a fixed-width font and with spaces that HTML keeps, so that the columns of a matrix stay aligned. */
function value(cell: string): string {
  if (cell === "") return "";
  const keepSpaces = (line: string) => line.replace(/^ +| {2,}/g, (spaces) => "\u00a0".repeat(spaces.length));
  const lines = cell.replaceAll("|", "\\|").split("\n");
  return lines.map((line) => `\`${keepSpaces(line)}\``).join("<br>");
}
