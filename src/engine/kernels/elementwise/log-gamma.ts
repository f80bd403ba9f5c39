import { each1, first, type Lane, splat } from "../portable/lane.js";
import { infinity, isInteger, isNan } from "../portable/number.js";
import {
  asymptoticFrom,
  asymptoticSeries,
  cosineRest,
  fraction,
  polynomial,
  sincRest,
} from "./gamma-parts.js";
import {
  gammaSeries,
  logGammaAboveTwo,
  logGammaAboveTwoHead,
  logGammaAboveTwoMiddle,
  logGammaAboveTwoSize,
  logGammaAtOne,
  logGammaAtOneMiddle,
  logGammaAtOneSize,
  logGammaAtTwo,
  logGammaAtTwoHead,
  logGammaAtTwoMiddle,
  logGammaAtTwoSize,
  logGammaBetween,
  logGammaBetweenMiddle,
  logGammaBetweenSize,
} from "./gamma-tables.js";
import { log, logLost, timesLog } from "./logarithm.js";
import { lostByDifference, lostByProduct } from "./lost.js";

/**
 * The logarithm of the gamma function. Positive arguments: polynomials near the zeros, recurrences, and the asymptotic
 * series (Abramowitz and Stegun 6.1.41). Negative ones: reflection (6.1.17), whose difference loses relative, not absolute,
 * accuracy next to the zeros there.
 */

const halfLogTwoPi: f64 = 0.9189385332046728;
/** log π as a sum. */
const logPi: f64 = 1.1447298858494002;
const logPiRest: f64 = 1.0265951162707826e-17;

/** log |Γ(x)|. */
export function gammaln(x: Lane): Lane {
  return each1(logGamma, x);
}

function logOf(x: f64): f64 {
  return first(log(splat(x)));
}

function logGamma(x: f64): f64 {
  if (x > 0) return positive(x);
  if (isNan(x)) return x;
  if (isInteger(x) || x === -infinity) return infinity;
  if (x > -1e-20) return -logOf(-x);
  // Γ(x)·Γ(1 − x) = π/sin πx, with as few logarithms as possible.
  const mirrored = 1 - x;
  const lost = (logOf(mirrored) - 0.5 / mirrored) * lostByDifference(1, x, mirrored);
  if (mirrored > asymptoticFrom) return reflected(x, 1, positive(mirrored), lost);
  return reflected(x, productAbove(mirrored), positive(restAbove(mirrored)), lost);
}

function positive(x: f64): f64 {
  if (x > asymptoticFrom) {
    if (x > 1e306) return infinity;
    const rest = halfLogTwoPi - 0.5 + asymptoticSeries(gammaSeries, x) / x;
    return first(timesLog(splat(x), splat(x - 0.5), splat(-1), splat(rest)));
  }
  if (x > 3) return small(restAbove(x)) + logOf(productAbove(x));
  if (x >= 0.75) return small(x);
  if (x < 1e-20) return -logOf(x);
  // Γ(1 + x) = x·Γ(x), with 1 + x not rounded.
  const next = x < 0.25 ? x * atOne(x) : between(x - 0.5);
  return next - first(logLost(splat(x))) - logOf(x);
}

/** For ¾ ≤ x ≤ 3. */
function small(x: f64): f64 {
  if (x >= 2.25)
    return byDistance(
      x - 2,
      logGammaAboveTwoHead,
      polynomial(logGammaAboveTwo, logGammaAboveTwoSize, x - logGammaAboveTwoMiddle),
    );
  if (x >= 1.75)
    return byDistance(
      x - 2,
      logGammaAtTwoHead,
      polynomial(logGammaAtTwo, logGammaAtTwoSize, x - logGammaAtTwoMiddle),
    );
  if (x >= 1.25) return between(x - 1.5);
  // 0, not −0, at 1.
  return (x - 1) * atOne(x - 1) + 0;
}

/** The product with a sum, of which the head is most: the distance times it is exact. */
function byDistance(distance: f64, head: f64, rest: f64): f64 {
  return distance * head + distance * rest;
}

/** log Γ(1.5 + u) for |u| ≤ ¼. */
function between(u: f64): f64 {
  return polynomial(logGammaBetween, logGammaBetweenSize, u + (1.5 - logGammaBetweenMiddle));
}

/** log Γ(1 + u)/u, likewise. */
function atOne(u: f64): f64 {
  return polynomial(logGammaAtOne, logGammaAtOneSize, u + (1 - logGammaAtOneMiddle));
}

/** Γ(x) is the product of this and Γ of the rest, which is at most 3. */
function productAbove(x: f64): f64 {
  let product: f64 = 1;
  let rest = x;
  while (rest > 3) {
    rest -= 1;
    product *= rest;
  }
  return product;
}

function restAbove(x: f64): f64 {
  let rest = x;
  while (rest > 3) rest -= 1;
  return rest;
}

/** log(π/(product·|sin πx|)) − other − rest, rounded once. */
function reflected(x: f64, product: f64, other: f64, rest: f64): f64 {
  const r = Math.abs(fraction(x));
  const isNear = r <= 0.25;
  const factor: f64 = isNear ? r : 1;
  const whole = factor * product;
  // At most a fifth of it.
  const part = whole * (isNear ? sincRest(r) : cosineRest(0.5 - r));
  const argument = whole + part;
  const argumentRest = whole - argument + part + lostByProduct(factor, product, whole);
  const logarithm = logOf(argument);
  const constant: f64 = isNear ? 0 : logPi;
  const difference = constant - logarithm;
  const value = difference - other;
  const lost =
    lostByDifference(difference, other, value) +
    lostByDifference(constant, logarithm, difference) -
    first(logLost(splat(argument))) -
    argumentRest / argument;
  return value + (lost + (isNear ? 0 : logPiRest) - rest);
}
