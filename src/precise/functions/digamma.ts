import { scalarKernels } from "../../engine/kernels/scalar.js";
import {
  add,
  addNumber,
  type DoubleDouble,
  div,
  fromNumber,
  isFiniteNumber,
  mul,
  mulNumber,
  one,
  square,
  sub,
  zero,
} from "../double-double.js";
import { pi } from "./constants.js";
import { log } from "./exponential.js";
import {
  asymptoticFrom,
  isPole,
  offset,
  reflectedBelow,
  sineAndCosineOfPi,
  stepsToMiddle,
} from "./gamma-parts.js";
import {
  digammaCoefficients,
  digammaFarCoefficients,
  digammaRoot,
  digammaRootCoefficients,
} from "./gamma-tables.js";
import { series, type Terms } from "./series.js";
import { distilled } from "./triple.js";

/**
 * The derivative of the logarithm of the gamma function: for positive arguments within 2⁻⁹⁹, also next to its zero 1.46…,
 * where it is a multiple of the distance. For negative ones within that of the larger of two terms that cancel next to a zero.
 */

/** ψ(2 + u) for |u| ≤ ½. */
const middleTerms: Terms = { first: 0, last: 54, light: 28 };
/** ψ(x)/(x − zero), up to a distance of 0.1. */
const rootTerms: Terms = { first: 0, last: 30, light: 15 };
const rootReach = 0.1;
/** The asymptotic series from 20 on. */
const farTerms: Terms = { first: 0, last: 20, light: 10 };

/** ψ(x) = Γ′(x)/Γ(x). */
export function digamma(x: DoubleDouble): DoubleDouble {
  if (x.hi >= asymptoticFrom) return far(x);
  if (!isFiniteNumber(x) || isPole(x)) return fromNumber(scalarKernels.digamma(x.hi, 0, 0));
  if (x.hi < reflectedBelow) return reflected(x);
  if (Math.abs(x.hi - digammaRoot[0]!) < rootReach) return nearRoot(x);
  const steps = stepsToMiddle(x);
  const middle = series(digammaCoefficients, middleTerms, offset(x, steps));
  // ψ(x) = ψ(2 + u) − 1/x − 1/(x + 1) − …, or ψ(2 + u) + 1/(x − 1) + 1/(x − 2) + …
  if (steps > 0) return sub(middle, inverses(x, steps));
  return steps === 0 ? middle : add(middle, inverses(offset(x, steps + 2), -steps));
}

/** 1/x + 1/(x + 1) + …, of so many terms. */
function inverses(x: DoubleDouble, terms: number): DoubleDouble {
  let sum = zero;
  for (let k = terms - 1; k >= 0; k--) sum = add(sum, div(one, k === 0 ? x : addNumber(x, k)));
  return sum;
}

function nearRoot(x: DoubleDouble): DoubleDouble {
  // The upper doubles cancel, and lower ones may be all that is left.
  const [first, second, third, fourth, fifth] = digammaRoot as [number, number, number, number, number];
  const { hi, lo } = distilled([-fifth, -fourth, -third, x.lo, -second, x.hi, -first]);
  return mul({ hi, lo }, series(digammaRootCoefficients, rootTerms, { hi, lo }));
}

/** log x − 1/(2x) − series/x² (Abramowitz and Stegun 6.3.18). */
function far(x: DoubleDouble): DoubleDouble {
  if (!isFiniteNumber(x)) return x;
  const inverse = div(one, x);
  const squared = square(inverse);
  const rest = mul(squared, series(digammaFarCoefficients, farTerms, squared));
  return sub(log(x), add(mulNumber(inverse, 0.5), rest));
}

/** ψ(x) = ψ(1 − x) − π·cot πx. */
function reflected(x: DoubleDouble): DoubleDouble {
  const { sine, cosine } = sineAndCosineOfPi(x);
  return sub(far(sub(one, x)), mul(pi, div(cosine, sine)));
}
