/**
 * A number of some 32 digits: the sum of two doubles, of which `lo` is at most half a unit in the last place of `hi`; so
 * `hi` is the double next to it. Infinities and NaN have `lo` 0. Results are within 2⁻¹⁰² of exact ones, relatively, as
 * long as they are above 2⁻⁹⁶⁹: below, the error of a product is too small for a double.
 *
 * Algorithms: Dekker 1971, "A floating-point technique for extending the available precision"; Knuth, TAOCP vol. 2,
 * 4.2.2; Joldes, Muller and Popescu 2017, "Tight and rigorous error bounds for basic building blocks of double-word
 * arithmetic" (the sums are their algorithms 4 and 6, the product 12, the quotient 17).
 */
export interface DoubleDouble {
  readonly hi: number;
  readonly lo: number;
}

/** The numbers that products of 53 bits are split by: 2²⁷ + 1. */
const splitter = 134_217_729;
/** Larger ones would overflow when they are split. */
const largestSplit = 2 ** 970;

export const zero: DoubleDouble = { hi: 0, lo: 0 };
export const one: DoubleDouble = { hi: 1, lo: 0 };

export const fromNumber = (x: number): DoubleDouble => ({ hi: x, lo: 0 });

/** The double-double of a sum of which `hi` is the larger part, or neither part is of weight. */
export function renormalised(hi: number, lo: number): DoubleDouble {
  const sum = hi + lo;
  return Number.isFinite(sum) ? { hi: sum, lo: lo - (sum - hi) } : { hi: sum, lo: 0 };
}

/** x + y without any error. */
export function exactSum(x: number, y: number): DoubleDouble {
  const sum = x + y;
  if (!Number.isFinite(sum)) return { hi: sum, lo: 0 };
  const other = sum - x;
  return { hi: sum, lo: x - (sum - other) + (y - other) };
}

/** x·y without any error, unless it is below 2⁻⁹⁶⁹. */
export function exactProduct(x: number, y: number): DoubleDouble {
  const product = x * y;
  if (!Number.isFinite(product) || product === 0) return { hi: product, lo: 0 };
  if (Math.abs(x) > largestSplit) return scaled(exactProduct(x * 2 ** -53, y), 2 ** 53);
  if (Math.abs(y) > largestSplit) return scaled(exactProduct(x, y * 2 ** -53), 2 ** 53);
  const p = splitter * x;
  const upperX = p - (p - x);
  const lowerX = x - upperX;
  const q = splitter * y;
  const upperY = q - (q - y);
  const lowerY = y - upperY;
  const error = lowerX * lowerY - (product - upperX * upperY - lowerX * upperY - upperX * lowerY);
  return { hi: product, lo: error };
}

/** x times a power of 2: exact, unless it overflows or underflows. */
export function scaled({ hi, lo }: DoubleDouble, power: number): DoubleDouble {
  const product = hi * power;
  return { hi: product, lo: Number.isFinite(product) ? lo * power : 0 };
}

export const neg = ({ hi, lo }: DoubleDouble): DoubleDouble => ({ hi: -hi, lo: -lo });

export const abs = (x: DoubleDouble): DoubleDouble => (x.hi < 0 || Object.is(x.hi, -0) ? neg(x) : x);

export function add(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const high = exactSum(x.hi, y.hi);
  // −0 + −0 stays −0, which adding a 0 would turn into 0.
  if (high.hi === 0 && x.lo === 0 && y.lo === 0) return high;
  if (!Number.isFinite(high.hi)) return { hi: high.hi, lo: 0 };
  const low = exactSum(x.lo, y.lo);
  const first = renormalised(high.hi, high.lo + low.hi);
  return renormalised(first.hi, low.lo + first.lo);
}

export const sub = (x: DoubleDouble, y: DoubleDouble): DoubleDouble => add(x, neg(y));

export function addNumber(x: DoubleDouble, y: number): DoubleDouble {
  return add(x, { hi: y, lo: 0 });
}

export function mul(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const high = exactProduct(x.hi, y.hi);
  if (!Number.isFinite(high.hi) || high.hi === 0) return { hi: high.hi, lo: 0 };
  return renormalised(high.hi, high.lo + (x.lo * y.lo + (x.hi * y.lo + x.lo * y.hi)));
}

export const mulNumber = (x: DoubleDouble, y: number): DoubleDouble => mul(x, { hi: y, lo: 0 });

export const square = (x: DoubleDouble): DoubleDouble => mul(x, x);

export function div(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const first = x.hi / y.hi;
  if (!Number.isFinite(first) || first === 0 || !Number.isFinite(y.hi)) return { hi: first, lo: 0 };
  // Products with a quotient that nearly overflows do.
  if (Math.abs(x.hi) > largestSplit) return scaled(div(scaled(x, 2 ** -64), y), 2 ** 64);
  const rest = sub(x, mulNumber(y, first));
  const second = rest.hi / y.hi;
  const third = sub(rest, mulNumber(y, second)).hi / y.hi;
  return add(renormalised(first, second), { hi: third, lo: 0 });
}

/** The square root: one step of Newton's for 1/√x with the double next to it (Karp and Markstein 1997). */
export function sqrt(x: DoubleDouble): DoubleDouble {
  const root = Math.sqrt(x.hi);
  if (root === 0 || !Number.isFinite(root)) return { hi: root, lo: 0 };
  const rest = sub(x, exactProduct(root, root));
  const first = renormalised(root, rest.hi / (2 * root));
  // A second step for the last digits.
  const left = sub(x, mul(first, first));
  return add(first, { hi: left.hi / (2 * root), lo: 0 });
}

/** −1, 0 or 1 as x is less than, equal to, or greater than y; NaN where one of them is. */
export function compare(x: DoubleDouble, y: DoubleDouble): number {
  if (x.hi !== y.hi) return x.hi < y.hi ? -1 : x.hi > y.hi ? 1 : Number.NaN;
  return x.lo < y.lo ? -1 : x.lo > y.lo ? 1 : 0;
}

export function floor(x: DoubleDouble): DoubleDouble {
  const high = Math.floor(x.hi);
  return high === x.hi ? renormalised(high, Math.floor(x.lo)) : { hi: high, lo: 0 };
}

export const isNotANumber = ({ hi }: DoubleDouble): boolean => Number.isNaN(hi);

export const isFiniteNumber = ({ hi }: DoubleDouble): boolean => Number.isFinite(hi);
