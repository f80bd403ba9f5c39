import { exp, scaledExp } from "./power.js";
import { productRest } from "./rounding.js";

/**
 * Hyperbolic functions within 1.6 units in the last place, in exactly rounded arithmetic only: series where exponentials
 * would cancel, and no overflow before the result's own.
 */

/** From here on, e^(−x) does not count beside e^x; log(2^53)/2. */
const oneSided = 19;
/** From here on, sinh and cosh overflow. */
const end = 711;

/** ½·e^x for 0 ≤ x; +∞ where that overflows. */
const halfExp = (x: number) => (x < end ? scaledExp(x, 0, 0.5) : x + Number.POSITIVE_INFINITY);

export function sinh(x: number): number {
  const size = Math.abs(x);
  // x + x³·(1/3! + x²/5! + …); x itself also for −0 and NaN.
  if (!(size >= 1)) {
    const s = x * x;
    const q = s * s;
    const series =
      1 / 6 +
      s * (1 / 120) +
      q *
        (1 / 5040 +
          s * (1 / 362880) +
          q * (1 / 39916800 + s * (1 / 6227020800) + q * (1 / 1307674368000 + s * (1 / 355687428096000))));
    return x + x * s * series;
  }
  const t = halfExp(size);
  const value = size < oneSided ? t - 0.25 / t : t;
  return x < 0 ? -value : value;
}

export function cosh(x: number): number {
  const size = Math.abs(x);
  const t = halfExp(size);
  return size < oneSided ? t + 0.25 / t : t;
}

/** Lambert's continued fraction x/(1 + x²/(3 + x²/(5 + …))) to 17, as x − x³·P/Q, and 1 − 2/(e^2x + 1). */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (!(size >= 0.75)) {
    const s = x * x;
    const p = 11486475 + s * (810810 + s * (12870 + s * 44));
    const q = 34459425 + s * (16216200 + s * (945945 + s * (13860 + s * 45)));
    return x - x * s * (p / q);
  }
  const value = size < oneSided + 1 ? 1 - 2 / (scaledExp(2 * size, 0, 1) + 1) : 1;
  return x < 0 ? -value : value;
}

/** 1/cosh²x = 4t/(1 + t)² for t = e^(−2|x|); what the denominator and the division have lost is added at the end. */
export function sechSquared(x: number): number {
  const exponent = -2 * Math.abs(x);
  if (exponent < -40) return exponent > -750 ? scaledExp(exponent, 0, 4) : 0;
  const t = exp(exponent);
  const sum = 1 + t;
  const square = sum * sum;
  const quotient = (4 * t) / square;
  const squareRest = productRest(sum, sum, square) + 2 * sum * (1 - sum + t);
  const rest = -productRest(quotient, square, 4 * t) - quotient * squareRest;
  return quotient + rest / square;
}
