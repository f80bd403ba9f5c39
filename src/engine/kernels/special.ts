import { erfOverX, evaluateFit, scaledErfcFar, scaledErfcNear } from "./special-tables.js";

/** The error function and its relatives: to 2 units in the last place (test/ops/reference.test.ts). */

const splitter = 2 ** 27 + 1;
const twoOverSqrtPi = 1.1283791670955126;
const invSqrtTwoPi = 0.3989422804014327;
/** √½ as a sum. */
const sqrtHalf = Math.SQRT1_2;
const sqrtHalfRest = -4.833646656726457e-17;

/** What a·b as a double leaves out of the product (Dekker 1971); exact where nothing over- or underflows. */
export function productError(a: number, b: number, product: number): number {
  const ta = splitter * a;
  const ah = ta - (ta - a);
  const al = a - ah;
  const tb = splitter * b;
  const bh = tb - (tb - b);
  const bl = b - bh;
  return ah * bh - product + ah * bl + al * bh + al * bl;
}

/** exp(−scale·x²) for a scale that is a power of 2. The rounding of x² alone would cost x² units in the last place. */
function expMinusSquare(x: number, scale: number): number {
  const square = x * x;
  // Where the result is 0 or 1 there is nothing to correct, and the splitting would overflow.
  if (!(square > 1e-20 && square < 3000)) return Math.exp(-scale * square);
  return Math.exp(-scale * square) * (1 - scale * productError(x, x, square));
}

/** exp(−x²). */
export const gaussian = (x: number) => expMinusSquare(x, 1);

/** The density of the standard normal distribution. */
export const normalPdf = (x: number) => invSqrtTwoPi * expMinusSquare(x, 0.5);

/** exp(x²)·erfc(x) for x ≥ ½: (1 + 2x) takes its slope away, the ratio maps the half line to a bounded interval. */
function scaledErfc(x: number): number {
  const value =
    x < 2.5 ? evaluateFit(scaledErfcNear, (x - 1) / (x + 1)) : evaluateFit(scaledErfcFar, (x - 4) / (x + 4));
  return value / (1 + 2 * x);
}

/** Beyond this, erfc is below the smallest double. */
const erfcEnd = 27.3;

export function erfc(x: number): number {
  if (x < 0.5) {
    if (x <= -0.5) return x < -6 ? 2 : 2 - erfc(-x);
    return 1 - x * evaluateFit(erfOverX, x * x);
  }
  if (x > erfcEnd) return 0;
  return gaussian(x) * scaledErfc(x);
}

export function erf(x: number): number {
  if (Math.abs(x) < 0.5) return x * evaluateFit(erfOverX, x * x);
  return x < 0 ? erfc(-x) - 1 : 1 - erfc(x);
}

/** The standard normal distribution function, ½·erfc(−x/√2), with the rounding of x/√2 corrected to first order. */
export function normalCdf(x: number): number {
  const z = -x * sqrtHalf;
  const value = erfc(z);
  if (!(z > 0.5 && z < erfcEnd)) return 0.5 * value;
  const rest = productError(-x, sqrtHalf, z) - x * sqrtHalfRest;
  return 0.5 * (value - rest * twoOverSqrtPi * gaussian(z));
}

/** x·Φ(x); 0 at −∞, where the product would be NaN. */
export const gelu = (x: number) => (x === Number.NEGATIVE_INFINITY ? -0 : x * normalCdf(x));
