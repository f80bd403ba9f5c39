import { scaledExp } from "./power.js";
import { productRest } from "./rounding.js";
import { erfOverX, evaluateFit, scaledErfcFar, scaledErfcNear, varyingPart } from "./special-tables.js";

/** The error function and its relatives. What a step loses is kept and made good in the exponential. */

/** 1/√(2π) as a sum. */
const invSqrtTwoPi = 0.3989422804014327;
const invSqrtTwoPiRest = -2.49232720227773e-17;
const twoOverSqrtPi = 1.1283791670955126;
/** √½ as a sum. */
const sqrtHalf = Math.SQRT1_2;
const sqrtHalfRest = -4.833646656726457e-17;

/**
 * factor·exp(−scale·x² + rest) for a scale that is a power of 2 and a small rest. The rounding of x² would cost x² units
 * in the last place; the halves of x have exact products.
 */
function timesGaussian(x: number, scale: number, rest: number, factor: number): number {
  const square = scale * x * x;
  if (!(square < 800)) return square >= 800 ? factor * 0 : square;
  const head = Math.fround(x);
  return scaledExp(-scale * head * head, rest - scale * (x - head) * (x + head), factor);
}

/** exp(−x²). */
export const gaussian = (x: number) => timesGaussian(x, 1, 0, 1);

/** The density of the standard normal distribution. */
export const normalPdf = (x: number) => timesGaussian(x, 0.5, invSqrtTwoPiRest / invSqrtTwoPi, invSqrtTwoPi);

/** Beyond this, erfc is below the smallest double. */
const erfcEnd = 27.3;

/**
 * factor·erfc(z + zRest) for z ≥ ½, where exp(−(z + zRest)²) is exp(−scale·x²). exp(z²)·erfc(z) is a fit divided by
 * 1 + 2z, which takes its slope away; the ratio that the fit reads maps the half line to a bounded interval. What the
 * sum, the division and z have lost is a relative error, so it is made good in the exponent.
 */
function timesErfc(z: number, zRest: number, x: number, scale: number, factor: number): number {
  if (z > erfcEnd) return factor * 0;
  const fit = z < 2.5 ? scaledErfcNear : scaledErfcFar;
  const varying = varyingPart(fit, z < 2.5 ? (z - 1) / (z + 1) : (z - 4) / (z + 4));
  const constant = fit.coefficients.at(-1)!;
  const numerator = constant + varying;
  const denominator = 1 + 2 * z;
  const quotient = numerator / denominator;
  const lost =
    constant -
    numerator +
    varying -
    productRest(quotient, denominator, numerator) -
    quotient * (1 - denominator + 2 * z);
  const product = quotient * factor;
  const lostByFactor = productRest(quotient, factor, product);
  const slope = 2 * z - twoOverSqrtPi / quotient;
  return timesGaussian(x, scale, lost / numerator + lostByFactor / product + zRest * slope, product);
}

/** erf x for |x| ≤ ½: the fit is of what exceeds x, at most an eighth of it. */
const smallErf = (x: number) => x + x * evaluateFit(erfOverX, x * x);

export function erfc(x: number): number {
  if (x < 0.25) {
    if (x <= -0.5) return x < -6 ? 2 : 2 - erfc(-x);
    return 1 - smallErf(x);
  }
  // ½ − x is exact. From ¼ on, 1 − erf x would lose a digit.
  if (x < 0.5) return 0.5 - x + (0.5 - x * evaluateFit(erfOverX, x * x));
  return timesErfc(x, 0, x, 1, 1);
}

export function erf(x: number): number {
  if (Math.abs(x) < 0.5) return smallErf(x);
  return x < 0 ? erfc(-x) - 1 : 1 - erfc(x);
}

/** factor·Φ(x), Φ the standard normal distribution function ½·erfc(−x/√2). */
function timesNormalCdf(x: number, factor: number): number {
  const z = -x * sqrtHalf;
  if (!(z > 0.5)) return 0.5 * factor * erfc(z);
  const zRest = productRest(-x, sqrtHalf, z) - x * sqrtHalfRest;
  return timesErfc(z, zRest, x, 0.5, 0.5 * factor);
}

export const normalCdf = (x: number) => timesNormalCdf(x, 1);

/** x·Φ(x); 0 at −∞, where the product would be NaN. */
export const gelu = (x: number) => (x === Number.NEGATIVE_INFINITY ? -0 : timesNormalCdf(x, x));
