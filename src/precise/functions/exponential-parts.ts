import { nearest } from "../../engine/kernels/portable/lane.js";
import { add, type DoubleDouble, exactSum, mul, renormalised } from "../double-double.js";
import { binaryRoots, inverseFactorials, stepParts } from "./exponential-tables.js";
import { pairAt, series, type Terms } from "./series.js";
import type { Triple } from "./triple.js";

/**
 * Exponentials by a table (Tang 1989, "Table-driven implementation of the exponential function in IEEE floating-point
 * arithmetic"): e^x = 2^(n/64)·e^r for the whole n next to 64·x/log 2, with |r| ≤ 0.0055.
 */

/** Beyond, in size, exponentials overflow or underflow, also after some multiplications. */
export const largestExponent = 1500;

/** e^r − 1 − r, divided by r². */
const shortTerms: Terms = { first: 2, last: 13, light: 7 };
/** The same for |r| ≤ 0.35. */
const longTerms: Terms = { first: 2, last: 26, light: 15 };

const perUnit = 64 * Math.LOG2E;

/** A number as value·2^places. */
export interface Scaled {
  readonly value: DoubleDouble;
  readonly places: number;
}

/** e^x, for an x that is at most `largestExponent` in size: within 2⁻¹⁰³. The value lies between 0.99 and 2. */
export function exponential({ hi, lo, rest }: Triple): Scaled {
  const n = nearest(hi * perUnit);
  // Exact: the product has 53 digits, and the difference no more than x.
  const first = exactSum(hi - n * stepParts[0]!, -n * stepParts[1]!);
  const r = add(first, exactSum(lo, rest - n * stepParts[2]!));
  const root = pairAt(binaryRoots, n & 63);
  const power = add(root, mul(root, shortExpm1(r)));
  return { value: power, places: (n - (n & 63)) / 64 };
}

function shortExpm1(r: DoubleDouble): DoubleDouble {
  return add(r, mul(mul(r, r), series(inverseFactorials, shortTerms, r)));
}

/** e^x − 1 for |x| ≤ 0.35, also where it is tiny. */
export function smallExpm1(x: DoubleDouble): DoubleDouble {
  if (Math.abs(x.hi) < 2 ** -110) return renormalised(x.hi, x.lo);
  return add(x, mul(mul(x, x), series(inverseFactorials, longTerms, x)));
}
