// Inputs of the examples from tables that others published:
//   node bench/published.mjs spector FILE | autograd eval examples/spector.ag -i -
import { command } from "./converter.mjs";

/** For examples/black-scholes.ag: options, one by one with their Greeks. */
export const options = (rows) => ({
  ...Object.fromEntries(["S", "K", "T", "r", "q", "vol"].map((name) => [name, rows.map((row) => row[name])])),
  call: rows.map(({ type }) => (type === "call" ? 1 : 0)),
});

/**
 * For examples/spector.ag: the table of Spector and Mazzeo, its columns separated by blanks. X has GPA, TUCE, PSI and a
 * constant 1; y says whether the grade was an A.
 */
export function spector(text) {
  const rows = text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.trim().split(/\s+/).map(Number));
  return { X: rows.map(([, gpa, tuce, psi]) => [gpa, tuce, psi, 1]), y: rows.map((row) => row[4]) };
}

command(import.meta.url, { options, spector });
