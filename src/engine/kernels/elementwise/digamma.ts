import { each1, first, type Lane, splat } from "../portable/lane.js";
import { finite, infinity, isInteger, nan } from "../portable/number.js";
import {
  asymptoticFrom,
  asymptoticSeries,
  cosineRest,
  fraction,
  polynomial,
  sincRest,
} from "./gamma-parts.js";
import {
  digammaAboveTwo,
  digammaAboveTwoMiddle,
  digammaAboveTwoSize,
  digammaAtRoot,
  digammaAtRootMiddle,
  digammaAtRootSize,
  digammaRoot,
  digammaRootRest,
  digammaSeries,
} from "./gamma-tables.js";
import { log, logLost } from "./logarithm.js";
import { lostByDifference, lostByInverse, lostByProduct } from "./lost.js";

/**
 * The derivative of the logarithm of the gamma function, likewise: the asymptotic series is Abramowitz and Stegun 6.3.18,
 * the reflection 6.3.7.
 */

/** π² as a sum. */
const piSquared: f64 = 9.869604401089358;
const piSquaredRest: f64 = 6.265295508739711e-16;

/** ψ(x) = Γ′(x)/Γ(x); ∓∞ at ±0, NaN at the negative whole numbers. */
export function digamma(x: Lane): Lane {
  return each1(psi, x);
}

export function psi(x: f64): f64 {
  if (x > asymptoticFrom) {
    if (x === infinity) return x;
    const logarithm = splat(x);
    // From 2^1022 on, nothing else counts.
    if (x > 1e300) return first(log(logarithm));
    const rest = (0.5 + asymptoticSeries(digammaSeries, x) / x) / x;
    return first(log(logarithm)) + (first(logLost(logarithm)) - rest);
  }
  if (x > 3) {
    let sum: f64 = 0;
    let rest = x;
    while (rest > 3) {
      rest -= 1;
      sum += 1 / rest;
    }
    return upToThree(rest) + sum;
  }
  if (x >= 1) return upToThree(x);
  if (x >= 0) {
    const inverse = 1 / x;
    // ψ(x + 1), with the zero moved instead of the argument, and what the inverse has lost.
    const next = byRoot(x + 1, x - (digammaRoot - 1));
    return x < 1e-9 ? next - inverse : next - lostByInverse(x, inverse) - inverse;
  }
  if (isInteger(x) || !finite(x)) return nan;
  const mirrored = 1 - x;
  const slope = (1 + (0.5 + 1 / (6 * mirrored)) / mirrored) / mirrored;
  return psi(mirrored) - cotangent(x) + slope * lostByDifference(1, x, mirrored);
}

/** For 1 ≤ x ≤ 3. */
function upToThree(x: f64): f64 {
  if (x >= 2) return polynomial(digammaAboveTwo, digammaAboveTwoSize, x - digammaAboveTwoMiddle);
  return byRoot(x, x - digammaRoot);
}

/** ψ(x) for 1 ≤ x ≤ 2, from the distance to the zero times a fit, both as sums: the product is rounded once. */
function byRoot(x: f64, distance: f64): f64 {
  const u = x - digammaAtRootMiddle;
  const varying = polynomial(digammaAtRoot, digammaAtRootSize - 1, u) * u;
  const constant = digammaAtRoot[digammaAtRootSize - 1];
  const factor = constant + varying;
  const product = distance * factor;
  const factorRest = constant - factor + varying;
  const rest = lostByProduct(distance, factor, product) + distance * factorRest - digammaRootRest * factor;
  return product + rest;
}

/** π·cot πx, also next to its zeros and poles: 1/r or π²·(½ − r), exactly, times 1 plus something small. */
function cotangent(x: f64): f64 {
  const r = fraction(x);
  const size = Math.abs(r);
  const value = size <= 0.25 ? cotangentByPole(size) : cotangentByZero(0.5 - size);
  return r < 0 ? -value : value;
}

function cotangentByPole(r: f64): f64 {
  const sinc = sincRest(r);
  const inverse = 1 / r;
  if (r < 1e-9) return inverse;
  return inverse + (lostByInverse(r, inverse) + (inverse * (cosineRest(r) - sinc)) / (1 + sinc));
}

function cotangentByZero(r: f64): f64 {
  const cosine = cosineRest(r);
  const product = r * piSquared;
  const rest = lostByProduct(r, piSquared, product) + r * piSquaredRest;
  return product + (rest + (product * (sincRest(r) - cosine)) / (1 + cosine));
}
