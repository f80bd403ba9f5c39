import { scalarKernels } from "../../engine/kernels/scalar.js";
import {
  abs,
  add,
  addNumber,
  type DoubleDouble,
  div,
  fromNumber,
  isFiniteNumber,
  mul,
  one,
  square,
  sub,
} from "../double-double.js";
import { halfLogTwoPi, logPi } from "./constants.js";
import { log } from "./exponential.js";
import {
  asymptoticFrom,
  isPole,
  offset,
  reflectedBelow,
  sineAndCosineOfPi,
  stepsToMiddle,
} from "./gamma-parts.js";
import { logGammaCoefficients, stirlingCoefficients } from "./gamma-tables.js";
import { series, type Terms } from "./series.js";

/**
 * The logarithm of the gamma function: for positive arguments within 2⁻⁹⁹, also next to its zeros 1 and 2. For negative ones
 * between −20 and 0 within that of the terms of the recurrence, below within that of log Γ(1 − x): next to a zero there, the
 * absolute, not the relative error is small.
 */

/** log Γ(2 + u)/u for |u| ≤ ½. */
const middleTerms: Terms = { first: 0, last: 54, light: 27 };
/** Stirling's series from 20 on; beside x·log x, it needs fewer digits. */
const farTerms: Terms = { first: 0, last: 19, light: 9 };

/** log |Γ(x)|. */
export function gammaln(x: DoubleDouble): DoubleDouble {
  if (x.hi >= asymptoticFrom) return far(x);
  if (!isFiniteNumber(x) || isPole(x)) return fromNumber(scalarKernels.gammaln(x.hi, 0, 0));
  if (x.hi < reflectedBelow) return reflected(x);
  const steps = stepsToMiddle(x);
  const u = offset(x, steps);
  const middle = mul(u, series(logGammaCoefficients, middleTerms, u));
  if (steps === 0) return middle;
  // Γ(x) = Γ(2 + u)/(x·(x + 1)·…), or Γ(2 + u)·(x − 1)·(x − 2)·…
  if (steps < 0) return add(middle, log(product(offset(x, steps + 2), -steps)));
  const small = Math.abs(x.hi) < 2 ** -110;
  // One by one: the product of tiny numbers has fewer digits.
  const first = sub(middle, log(abs(x)));
  return steps === 1 || small ? first : sub(first, log(abs(product(addNumber(x, 1), steps - 1))));
}

/** x·(x + 1)·…, of so many factors. */
function product(x: DoubleDouble, factors: number): DoubleDouble {
  let value = x;
  for (let k = 1; k < factors; k++) value = mul(value, addNumber(x, k));
  return value;
}

/** (x − ½)·log x − x + ½·log 2π + series (Abramowitz and Stegun 6.1.40). */
function far(x: DoubleDouble): DoubleDouble {
  if (!isFiniteNumber(x)) return x;
  const inverse = div(one, x);
  const rest = mul(inverse, series(stirlingCoefficients, farTerms, square(inverse)));
  const main = mul(addNumber(x, -0.5), addNumber(log(x), -1));
  return add(main, add(addNumber(halfLogTwoPi, -0.5), rest));
}

/** Γ(x)·Γ(1 − x) = π/sin πx. */
function reflected(x: DoubleDouble): DoubleDouble {
  const { sine } = sineAndCosineOfPi(x);
  return sub(sub(logPi, log(abs(sine))), far(sub(one, x)));
}
