import {
  abs,
  addNumber,
  compare,
  type DoubleDouble,
  div,
  floor,
  fromNumber,
  isFiniteNumber,
  isNotANumber,
  mul,
  neg,
  one,
} from "../double-double.js";
import { isWhole } from "./comparison.js";
import { exponential, largestExponent } from "./exponential-parts.js";
import { logarithm } from "./logarithm-parts.js";
import { exponentOf, timesPowerOfTwo } from "./powers-of-two.js";
import { type Triple, tripleDifference, tripleProduct, withoutRest } from "./triple.js";

/**
 * Powers, within 2⁻⁹⁹: the logarithm and its product with the exponent have three doubles, so that 700 has as many digits
 * behind the point as 1. Whole powers up to the 64th are exact where 104 bits hold them.
 */

/** Up to here powers come from products, each of which loses some 2⁻¹⁰⁵; and up to here where products may be exact. */
const mostProducts = 8;
const mostExactProducts = 64;
/** Beyond 2 to this power, in size, products may overflow or lose digits. */
const moderateExponent = 850;

/** xⁿ for a whole n ≥ 0, from left to right. */
export function wholePower(x: DoubleDouble, n: number): DoubleDouble {
  if (n === 0) return one;
  let power = x;
  for (let bit = 30 - Math.clz32(n); bit >= 0; bit--) {
    power = mul(power, power);
    if ((n >> bit) % 2 === 1) power = mul(power, x);
  }
  return power;
}

/** Both parts of a whole number are whole. */
const isOdd = (y: DoubleDouble): boolean => isWhole(y) && Math.abs((y.hi % 2) + (y.lo % 2)) === 1;

/** An exponent, and whether it is whole or odd. */
interface Exponent extends Triple {
  readonly isWhole: boolean;
  readonly isOdd: boolean;
}

/** Whether x > 0 has 14 digits at most: no others have exact powers beyond the eighth. */
const isShort = (x: DoubleDouble, e: number): boolean =>
  x.lo === 0 && Number.isInteger(timesPowerOfTwo(x, 13 - e).hi);

/** For a finite x > 0 and a finite exponent. */
function positivePower(x: DoubleDouble, y: Exponent): DoubleDouble {
  const size = Math.abs(y.hi);
  const e = exponentOf(x.hi);
  const isProduct = y.isWhole && y.rest === 0 && size <= (isShort(x, e) ? mostExactProducts : mostProducts);
  if (isProduct && size * Math.abs(e) <= moderateExponent) {
    const power = wholePower(x, size);
    return y.hi < 0 ? div(one, power) : power;
  }
  // A whole power of a power of 2.
  if (
    x.lo === 0 &&
    timesPowerOfTwo(x, -e).hi === 1 &&
    y.lo === 0 &&
    y.rest === 0 &&
    Number.isInteger(y.hi * e)
  )
    return timesPowerOfTwo(one, y.hi * e);
  const log = logarithm(withoutRest(x));
  const estimate = log.hi * y.hi;
  if (!(Math.abs(estimate) <= largestExponent))
    return fromNumber(estimate > 0 ? Number.POSITIVE_INFINITY : 0);
  const { value, places } = exponential(tripleProduct(log, y));
  return timesPowerOfTwo(value, places);
}

/** IEEE 754's and NumPy's pow, as the kernel has it. */
function power(x: DoubleDouble, y: Exponent): DoubleDouble {
  if (y.hi === 0 || compare(x, one) === 0) return one;
  if (isNotANumber(x) || Number.isNaN(y.hi)) return fromNumber(Number.NaN);
  const size = abs(x);
  if (!Number.isFinite(y.hi)) {
    const order = compare(size, one);
    if (order === 0) return one;
    return fromNumber(order > 0 === y.hi > 0 ? Number.POSITIVE_INFINITY : 0);
  }
  const isReversed = y.isOdd && (x.hi < 0 || Object.is(x.hi, -0));
  if (x.hi === 0 || !isFiniteNumber(x)) {
    const limit = (x.hi === 0) === y.hi > 0 ? 0 : Number.POSITIVE_INFINITY;
    return fromNumber(isReversed ? -limit : limit);
  }
  if (x.hi < 0 && !y.isWhole) return fromNumber(Number.NaN);
  const value = positivePower(size, y);
  return isReversed ? neg(value) : value;
}

export const pow = (x: DoubleDouble, y: DoubleDouble): DoubleDouble =>
  power(x, { hi: y.hi, lo: y.lo, rest: 0, isWhole: isWhole(y), isOdd: isOdd(y) });

/** x^(y − k) for a whole k, as if y − k were not rounded. Rounding k says so to those who vary it. */
export function shifted_power(x: DoubleDouble, y: DoubleDouble, k: DoubleDouble): DoubleDouble {
  const shift = floor(addNumber(k, 0.5));
  if (!isFiniteNumber(y) || !isFiniteNumber(shift)) return pow(x, fromNumber(y.hi - shift.hi));
  const { hi, lo, rest } = tripleDifference(y, shift);
  return power(x, { hi, lo, rest, isWhole: isWhole(y), isOdd: isOdd(y) !== isOdd(shift) && isWhole(y) });
}
