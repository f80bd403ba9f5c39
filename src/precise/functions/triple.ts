import { type DoubleDouble, exactProduct, exactSum } from "../double-double.js";

/**
 * A number of some 48 digits, hi + lo + rest: what stands in an exponent, where an error counts as often as the exponent
 * is large.
 */
export interface Triple extends DoubleDouble {
  readonly rest: number;
}

export const withoutRest = ({ hi, lo }: DoubleDouble): Triple => ({ hi, lo, rest: 0 });

/**
 * The sum of doubles as if it were computed with three times their digits (Ogita, Rump and Oishi 2005, "Accurate sum and dot
 * product", SumK). The list is used up.
 */
export function distilled(parts: number[]): Triple {
  const { length } = parts;
  // Each round leaves the rounded sum in the last place of those that it goes over, and errors before it.
  for (let end = length; end > length - 3 && end > 1; end--) {
    for (let i = 1; i < end; i++) {
      const x = parts[i]!;
      const y = parts[i - 1]!;
      const sum = x + y;
      const other = sum - x;
      parts[i] = sum;
      parts[i - 1] = x - (sum - other) + (y - other);
    }
  }
  let rest = 0;
  for (let i = 0; i < length - 2; i++) rest += parts[i]!;
  const low = exactSum(parts[length - 2]!, rest);
  const high = exactSum(parts[length - 1]!, low.hi);
  const last = exactSum(high.lo, low.lo);
  return { hi: high.hi, lo: last.hi, rest: last.lo };
}

export const tripleDifference = (x: DoubleDouble, y: DoubleDouble): Triple =>
  distilled([x.lo, -y.lo, x.hi, -y.hi]);

/** x·y, for numbers whose product is neither huge nor tiny. */
export function tripleProduct(x: Triple, y: Triple): Triple {
  const high = exactProduct(x.hi, y.hi);
  const left = exactProduct(x.hi, y.lo);
  const right = exactProduct(x.lo, y.hi);
  const low = x.lo * y.lo + (x.rest * y.hi + x.hi * y.rest);
  return distilled([low, left.lo, right.lo, left.hi, right.hi, high.lo, high.hi]);
}
