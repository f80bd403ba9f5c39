/**
 * A number of some 32 digits: the sum of two doubles, of which `lo` is at most half a unit in the last place of `hi`; so
 * `hi` is the double next to it. Infinities and NaN have `lo` 0. Results are within 2⁻¹⁰² of exact ones, relatively, as
 * long as they are above 2⁻⁹⁶⁹: below, `lo` has fewer digits, and results are within 2⁻¹⁰⁷².
 *
 * Algorithms: Dekker 1971, "A floating-point technique for extending the available precision"; Knuth, TAOCP vol. 2,
 * 4.2.2; Joldes, Muller and Popescu 2017, "Tight and rigorous error bounds for basic building blocks of double-word
 * arithmetic" (the sum is their algorithm 6, within 3·2⁻¹⁰⁶, the product 10 with the product of the lower parts, within
 * 5·2⁻¹⁰⁶, the quotient 17, within 15·2⁻¹⁰⁶); Lefèvre, Louvet, Muller, Picot and Rideau 2023, "Accurate calculation of
 * Euclidean norms using double-word arithmetic" (the square root, within 25/8·2⁻¹⁰⁶).
 */
export interface DoubleDouble {
  readonly hi: number;
  readonly lo: number;
}

/** The numbers that products of 53 bits are split by: 2²⁷ + 1. */
export const splitter = 134_217_729;
/** Larger numbers may overflow when they are split, and larger products when they are put together again. */
const largestSplit = 2 ** 970;
/** Numbers between these have products, quotients and roots with errors that doubles can hold. */
const smallestUsual = 2 ** -400;
const largestUsual = 2 ** 400;

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
  // Next to the largest double, that may overflow for the smaller part, not for the larger one.
  if (!Number.isFinite(other)) return exactSum(y, x);
  return { hi: sum, lo: x - (sum - other) + (y - other) };
}

/** x·y without any error, unless it is below 2⁻⁹⁶⁹. */
export function exactProduct(x: number, y: number): DoubleDouble {
  const product = x * y;
  if (!Number.isFinite(product) || product === 0) return { hi: product, lo: 0 };
  const a = Math.abs(x);
  const b = Math.abs(y);
  if (a > largestSplit || b > largestSplit || Math.abs(product) > largestSplit)
    return a > b
      ? scaled(exactProduct(x * 2 ** -60, y), 2 ** 60)
      : scaled(exactProduct(x, y * 2 ** -60), 2 ** 60);
  return { hi: product, lo: productError(x, y, product) };
}

/** What x·y as a double leaves out of the product, for numbers that can be split. */
function productError(x: number, y: number, product: number): number {
  const p = splitter * x;
  const upperX = p - (p - x);
  const lowerX = x - upperX;
  const q = splitter * y;
  const upperY = q - (q - y);
  const lowerY = y - upperY;
  return lowerX * lowerY - (product - upperX * upperY - lowerX * upperY - upperX * lowerY);
}

/** x times a power of 2: exact, unless it overflows or underflows. */
export function scaled({ hi, lo }: DoubleDouble, power: number): DoubleDouble {
  const product = hi * power;
  if (!Number.isFinite(product)) return { hi: product, lo: 0 };
  // Where `hi` loses digits by underflow, `lo` has none left that could make them good.
  return renormalised(product, lo * power);
}

export const neg = ({ hi, lo }: DoubleDouble): DoubleDouble => ({ hi: -hi, lo: -lo });

export const abs = (x: DoubleDouble): DoubleDouble => (x.hi < 0 || Object.is(x.hi, -0) ? neg(x) : x);

export function add(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const sum = x.hi + y.hi;
  // −0 + −0 stays −0, which adding a 0 would turn into 0.
  if (!Number.isFinite(sum) || (sum === 0 && x.lo === 0 && y.lo === 0)) return { hi: sum, lo: 0 };
  const other = sum - x.hi;
  const lost = x.hi - (sum - other) + (y.hi - other);
  const low = x.lo + y.lo;
  const lowOther = low - x.lo;
  const lowLost = x.lo - (low - lowOther) + (y.lo - lowOther);
  const rest = lost + low;
  const high = sum + rest;
  const tail = lowLost + (rest - (high - sum));
  const hi = high + tail;
  const lo = tail - (hi - high);
  // Not a number: some step overflowed.
  return Number.isFinite(hi) && !Number.isNaN(lo) ? { hi, lo } : addHuge(x, y);
}

/** Where a step of the sum overflows, which the sum itself need not do. */
function addHuge(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const quarter = 2 ** -2;
  const sum = add(scaled(x, quarter), scaled(y, quarter));
  return scaled(sum, 4);
}

export const sub = (x: DoubleDouble, y: DoubleDouble): DoubleDouble => add(x, { hi: -y.hi, lo: -y.lo });

export const addNumber = (x: DoubleDouble, y: number): DoubleDouble => add(x, { hi: y, lo: 0 });

export function mul(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const product = x.hi * y.hi;
  const size = Math.abs(product);
  if (!(size < largestSplit && Math.abs(x.hi) < largestSplit && Math.abs(y.hi) < largestSplit && size > 0))
    return mulHuge(x, y);
  const rest = productError(x.hi, y.hi, product) + (x.lo * y.lo + (x.hi * y.lo + x.lo * y.hi));
  const hi = product + rest;
  return { hi, lo: rest - (hi - product) };
}

function mulHuge(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const high = exactProduct(x.hi, y.hi);
  if (!Number.isFinite(high.hi) || high.hi === 0) return { hi: high.hi, lo: 0 };
  return renormalised(high.hi, high.lo + (x.hi * y.lo + x.lo * y.hi));
}

export const mulNumber = (x: DoubleDouble, y: number): DoubleDouble => mul(x, { hi: y, lo: 0 });

export const square = (x: DoubleDouble): DoubleDouble => mul(x, x);

const isUsual = (x: number): boolean => Math.abs(x) > smallestUsual && Math.abs(x) < largestUsual;

export function div(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const first = x.hi / y.hi;
  if (!(isUsual(x.hi) && isUsual(y.hi))) return divUnusual(x, y, first);
  const product = y.hi * first;
  const lost = productError(y.hi, first, product) + y.lo * first;
  // As a sum whose larger part is next to x.hi, so that the difference is exact.
  const high = product + lost;
  const low = lost - (high - product);
  const second = (x.hi - high + (x.lo - low)) / y.hi;
  const hi = first + second;
  return { hi, lo: second - (hi - first) };
}

/** A power of 2 that makes the number one between 2⁻⁴⁰⁰ and 2⁴⁰⁰, and its inverse. */
function usualScale(x: number): number {
  const size = Math.abs(x);
  if (size >= largestUsual) return 2 ** -700;
  return size <= smallestUsual ? 2 ** 700 : 1;
}

function divUnusual(x: DoubleDouble, y: DoubleDouble, first: number): DoubleDouble {
  if (x.hi === 0 || y.hi === 0 || !Number.isFinite(x.hi) || !Number.isFinite(y.hi))
    return { hi: first, lo: 0 };
  const scaleX = usualScale(x.hi);
  const scaleY = usualScale(y.hi);
  const quotient = div(scaled(x, scaleX), scaled(y, scaleY));
  // The quotient has had both scales: the larger steps away from 1 come last, for it may only then underflow.
  if (scaleX === scaleY) return quotient;
  if (scaleX === 1) return scaled(quotient, scaleY);
  if (scaleY === 1) return scaled(quotient, 1 / scaleX);
  return scaled(scaled(quotient, scaleY), scaleY);
}

/** The square root: that of the nearest double, and what is left divided by twice that. */
export function sqrt(x: DoubleDouble): DoubleDouble {
  const root = Math.sqrt(x.hi);
  if (root === 0 || !Number.isFinite(root)) return { hi: root, lo: 0 };
  if (!isUsual(x.hi))
    return x.hi > 1
      ? scaled(sqrt(scaled(x, 2 ** -700)), 2 ** 350)
      : scaled(sqrt(scaled(x, 2 ** 700)), 2 ** -350);
  const product = root * root;
  const second = (x.hi - product - productError(root, root, product) + x.lo) / (2 * root);
  const hi = root + second;
  return { hi, lo: second - (hi - root) };
}

/** −1, 0 or 1 as x is less than, equal to, or greater than y; NaN where one of them is. */
export function compare(x: DoubleDouble, y: DoubleDouble): number {
  if (x.hi !== y.hi) return x.hi < y.hi ? -1 : x.hi > y.hi ? 1 : Number.NaN;
  return x.lo < y.lo ? -1 : x.lo > y.lo ? 1 : 0;
}

/** −0 stays. */
export function floor(x: DoubleDouble): DoubleDouble {
  const high = Math.floor(x.hi);
  return high === x.hi && x.lo !== 0 ? renormalised(high, Math.floor(x.lo)) : { hi: high, lo: 0 };
}

export const isNotANumber = ({ hi }: DoubleDouble): boolean => Number.isNaN(hi);

export const isFiniteNumber = ({ hi }: DoubleDouble): boolean => Number.isFinite(hi);
