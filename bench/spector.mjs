// Inputs of examples/spector.ag from the table of Spector and Mazzeo, whose columns are separated by blanks:
//   node bench/spector.mjs FILE | autograd eval examples/spector.ag -i -
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";

/** The columns GPA, TUCE, PSI and a constant 1, and whether the grade was an A. */
export function spector(text) {
  const rows = text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.trim().split(/\s+/).map(Number));
  return { X: rows.map(([, gpa, tuce, psi]) => [gpa, tuce, psi, 1]), y: rows.map((row) => row[4]) };
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  if (argv.length === 3) {
    process.stdout.write(`${JSON.stringify(spector(readFileSync(argv[2], "utf8")))}\n`);
  } else {
    process.stderr.write("usage: node bench/spector.mjs FILE\n");
    process.exitCode = 2;
  }
}
