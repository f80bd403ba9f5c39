// Runs every *.bench.mjs of this folder, or those whose names hold an argument, and prints one table, ratio first.
import { readdir } from "node:fs/promises";

const wanted = process.argv.slice(2);
const files = (await readdir(new URL(".", import.meta.url)))
  .filter((file) => file.endsWith(".bench.mjs"))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();

const columns = ["ratio", "limit", "", "benchmark", "detail"];
const rows = [];
for (const file of files) {
  process.stderr.write(`${file}…\n`);
  try {
    const { default: bench } = await import(new URL(file, import.meta.url).href);
    for (const { name, ratio, limit, detail = "" } of await bench()) {
      // No limit: the row is there for information.
      const missed = limit !== undefined && !(ratio <= limit);
      const bound = limit === undefined ? "" : `≤ ${limit}`;
      rows.push([ratio.toFixed(2), bound, missed ? "MISSED" : "", name, detail]);
      if (missed) process.exitCode = 1;
    }
  } catch (error) {
    rows.push(["–", "", "FAILED", file, String(error?.message ?? error).split("\n", 1)[0]]);
    process.exitCode = 1;
  }
}

const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i].length)));
for (const row of [columns, ...rows])
  console.log(
    row
      .map((cell, i) => (i === 0 ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd(),
  );
