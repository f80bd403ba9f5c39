import { explainBy, largest, type Reason, say, type Table } from "./reason.js";

const atZero =
  (name: string, remedy: string) =>
  ([x]: readonly number[]): Reason | undefined =>
    x === 0 ? { reason: `the slope of \`${name}\` at 0 is +∞`, remedy } : undefined;

const atEnds =
  (name: string, ends: readonly number[]) =>
  ([x]: readonly number[]) =>
    ends.includes(x!)
      ? {
          reason: `the slope of \`${name}\` at ${say(x)}, the end of its domain, is infinite`,
          remedy: "keep the argument inside of the domain: `clip(x, -1 + 1e-9, 1 - 1e-9)`",
        }
      : undefined;

/** Where slopes are infinite though values are finite. */
const slopes: Table = {
  sqrt: atZero(
    "sqrt",
    "`sqrt(x + 1e-12)`, or a safe argument where 0 is not wanted: `where(c, sqrt(where(c, x, 1)), 0)`",
  ),
  cbrt: atZero("cbrt", "`where(c, cbrt(where(c, x, 1)), 0)` keeps 0 out"),
  pow: ([x, y], { index }) =>
    x === 0 && index === 0
      ? {
          reason: `the slope of \`x ^ ${say(y)}\` at 0 is infinite`,
          remedy: "keep the base above 0: `(x + 1e-12) ^ p`, or `where(c, where(c, x, 1) ^ p, 0)`",
        }
      : x! < 0 && index === 1
        ? {
            reason: `the derivative of x ^ y by the exponent has log(x), and log(${say(x)}) is NaN`,
            remedy: "declare the exponent `const`, or keep the base above 0",
          }
        : undefined,
  arcsin: atEnds("arcsin", [-1, 1]),
  arccos: atEnds("arccos", [-1, 1]),
  arccosh: atEnds("arccosh", [1]),
  arctan2: ([y, x]) =>
    x === 0 && y === 0
      ? { reason: "`arctan2` has no direction at (0, 0)", remedy: "keep one of the two away from 0" }
      : undefined,
};

/** Why the derivative of an operation is not finite, though what it is computed from is. */
export function reasonOfSlope(op: string, x: readonly number[], index: number, slope: number): Reason {
  const found = explainBy(slopes, op)?.(x, { value: slope, index });
  if (found !== undefined) return found;
  const given = x.length > 0 && x.length <= 3 ? ` at ${x.map(say).join(" and ")}` : "";
  return Number.isNaN(slope)
    ? { reason: `the derivative of \`${op}\`${given} is NaN` }
    : { reason: `the derivative of \`${op}\`${given} is infinite or beyond ${largest}` };
}
