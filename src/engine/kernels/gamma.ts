import { logInto, pow } from "./power.js";
import { differenceRest, productRest } from "./rounding.js";
import {
  cosPi,
  digammaAboveTwo,
  digammaAtRoot,
  digammaRoot,
  evaluateFit,
  logGammaAtOne,
  logGammaAtTwo,
  logGammaBetween,
  sincPi,
  varyingPart,
} from "./special-tables.js";

/**
 * The logarithm of the gamma function and its derivatives. Positive arguments: polynomials near the zeros, recurrences,
 * and the asymptotic series (Abramowitz and Stegun 6.1.41, 6.3.18, 6.4.11). Negative ones: reflection (6.1.17, 6.3.7),
 * whose difference loses relative, not absolute, accuracy next to the zeros there.
 */

const infinity = Number.POSITIVE_INFINITY;
const halfLogTwoPi = 0.9189385332046728;
/** log π and π² as sums. */
const logPi = 1.1447298858494002;
const logPiRest = 1.0265951162707826e-17;
const piSquared = 9.869604401089358;
const piSquaredRest = 6.265295508739711e-16;

/** The Bernoulli numbers B₂, B₄, …. */
const bernoulli: readonly number[] = [
  1 / 6,
  -1 / 30,
  1 / 42,
  -1 / 30,
  5 / 66,
  -691 / 2730,
  7 / 6,
  -3617 / 510,
  43867 / 798,
  -174611 / 330,
];

/** From here on the asymptotic series needs no more than the numbers above. */
const asymptoticFrom = 12;

/** Horner's rule in 1/x² for Σ B₂ₖ·weight(k)·x^(2 − 2k), k = 1, 2, …. */
function bernoulliSeries(x: number, weight: (k: number) => number): number {
  const inverse = 1 / (x * x);
  let value = 0;
  for (let k = 8; k >= 1; k--) value = value * inverse + bernoulli[k - 1]! * weight(k);
  return value;
}

/** The distance to the nearest whole number, with its sign: exact. */
const fraction = (x: number) => x - Math.round(x);

/** sin(πr)/(πr) − 1 for 0 ≤ r ≤ ¼. */
const sincRest = (r: number) => r * r * evaluateFit(sincPi, r * r);
/** cos πr − 1 for 0 ≤ r ≤ ¼. */
const cosineRest = (r: number) => r * r * evaluateFit(cosPi, r * r);

/** π·cot πx, also next to its zeros and poles: 1/r or π²·(½ − r), exactly, times 1 plus something small. */
function cotangent(x: number): number {
  const r = fraction(x);
  const size = Math.abs(r);
  const value = size <= 0.25 ? cotangentByPole(size) : cotangentByZero(0.5 - size);
  return r < 0 ? -value : value;
}

function cotangentByPole(r: number): number {
  const sinc = sincRest(r);
  const inverse = 1 / r;
  if (r < 1e-9) return inverse;
  return inverse + (quotientRest(r, inverse) + (inverse * (cosineRest(r) - sinc)) / (1 + sinc));
}

function cotangentByZero(r: number): number {
  const cosine = cosineRest(r);
  const product = r * piSquared;
  const rest = productRest(r, piSquared, product) + r * piSquaredRest;
  return product + (rest + (product * (sincRest(r) - cosine)) / (1 + cosine));
}

/** What q = 1/x as a double leaves out of the quotient. */
const quotientRest = (x: number, q: number) => -productRest(x, q, 1) * q;

const logarithm = new Float64Array(2);

/** log(π/(product·|sin πx|)) − other − rest, rounded once. */
function reflected(x: number, product: number, other: number, rest: number): number {
  const r = Math.abs(fraction(x));
  const isNear = r <= 0.25;
  logInto(logarithm, isNear ? r * product * (1 + sincRest(r)) : product * (1 + cosineRest(0.5 - r)));
  const constant = isNear ? 0 : logPi;
  const log = constant - logarithm[0]!;
  const value = log - other;
  const lost =
    differenceRest(log, other, value) +
    differenceRest(constant, logarithm[0]!, log) -
    logarithm[1]! +
    (isNear ? 0 : logPiRest);
  return value + (lost - rest);
}

/** log |Γ(x)|. */
export function gammaln(x: number): number {
  if (x > asymptoticFrom) {
    if (x === infinity) return x;
    const series = bernoulliSeries(x, (k) => 1 / (2 * k * (2 * k - 1))) / x;
    return (x - 0.5) * (Math.log(x) - 1) + (halfLogTwoPi - 0.5 + series);
  }
  if (x > 3) {
    const { product, rest } = recurrence(x);
    return gammaln(rest) + Math.log(product);
  }
  if (x >= 1.75) return (x - 2) * evaluateFit(logGammaAtTwo, x);
  if (x >= 1.25) return evaluateFit(logGammaBetween, x);
  // 0, not −0, at 1.
  if (x >= 0.75) return (x - 1) * evaluateFit(logGammaAtOne, x) + 0;
  if (x > 0) return x < 1e-20 ? -Math.log(x) : gammaln(1 + x) - Math.log(x);
  if (Number.isNaN(x)) return x;
  if (Number.isInteger(x) || x === -infinity) return infinity;
  if (x > -1e-20) return -Math.log(-x);
  // Γ(x)·Γ(1 − x) = π/sin πx, with as few logarithms as possible.
  const mirrored = 1 - x;
  const lost = (Math.log(mirrored) - 0.5 / mirrored) * differenceRest(1, x, mirrored);
  if (mirrored > asymptoticFrom) return reflected(x, 1, gammaln(mirrored), lost);
  const { product, rest } = recurrence(mirrored);
  return reflected(x, product, gammaln(rest), lost);
}

/** Γ(x) = product·Γ(rest) with a rest of at most 3. */
function recurrence(x: number): { product: number; rest: number } {
  let product = 1;
  let rest = x;
  while (rest > 3) {
    rest -= 1;
    product *= rest;
  }
  return { product, rest };
}

/** ψ(x) for 1 ≤ x ≤ 2, from the distance to the zero times a fit, both as sums: the product is rounded once. */
function digammaByRoot(x: number, distance: number): number {
  const varying = varyingPart(digammaAtRoot, x);
  const constant = digammaAtRoot.coefficients.at(-1)!;
  const factor = constant + varying;
  const product = distance * factor;
  const factorRest = constant - factor + varying;
  const rest = productRest(distance, factor, product) + distance * factorRest - digammaRoot[1] * factor;
  return product + rest;
}

/** ψ(x) = Γ′(x)/Γ(x); ∓∞ at ±0, NaN at the negative whole numbers. */
export function digamma(x: number): number {
  if (x > asymptoticFrom) {
    if (x === infinity) return x;
    const series = bernoulliSeries(x, (k) => 1 / (2 * k));
    logInto(logarithm, x);
    return logarithm[0]! + (logarithm[1]! - (0.5 + series / x) / x);
  }
  if (x > 3) {
    let sum = 0;
    let rest = x;
    while (rest > 3) {
      rest -= 1;
      sum += 1 / rest;
    }
    return digamma(rest) + sum;
  }
  if (x >= 2) return evaluateFit(digammaAboveTwo, x);
  if (x >= 1) return digammaByRoot(x, x - digammaRoot[0]);
  if (x >= 0) {
    const inverse = 1 / x;
    // ψ(x + 1), with the zero moved instead of the argument, and what the inverse has lost.
    const next = digammaByRoot(x + 1, x - (digammaRoot[0] - 1));
    return x < 1e-9 ? next - inverse : next - quotientRest(x, inverse) - inverse;
  }
  if (Number.isInteger(x) || !Number.isFinite(x)) return Number.NaN;
  const mirrored = 1 - x;
  const slope = (1 + (0.5 + 1 / (6 * mirrored)) / mirrored) / mirrored;
  return digamma(mirrored) - cotangent(x) + slope * differenceRest(1, x, mirrored);
}

/**
 * The n-th derivative of digamma for a whole n ≥ 1: (−1)^(n+1)·n!·Σ 1/(x + k)^(n+1), k = 0, 1, …. For x < 0 the sum over
 * all whole k, which depends on the distances to the whole numbers on both sides only, less that over negative k.
 */
export function polygamma(n: number, x: number): number {
  if (n === 0) return digamma(x);
  const sign = n % 2 === 1 ? 1 : -1;
  if (x >= sumsBelow(n)) return sign * polygammaFar(n, x);
  if (x > 0) return sign * timesSum(factorial(n), pow(x, -(n + 1)), laterTerms(n, x, 0));
  if (x === 0) return sign * pow(1 / x, n + 1);
  if (Number.isInteger(x)) return sign === 1 ? infinity : Number.NaN;
  if (!Number.isFinite(x)) return Number.NaN;
  const floor = Math.floor(x);
  const below = x - floor;
  const above = floor + 1 - x;
  const mirrored = 1 - x;
  // From the smallest to the largest.
  const rest =
    sign * laterTerms(n, below, differenceRest(x, floor, below)) +
    laterTerms(n, above, differenceRest(floor + 1, x, above)) -
    (pow(mirrored, -(n + 1)) + laterTerms(n, mirrored, differenceRest(1, x, mirrored)));
  const first = sign * pow(below, -(n + 1));
  const second = pow(above, -(n + 1));
  return below < above
    ? timesSum(factorial(n), first, second + rest)
    : timesSum(factorial(n), second, first + rest);
}

/** factor·(x + y) for |x| > |y|, rounded once where it is neither huge nor tiny. */
function timesSum(factor: number, x: number, y: number): number {
  const sum = x + y;
  const product = factor * sum;
  if (!(Math.abs(sum) > 1e-30 && Math.abs(product) < 1e30)) return product;
  return product + (productRest(factor, sum, product) + factor * (x - sum + y));
}

function factorial(n: number): number {
  let value = 1;
  for (let k = 2; k <= n; k++) value *= k;
  return value;
}

/** From here on Euler and Maclaurin's formula alone is enough. */
const sumsBelow = (n: number) => 14 + 2 * n;

/** Of that formula for Σ 1/(x + k)^(n+1), k = 0, 1, …: the sum times x^n, less 1/n. */
function eulerMaclaurin(n: number, x: number): number {
  // (2k + n − 1)! / ((2k)!·n!)
  const weights: number[] = [];
  let weight = (n + 1) / 2;
  for (let k = 1; k <= 8; k++) {
    weights.push(weight);
    weight *= ((2 * k + n) * (2 * k + n + 1)) / ((2 * k + 1) * (2 * k + 2));
  }
  const series = bernoulliSeries(x, (k) => weights[k - 1]!);
  return (0.5 + series / x) / x;
}

function polygammaFar(n: number, x: number): number {
  if (x === infinity) return 0;
  const factor = factorial(n - 1) + factorial(n) * eulerMaclaurin(n, x);
  const power = pow(x, -n);
  // The power may underflow before the result does.
  return power > 1e-290 ? power * factor : pow(x, 1 - n) * (factor / x);
}

/**
 * Σ 1/(x + xRest + k)^(n+1), k = 1, 2, …, for x > 0: the first terms one by one, the rest by Euler and Maclaurin. All are
 * positive. What the sums x + k have lost counts n + 1 times, that of the term before the first one too.
 */
function laterTerms(n: number, x: number, xRest: number): number {
  // Not where a term may overflow: it is exact there.
  let lost = xRest === 0 ? 0 : (n + 1) * xRest * pow(x, -(n + 2));
  const terms: number[] = [];
  let at = x + 1;
  let rest = xRest + differenceRest(x, -1, at);
  for (let k = 2; at < sumsBelow(n); k++) {
    const term = pow(at, -(n + 1));
    terms.push(term);
    lost += (n + 1) * (term / at) * rest;
    at = x + k;
    rest = xRest + differenceRest(x, -k, at);
  }
  const power = pow(at, -n);
  const more = eulerMaclaurin(n, at);
  const inverse = 1 / n;
  const factor = inverse + more;
  let sum = power * factor;
  const factorRest = inverse - factor + more + quotientRest(n, inverse);
  lost += n * (sum / at) * rest - productRest(power, factor, sum) - power * factorRest;
  for (const term of terms) {
    const next = sum + term;
    lost -= differenceRest(sum, -term, next);
    sum = next;
  }
  return sum - lost;
}
