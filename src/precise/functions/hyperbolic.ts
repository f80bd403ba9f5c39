import { scalarKernels } from "../../engine/kernels/scalar.js";
import {
  abs,
  add,
  addNumber,
  compare,
  type DoubleDouble,
  div,
  fromNumber,
  isFiniteNumber,
  mul,
  mulNumber,
  neg,
  one,
  sqrt,
  square,
  sub,
} from "../double-double.js";
import { logTwo } from "./constants.js";
import { expm1, log, log1p } from "./exponential.js";
import { exponential, largestExponent } from "./exponential-parts.js";
import { timesPowerOfTwo } from "./powers-of-two.js";
import { withoutRest } from "./triple.js";

/**
 * Hyperbolic functions and their inverses, within 2⁻⁹⁹ for all arguments: from e^x − 1 and log(1 + y), which keep the
 * digits of small numbers (Kahan 1987, "Branch cuts for complex elementary functions").
 */

/** Below, in size, the cube does not count. */
const tiny = 2 ** -56;
/** Beyond, e^−2x does not count beside 1. */
const large = 40;
/** Beyond, 1 does not count beside x². */
const largeSquare = 2 ** 56;

const withSign = (size: DoubleDouble, { hi }: DoubleDouble): DoubleDouble => (hi < 0 ? neg(size) : size);

/** ½·e^x for x ≥ 0, which overflows later than e^x. */
function halfExp(x: DoubleDouble): DoubleDouble {
  if (!(x.hi <= largestExponent)) return fromNumber(x.hi * Number.POSITIVE_INFINITY);
  const { value, places } = exponential(withoutRest(x));
  return timesPowerOfTwo(value, places - 1);
}

export function sinh(x: DoubleDouble): DoubleDouble {
  const size = abs(x);
  if (size.hi < tiny) return x;
  if (!(size.hi <= large)) return withSign(halfExp(size), x);
  const t = expm1(size);
  return withSign(mulNumber(add(t, div(t, addNumber(t, 1))), 0.5), x);
}

export function cosh(x: DoubleDouble): DoubleDouble {
  const half = halfExp(abs(x));
  return Math.abs(x.hi) <= large ? add(half, div(fromNumber(0.25), half)) : half;
}

export function tanh(x: DoubleDouble): DoubleDouble {
  const size = abs(x);
  if (size.hi < tiny) return x;
  if (!(size.hi <= large)) return fromNumber(scalarKernels.tanh(x.hi, 0, 0));
  const t = expm1(mulNumber(size, 2));
  return withSign(div(t, addNumber(t, 2)), x);
}

/** 4t/(1 + t)² for t = e^(−2|x|). */
export function sech_squared(x: DoubleDouble): DoubleDouble {
  if (!(Math.abs(x.hi) <= largestExponent / 2)) return fromNumber(scalarKernels.sech_squared(x.hi, 0, 0));
  const { value, places } = exponential(withoutRest(mulNumber(abs(x), -2)));
  const divisor = square(addNumber(timesPowerOfTwo(value, places), 1));
  return timesPowerOfTwo(div(value, divisor), places + 2);
}

/** log(1 + y) for y = |x| + x²/(1 + √(1 + x²)). */
export function arcsinh(x: DoubleDouble): DoubleDouble {
  const size = abs(x);
  if (size.hi < tiny || !isFiniteNumber(x)) return x;
  if (size.hi > largeSquare) return withSign(add(log(size), logTwo), x);
  const squared = square(size);
  const more = div(squared, addNumber(sqrt(addNumber(squared, 1)), 1));
  return withSign(log1p(add(size, more)), x);
}

/** log(1 + y) for y = t + √(t·(t + 2)) and t = x − 1. */
export function arccosh(x: DoubleDouble): DoubleDouble {
  const t = sub(x, one);
  if (!(t.hi >= 0)) return fromNumber(Number.NaN);
  if (x.hi > largeSquare) return add(log(x), logTwo);
  return log1p(add(t, sqrt(mul(t, addNumber(t, 2)))));
}

/** ½·log(1 + y) for y = 2|x|/(1 − |x|). */
export function arctanh(x: DoubleDouble): DoubleDouble {
  const size = abs(x);
  if (size.hi < tiny) return x;
  const order = compare(size, one);
  if (!(order < 0)) return fromNumber(order === 0 ? x.hi * Number.POSITIVE_INFINITY : Number.NaN);
  return withSign(mulNumber(log1p(div(mulNumber(size, 2), sub(one, size))), 0.5), x);
}
