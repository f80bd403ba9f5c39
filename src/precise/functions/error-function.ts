import { scalarKernels } from "../../engine/kernels/scalar.js";
import {
  abs,
  add,
  addNumber,
  type DoubleDouble,
  div,
  fromNumber,
  mul,
  mulNumber,
  neg,
  one,
  square,
  sub,
} from "../double-double.js";
import { invSqrtTwoPi, pi, sqrtHalf } from "./constants.js";
import { erfCoefficients, trapezoidStep, trapezoidWeights } from "./error-tables.js";
import { expm1 } from "./exponential.js";
import { exponential, type Scaled } from "./exponential-parts.js";
import { timesPowerOfTwo } from "./powers-of-two.js";
import { pairAt, series, type Terms } from "./series.js";
import { tripleProduct, withoutRest } from "./triple.js";

/**
 * The error function and its relatives, within 2⁻¹⁰⁰ for all arguments, as long as the result is above 2⁻⁹⁶⁹. Squares in
 * exponents have three doubles.
 */

/** erf z/z for |z| ≤ ½: its Taylor series (Abramowitz and Stegun 7.1.5). */
const terms: Terms = { first: 0, last: 23, light: 12 };
const seriesEnd = 0.5;
/** From here on e^(−z²) is 0 for all doubles, and so is what follows for x = z·√2. */
const end = 40;
const normalEnd = 56;

const smallErf = (z: DoubleDouble): DoubleDouble =>
  mul(z, series(erfCoefficients, terms, Math.abs(z.hi) < 2 ** -60 ? { hi: 0, lo: 0 } : square(z)));

/** e^(−x²·share), for a share that is a power of 2. */
function gaussianOf(x: DoubleDouble, share: number): Scaled {
  const factor = withoutRest(x);
  const { hi, lo, rest } = tripleProduct(factor, factor);
  return exponential({ hi: -hi * share, lo: -lo * share, rest: -rest * share });
}

/** π/h: the pole of the integrand is passed over by the rule up to here. */
const lastPole = Math.PI / trapezoidStep;
const stepShare = div(fromNumber(trapezoidStep), pi);
const poleShare = div(mulNumber(pi, 2), fromNumber(trapezoidStep));

/**
 * erfc z for z ≥ ½, where e^(−z²) is given: z/π·e^(−z²)·∫ e^(−t²)/(t² + z²) dt over all t by the trapezoidal rule, whose
 * error is that of the pole at t = iz, which is known, and some e^(−(π/h)²) (Hunter and Regan 1972, "A note on the
 * evaluation of the complementary error function").
 */
function tail(z: DoubleDouble, gaussian: Scaled): Scaled {
  const squared = square(z);
  let sum: DoubleDouble = { hi: 0, lo: 0 };
  for (let n = trapezoidWeights.length / 2; n >= 1; n--) {
    const at = n * trapezoidStep;
    sum = add(sum, div(pairAt(trapezoidWeights, n - 1), addNumber(squared, at * at)));
  }
  const integral = mul(stepShare, add(div(one, z), mul(mulNumber(z, 2), sum)));
  const value = mul(gaussian.value, integral);
  if (z.hi > lastPole) return { value, places: gaussian.places };
  const atPole = div(fromNumber(2), expm1(mul(z, poleShare)));
  return { value: sub(timesPowerOfTwo(value, gaussian.places), atPole), places: 0 };
}

const erfcTail = (z: DoubleDouble): Scaled => tail(z, gaussianOf(z, 1));
const unscaled = ({ value, places }: Scaled): DoubleDouble => timesPowerOfTwo(value, places);

export function erf(x: DoubleDouble): DoubleDouble {
  const size = abs(x);
  if (size.hi <= seriesEnd) return smallErf(x);
  if (!(size.hi <= end)) return fromNumber(scalarKernels.erf(x.hi, 0, 0));
  const value = sub(one, unscaled(erfcTail(size)));
  return x.hi < 0 ? neg(value) : value;
}

export function erfc(x: DoubleDouble): DoubleDouble {
  const size = abs(x);
  if (size.hi <= seriesEnd) return sub(one, smallErf(x));
  if (!(size.hi <= end)) return fromNumber(scalarKernels.erfc(x.hi, 0, 0));
  const value = unscaled(erfcTail(size));
  return x.hi < 0 ? sub(fromNumber(2), value) : value;
}

/** factor·Φ(x) for |x| ≤ 56. */
function timesNormal(x: DoubleDouble, factor: DoubleDouble): DoubleDouble {
  const z = mul(abs(x), sqrtHalf);
  if (z.hi <= seriesEnd) {
    const half = smallErf(z);
    return mul(mulNumber(factor, 0.5), x.hi < 0 ? sub(one, half) : add(one, half));
  }
  const { value, places } = tail(z, gaussianOf(x, 0.5));
  if (x.hi < 0) return timesPowerOfTwo(mul(factor, value), places - 1);
  return mul(factor, sub(one, timesPowerOfTwo(value, places - 1)));
}

/** ½·erfc(−x/√2). */
export function normal_cdf(x: DoubleDouble): DoubleDouble {
  if (!(Math.abs(x.hi) <= normalEnd)) return fromNumber(scalarKernels.normal_cdf(x.hi, 0, 0));
  return timesNormal(x, one);
}

/** x·Φ(x). */
export function gelu(x: DoubleDouble): DoubleDouble {
  if (Math.abs(x.hi) <= normalEnd) return timesNormal(x, x);
  return x.hi > 0 ? x : fromNumber(scalarKernels.gelu(x.hi, 0, 0));
}

/** e^(−x²). */
export function gaussian(x: DoubleDouble): DoubleDouble {
  if (!(Math.abs(x.hi) <= end)) return fromNumber(scalarKernels.gaussian(x.hi, 0, 0));
  return unscaled(gaussianOf(x, 1));
}

/** The density of the standard normal distribution. */
export function normal_pdf(x: DoubleDouble): DoubleDouble {
  if (!(Math.abs(x.hi) <= normalEnd)) return fromNumber(scalarKernels.normal_pdf(x.hi, 0, 0));
  const { value, places } = gaussianOf(x, 0.5);
  return timesPowerOfTwo(mul(value, invSqrtTwoPi), places);
}
