import { type DoubleDouble, splitter } from "../double-double.js";

/** How to sum a power series with a table of coefficients, two doubles each. */
export interface Terms {
  /** The index in the table of the constant term. */
  readonly first: number;
  /** That of the last one. */
  readonly last: number;
  /** From this one on, terms are so small that doubles will do. */
  readonly light: number;
}

/**
 * Σ coefficient·xᵏ, k = 0, 1, …, by Horner's rule, for terms that become smaller: within some 2⁻¹⁰³ of the first. What
 * `double-double.ts` has for products and sums is written out, for nearly all of the time is spent here.
 */
export function series(
  table: readonly number[],
  { first, last, light }: Terms,
  x: DoubleDouble,
): DoubleDouble {
  const xHi = x.hi;
  const xLo = x.lo;
  const xSplit = splitter * xHi;
  const xUpper = xSplit - (xSplit - xHi);
  const xLower = xHi - xUpper;
  let hi = 0;
  for (let k = last; k >= light; k--) hi = hi * xHi + table[2 * k]!;
  let lo = 0;
  for (let k = Math.min(last, light - 1); k >= first; k--) {
    const product = hi * xHi;
    const split = splitter * hi;
    const upper = split - (split - hi);
    const lower = hi - upper;
    const error = lower * xLower - (product - upper * xUpper - lower * xUpper - upper * xLower);
    const coefficient = table[2 * k]!;
    const sum = coefficient + product;
    const rest = coefficient - sum + product + (error + (hi * xLo + lo * xHi) + table[2 * k + 1]!);
    hi = sum + rest;
    lo = rest - (hi - sum);
  }
  return { hi, lo };
}

/** The number that a table of pairs has at an index. */
export const pairAt = (table: readonly number[], index: number): DoubleDouble => ({
  hi: table[2 * index]!,
  lo: table[2 * index + 1]!,
});
