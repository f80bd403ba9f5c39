import { differenceRest, pow } from "./power.js";
import {
  digammaAboveTwo,
  digammaAtRoot,
  digammaRoot,
  evaluateFit,
  logGammaAtOne,
  logGammaAtTwo,
  logGammaBetween,
} from "./special-tables.js";

/**
 * The logarithm of the gamma function and its derivatives. Positive arguments: polynomials near the zeros, recurrences,
 * and the asymptotic series (Abramowitz and Stegun 6.1.41, 6.3.18, 6.4.11). Negative ones: reflection (6.1.17, 6.3.7,
 * 6.4.7), whose difference loses relative, not absolute, accuracy next to the zeros there.
 */

const infinity = Number.POSITIVE_INFINITY;
const halfLogTwoPi = 0.9189385332046728;
const logPi = 1.1447298858494002;

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

/** |sin πx|. */
function sinPi(x: number): number {
  const r = Math.abs(fraction(x));
  return r <= 0.25 ? Math.sin(Math.PI * r) : Math.cos(Math.PI * (0.5 - r));
}

/** cot πx, also next to its zeros and poles. */
function cotPi(x: number): number {
  const r = fraction(x);
  const size = Math.abs(r);
  const cotangent = size <= 0.25 ? 1 / Math.tan(Math.PI * size) : Math.tan(Math.PI * (0.5 - size));
  return r < 0 ? -cotangent : cotangent;
}

/** log |Γ(x)|. */
export function gammaln(x: number): number {
  if (x > asymptoticFrom) {
    if (x === infinity) return x;
    const series = bernoulliSeries(x, (k) => 1 / (2 * k * (2 * k - 1))) / x;
    return (x - 0.5) * (Math.log(x) - 1) + (halfLogTwoPi - 0.5 + series);
  }
  if (x > 3) {
    let product = 1;
    let rest = x;
    while (rest > 3) {
      rest -= 1;
      product *= rest;
    }
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
  const mirrored = 1 - x;
  const slope = Math.log(mirrored) - 0.5 / mirrored;
  return logPi - Math.log(sinPi(x)) - (gammaln(mirrored) + slope * differenceRest(1, x, mirrored));
}

/** ψ(x) = Γ′(x)/Γ(x); ∓∞ at ±0, NaN at the negative whole numbers. */
export function digamma(x: number): number {
  if (x > asymptoticFrom) {
    if (x === infinity) return x;
    const series = bernoulliSeries(x, (k) => 1 / (2 * k));
    return Math.log(x) - (0.5 + series / x) / x;
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
  // The zero as a sum, so that the difference keeps its digits next to it.
  if (x >= 1) return (x - digammaRoot[0] - digammaRoot[1]) * evaluateFit(digammaAtRoot, x);
  if (x >= 0) return digamma(x + 1) - 1 / x;
  if (Number.isInteger(x) || !Number.isFinite(x)) return Number.NaN;
  const mirrored = 1 - x;
  const slope = (1 + (0.5 + 1 / (6 * mirrored)) / mirrored) / mirrored;
  return digamma(mirrored) + slope * differenceRest(1, x, mirrored) - Math.PI * cotPi(x);
}

/** The n-th derivative of digamma for a whole n ≥ 1: (−1)^(n+1)·n!·Σ 1/(x + k)^(n+1), k = 0, 1, …. */
export function polygamma(n: number, x: number): number {
  if (n === 0) return digamma(x);
  const sign = n % 2 === 1 ? 1 : -1;
  if (x > 0) return sign * hurwitz(n, x);
  if (x === 0) return sign * pow(1 / x, n + 1);
  if (Number.isInteger(x)) return sign === 1 ? infinity : Number.NaN;
  if (!Number.isFinite(x)) return Number.NaN;
  return -(hurwitz(n, 1 - x) + pow(Math.PI, n + 1) * cotangentDerivative(n, x));
}

/** n!·Σ 1/(x + k)^(n+1) for x > 0: the first terms one by one, the rest by Euler and Maclaurin. All are positive. */
function hurwitz(n: number, x: number): number {
  if (x === infinity) return 0;
  const end = 14 + 2 * n;
  let factorial = 1;
  for (let k = 2; k <= n; k++) factorial *= k;
  const terms: number[] = [];
  let at = x;
  for (let k = 1; at < end; k++) {
    terms.push(pow(at, -(n + 1)));
    at = x + k;
  }
  // (2k + n − 1)! / ((2k)!·n!)
  const weights: number[] = [];
  let weight = (n + 1) / 2;
  for (let k = 1; k <= 8; k++) {
    weights.push(weight);
    weight *= ((2 * k + n) * (2 * k + n + 1)) / ((2 * k + 1) * (2 * k + 2));
  }
  const series = bernoulliSeries(at, (k) => weights[k - 1]!);
  const tail = 1 / n + (0.5 + series / at) / at;
  // In this order, at^−n underflows no sooner than the result.
  if (terms.length === 0) return pow(at, 1 - n) * ((factorial * tail) / at);
  let sum = pow(at, -n) * tail;
  for (let k = terms.length - 1; k >= 0; k--) sum += terms[k]!;
  return factorial * sum;
}

/** The n-th derivative of cot by its argument, at πx: a polynomial in c = cot, from c′ = −(1 + c²). */
function cotangentDerivative(n: number, x: number): number {
  let polynomial = [0, 1];
  for (let order = 0; order < n; order++) {
    const next = new Array<number>(polynomial.length + 1).fill(0);
    polynomial.forEach((coefficient, power) => {
      if (power === 0) return;
      next[power - 1]! -= power * coefficient;
      next[power + 1]! -= power * coefficient;
    });
    polynomial = next;
  }
  const c = cotPi(x);
  return polynomial.reduceRight((value, coefficient) => value * c + coefficient, 0);
}
