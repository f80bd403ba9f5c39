// Rows of benchmarks as a table of text. A row is `{ name, ratio, limit, detail }`; without a limit it is there for
// information. One that could not be measured has, in place of a ratio, `absent` (a peer that is not installed, data
// that are not there) or `failed`, with the reason.

const columns = ["ratio", "limit", "", "benchmark", "detail"];

const isMissed = ({ ratio, limit }) => limit !== undefined && !(ratio <= limit);

/** Whether a row makes the run fail. */
export const isBad = (row) => row.failed !== undefined || (row.ratio !== undefined && isMissed(row));

/** So many digits that small ratios tell something, and no exponents. */
const number = (value) =>
  value >= 100 ? value.toFixed(0) : value >= 0.1 ? value.toFixed(2) : value.toFixed(4);

const firstLine = (text) => text.split("\n", 1)[0];

export function cellsOf(row) {
  const limit = row.limit === undefined ? "" : `≤ ${row.limit}`;
  if (row.failed !== undefined) return ["–", limit, "FAILED", row.name, firstLine(row.failed)];
  if (row.absent !== undefined) return ["–", limit, "absent", row.name, firstLine(row.absent)];
  return [number(row.ratio), limit, isMissed(row) ? "MISSED" : "", row.name, row.detail ?? ""];
}

export function tableOf(rows) {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i].length)));
  const line = (row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd();
  return [columns, ...rows].map((row) => `${line(row)}\n`).join("");
}
