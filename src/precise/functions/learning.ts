import { scalarKernels } from "../../engine/kernels/scalar.js";
import {
  add,
  addNumber,
  type DoubleDouble,
  div,
  fromNumber,
  isFiniteNumber,
  mul,
  neg,
  one,
  zero,
} from "../double-double.js";
import { maximum, minimum } from "./arithmetic.js";
import { expm1, log1p } from "./exponential.js";
import { exponential, largestExponent } from "./exponential-parts.js";
import { timesPowerOfTwo } from "./powers-of-two.js";
import { type Triple, tripleDifference, withoutRest } from "./triple.js";

/**
 * Logistic functions and activations, within 2⁻¹⁰⁰; `logaddexp` is within that of the larger argument where the logarithm
 * that is added to it cancels it.
 */

const minus = ({ hi, lo, rest }: Triple): Triple => ({ hi: -hi, lo: -lo, rest: -rest });

/** factor/(1 + e^−x), for an x that is at most `largestExponent` in size. */
function logistic(x: Triple, factor: DoubleDouble): DoubleDouble {
  const { value, places } = exponential(x.hi < 0 ? x : minus(x));
  const divisor = addNumber(timesPowerOfTwo(value, places), 1);
  if (x.hi >= 0) return div(factor, divisor);
  return timesPowerOfTwo(div(mul(factor, value), divisor), places);
}

export function sigmoid(x: DoubleDouble): DoubleDouble {
  if (!(Math.abs(x.hi) <= largestExponent)) return fromNumber(scalarKernels.sigmoid(x.hi, 0, 0));
  return logistic(withoutRest(x), one);
}

/** σ(x)·σ(−x). */
export const sigmoid_slope = (x: DoubleDouble): DoubleDouble => mul(sigmoid(x), sigmoid(neg(x)));

/** σ(x − y), as if x − y were not rounded. */
export function sigmoid_of_difference(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  if (!(Math.abs(x.hi - y.hi) <= largestExponent))
    return fromNumber(scalarKernels.sigmoid_of_difference(x.hi, y.hi, 0));
  return logistic(tripleDifference(x, y), one);
}

/** x·σ(x). */
export function silu(x: DoubleDouble): DoubleDouble {
  if (Math.abs(x.hi) <= largestExponent) return logistic(withoutRest(x), x);
  return x.hi > 0 ? x : fromNumber(scalarKernels.silu(x.hi, 0, 0));
}

/** log(1 + e^x) for x ≤ 0. */
function logOnePlusExp(x: Triple): DoubleDouble {
  if (x.hi < -largestExponent) return zero;
  const { value, places } = exponential(x);
  return log1p(timesPowerOfTwo(value, places));
}

/** max(x, 0) + log(1 + e^−|x|). */
export function softplus(x: DoubleDouble): DoubleDouble {
  if (!isFiniteNumber(x)) return fromNumber(scalarKernels.softplus(x.hi, 0, 0));
  const exponent = withoutRest(x);
  return x.hi > 0 ? add(x, logOnePlusExp(minus(exponent))) : logOnePlusExp(exponent);
}

/** The larger one and log(1 + e^d) for the difference d. */
export function logaddexp(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  if (!isFiniteNumber(x) || !isFiniteNumber(y)) return fromNumber(scalarKernels.logaddexp(x.hi, y.hi, 0));
  const larger = maximum(x, y);
  const smaller = minimum(x, y);
  // The difference may be beyond all doubles.
  if (smaller.hi - larger.hi < -largestExponent) return larger;
  return add(larger, logOnePlusExp(tripleDifference(smaller, larger)));
}

/** x where it is positive, alpha·(e^x − 1) elsewhere. */
export const elu = (x: DoubleDouble, alpha: DoubleDouble): DoubleDouble =>
  x.hi > 0 ? x : mul(alpha, expm1(x));

export const leaky_relu = (x: DoubleDouble, slope: DoubleDouble): DoubleDouble =>
  x.hi > 0 ? x : mul(slope, x);
