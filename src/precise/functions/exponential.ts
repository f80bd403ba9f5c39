import { nearest } from "../../engine/kernels/portable/lane.js";
import { scalarKernels } from "../../engine/kernels/scalar.js";
import {
  add,
  compare,
  type DoubleDouble,
  fromNumber,
  isFiniteNumber,
  mul,
  one,
  sub,
} from "../double-double.js";
import { invLogTen, invLogTwo } from "./constants.js";
import { exponential, largestExponent, smallExpm1 } from "./exponential-parts.js";
import { logarithm, logOnePlus } from "./logarithm-parts.js";
import { wholePower } from "./power.js";
import { exponentOf, timesPowerOfTwo } from "./powers-of-two.js";
import { distilled, withoutRest } from "./triple.js";

/**
 * Exponentials and logarithms, within 2⁻¹⁰⁰ for all arguments. Where an argument is 0, infinite, not a number or outside the
 * domain, the kernel has the result.
 */

export function exp(x: DoubleDouble): DoubleDouble {
  if (!(Math.abs(x.hi) <= largestExponent)) return fromNumber(scalarKernels.exp(x.hi, 0, 0));
  const { value, places } = exponential(withoutRest(x));
  return timesPowerOfTwo(value, places);
}

export function expm1(x: DoubleDouble): DoubleDouble {
  if (Math.abs(x.hi) <= 0.35) return x.hi === 0 ? x : smallExpm1(x);
  return sub(exp(x), one);
}

const isPositive = ({ hi }: DoubleDouble): boolean => hi > 0 && hi < Number.POSITIVE_INFINITY;

export function log(x: DoubleDouble): DoubleDouble {
  if (!isPositive(x)) return fromNumber(scalarKernels.log(x.hi, 0, 0));
  const { hi, lo } = logarithm(withoutRest(x));
  return { hi, lo };
}

/** Of 1 + x as a sum. */
export function log1p(x: DoubleDouble): DoubleDouble {
  if (x.hi === 0 || !isFiniteNumber(x)) return fromNumber(scalarKernels.log1p(x.hi, 0, 0));
  if (Math.abs(x.hi) < 2 ** -7) {
    const { hi, lo } = logOnePlus(withoutRest(x));
    return { hi, lo };
  }
  const sum = distilled([x.lo, 1, x.hi]);
  if (!(sum.hi > 0)) return fromNumber(scalarKernels.log(sum.hi, 0, 0));
  const { hi, lo } = logarithm(sum);
  return { hi, lo };
}

/** Exact for powers of 2. */
export function log2(x: DoubleDouble): DoubleDouble {
  if (!isPositive(x)) return fromNumber(scalarKernels.log2(x.hi, 0, 0));
  const e = exponentOf(x.hi);
  return add(fromNumber(e), mul(log(timesPowerOfTwo(x, -e)), invLogTwo));
}

/** 10⁴⁵ is the largest power of 10 that a double-double holds. */
const largestPowerOfTen = 45;

/** Exact for powers of 10. */
export function log10(x: DoubleDouble): DoubleDouble {
  if (!isPositive(x)) return fromNumber(scalarKernels.log10(x.hi, 0, 0));
  const value = mul(log(x), invLogTen);
  const n = nearest(value.hi);
  const mayBeWhole = n > 0 && n <= largestPowerOfTen && n === value.hi;
  return mayBeWhole && compare(wholePower(fromNumber(10), n), x) === 0 ? fromNumber(n) : value;
}
