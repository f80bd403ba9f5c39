import { isOk, measure, type Row } from "./measure.js";
import { computing, subjects } from "./subjects.js";

const columns = ["operation", "what", "points", "ulps", "bound", "", "worst at"];

const cells = (row: Row): string[] => [
  row.name,
  row.what,
  String(row.points),
  row.worst >= 1e4 ? row.worst.toExponential(1) : row.worst.toFixed(3),
  String(row.bound),
  isOk(row) ? "ok" : "EXCEEDED",
  row.at === undefined ? "" : row.at.join(", "),
];

/**
 * Measures these operations (all of them where none is named) at about 2n points each and prints the table; false where a
 * bound is exceeded or a name is unknown.
 */
export function printTable(n: number, names: readonly string[], print: (line: string) => void): boolean {
  const unknown = names.filter((name) => !subjects.some(({ op }) => op === name));
  if (unknown.length > 0) {
    print(`nothing is measured under ${unknown.join(", ")}; there are ${computing.join(", ")}`);
    return false;
  }
  const rows = subjects
    .filter(({ op }) => names.length === 0 || names.includes(op))
    .flatMap((subject) => measure(subject, n));
  const body = rows.map(cells);
  const widths = columns.map((column, i) => Math.max(column.length, ...body.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (i >= 2 && i <= 4 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  print(line(columns));
  rows.forEach((row, i) => {
    print(line(body[i]!));
    if (row.reason !== undefined) print(`    ${row.reason}`);
  });
  return rows.every(isOk);
}
