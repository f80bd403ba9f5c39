// Runs every *.bench.mjs of this folder, or those whose names hold an argument, and prints one table, ratio first.
// `--quick` makes fewer rounds over smaller sizes.
import { readdir } from "node:fs/promises";
import { closePeers } from "./peers.mjs";
import { cellsOf, isBad, tableOf } from "./table.mjs";
import { singleThread } from "./threads.mjs";

// A native BLAS reads these when it is opened.
Object.assign(process.env, singleThread);

const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const unknown = flags.find((flag) => flag !== "--quick");
if (unknown !== undefined) {
  process.stderr.write(`unknown flag ${unknown}; usage: npm run bench -- [--quick] [NAME…]\n`);
  process.exit(2);
}
const files = (await readdir(new URL(".", import.meta.url)))
  .filter((file) => file.endsWith(".bench.mjs"))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();

const rows = [];
for (const file of files) {
  process.stderr.write(`${file}…\n`);
  try {
    const { default: bench } = await import(new URL(file, import.meta.url).href);
    rows.push(...(await bench({ quick: flags.includes("--quick") })));
  } catch (error) {
    rows.push({ name: file, failed: String(error?.message ?? error) });
  }
}
closePeers();
process.stdout.write(tableOf(rows.map(cellsOf)));
if (rows.some(isBad)) process.exitCode = 1;
