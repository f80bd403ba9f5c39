import { isOk, measure, type Row } from "./measure.js";
import { subjects } from "./subjects.js";

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

/** Measures every operation with about n points and prints the table; false where a bound is exceeded. */
export function printTable(n: number, names: readonly string[], print: (line: string) => void): boolean {
  const chosen = subjects.filter(({ op }) => names.length === 0 || names.includes(op));
  const rows = chosen.flatMap((subject) => measure(subject, n));
  const body = rows.map(cells);
  const widths = columns.map((column, i) => Math.max(column.length, ...body.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (i >= 2 && i <= 4 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  print(line(columns));
  for (const [i, row] of rows.entries()) {
    print(line(body[i]!));
    if (row.reason !== undefined) print(`    ${row.reason}`);
  }
  return rows.every(isOk);
}
