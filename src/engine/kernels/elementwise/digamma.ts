import { each1, first, type Lane, splat } from "../portable/lane.js";
import { finite, infinity, isInteger, nan } from "../portable/number.js";
import { asymptoticFrom, asymptoticSeries, fraction, polynomial } from "./gamma-parts.js";
import {
  cotangent,
  cotangentMiddle,
  cotangentSize,
  digammaAboveEight,
  digammaAboveEightHead,
  digammaAboveEightMiddle,
  digammaAboveEightSize,
  digammaAboveFive,
  digammaAboveFiveHead,
  digammaAboveFiveMiddle,
  digammaAboveFiveSize,
  digammaAboveThree,
  digammaAboveThreeHead,
  digammaAboveThreeMiddle,
  digammaAboveThreeSize,
  digammaAboveTwo,
  digammaAboveTwoHead,
  digammaAboveTwoMiddle,
  digammaAboveTwoSize,
  digammaAtRoot,
  digammaAtRootMiddle,
  digammaAtRootSize,
  digammaRoot,
  digammaRootRest,
  digammaSeries,
  tangent,
  tangentMiddle,
  tangentSize,
} from "./gamma-tables.js";
import { log, timesLog } from "./logarithm.js";
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
    // From 2^1022 on, nothing else counts.
    if (x > 1e300) return first(log(splat(x)));
    const rest = (0.5 + asymptoticSeries(digammaSeries, x) / x) / x;
    return first(timesLog(splat(x), splat(1), splat(0), splat(-rest)));
  }
  if (x >= 2) return upToTwelve(x);
  if (x >= 1) return byRoot(x, x - digammaRoot);
  if (x >= 0) {
    const inverse = 1 / x;
    // ψ(x + 1), with the zero moved instead of the argument, and what the inverse has lost.
    const next = byRoot(x + 1, x - (digammaRoot - 1));
    return x < 1e-9 ? next - inverse : next - lostByInverse(x, inverse) - inverse;
  }
  if (isInteger(x) || !finite(x)) return nan;
  // Also where it is infinite: nothing else counts.
  if (x > -1e-20) return -1 / x;
  const mirrored = 1 - x;
  const slope = (1 + (0.5 + 1 / (6 * mirrored)) / mirrored) / mirrored;
  const above = psi(mirrored);
  const other = piCotangent(x);
  const difference = above - other;
  const lost = lostByDifference(above, other, difference);
  return difference + (lost + slope * lostByDifference(1, x, mirrored));
}

/** For 2 ≤ x ≤ 12. The recurrence would add up as many errors as it takes steps. */
function upToTwelve(x: f64): f64 {
  if (x < 3)
    return digammaAboveTwoHead + polynomial(digammaAboveTwo, digammaAboveTwoSize, x - digammaAboveTwoMiddle);
  if (x < 5)
    return (
      digammaAboveThreeHead +
      polynomial(digammaAboveThree, digammaAboveThreeSize, x - digammaAboveThreeMiddle)
    );
  if (x < 8)
    return (
      digammaAboveFiveHead + polynomial(digammaAboveFive, digammaAboveFiveSize, x - digammaAboveFiveMiddle)
    );
  return (
    digammaAboveEightHead + polynomial(digammaAboveEight, digammaAboveEightSize, x - digammaAboveEightMiddle)
  );
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

/** π·cot πx, also next to its zeros and poles: 1/r or π²·(½ − r), exactly, and something smaller. */
function piCotangent(x: f64): f64 {
  const r = fraction(x);
  const size = Math.abs(r);
  const value = size <= 0.25 ? cotangentByPole(size) : cotangentByZero(0.5 - size);
  return r < 0 ? -value : value;
}

function cotangentByPole(r: f64): f64 {
  const inverse = 1 / r;
  if (r < 1e-9) return inverse;
  return (
    inverse + (lostByInverse(r, inverse) + r * polynomial(cotangent, cotangentSize, r * r - cotangentMiddle))
  );
}

function cotangentByZero(r: f64): f64 {
  const product = r * piSquared;
  const rest = lostByProduct(r, piSquared, product) + r * piSquaredRest;
  return product + (rest + product * (r * r * polynomial(tangent, tangentSize, r * r - tangentMiddle)));
}
