import {
  add,
  both,
  centredExponent,
  centredInterval,
  ge,
  type Index,
  type Lane,
  lookup,
  lt,
  type Mask,
  mul,
  pow2,
  splat,
  sub,
} from "../portable/lane.js";
import {
  inverses,
  logarithmFit0,
  logarithmFit1,
  logarithmFit2,
  logarithmFit3,
  logarithmFit4,
  logarithmFit5,
  logarithmHeads,
  logarithmRests,
  logTwo,
  logTwoRest,
} from "./exponential-tables.js";

/**
 * The steps of logarithms, by a table and a short polynomial (Tang, ACM Transactions on Mathematical Software 16, 1990):
 * x = 2^k·z, log x = k·log 2 − log c + log(c·z) for an inverse c close to 1/z, and r = c·z − 1 is exactly a sum of two.
 */

/** Where these steps hold: not for zero, negative, subnormal, huge or NaN. */
export function isUsualLogarithm(x: Lane): Mask {
  return both(ge(x, splat(2.2250738585072014e-308)), lt(x, splat(4.49423283715579e307)));
}

export function logarithmHead(interval: Index): Lane {
  return lookup(logarithmHeads, interval);
}

export function logarithmRest(interval: Index): Lane {
  return lookup(logarithmRests, interval);
}

export function inverseOf(interval: Index): Lane {
  return lookup(inverses, interval);
}

/** z with 22 bits behind the point. */
export function mantissaHead(z: Lane): Lane {
  return sub(add(z, splat(1610612736)), splat(1610612736));
}

/** log(1 + r) − r for |r| ≤ 0.0041. */
export function logarithmSeries(r: Lane): Lane {
  const square = mul(r, r);
  const low = add(splat(logarithmFit0), mul(r, splat(logarithmFit1)));
  const middle = add(splat(logarithmFit2), mul(r, splat(logarithmFit3)));
  const high = add(splat(logarithmFit4), mul(r, splat(logarithmFit5)));
  return mul(square, add(low, mul(square, add(middle, mul(square, high)))));
}

/** Of log(2^k·(a + b + 1)/c), c the interval's inverse, what does not depend on a and b: exact, less logLow's share. */
function logWhole(k: Lane, interval: Index): Lane {
  return add(mul(k, splat(logTwo)), logarithmHead(interval));
}

/** All that is below whole + a, to 2^−69 or so. */
function logLow(k: Lane, interval: Index, whole: Lane, a: Lane, b: Lane): Lane {
  const sumRest = add(add(sub(whole, add(whole, a)), a), b);
  const wholeRest = add(mul(k, splat(logTwoRest)), logarithmRest(interval));
  return add(sumRest, add(wholeRest, logarithmSeries(add(a, b))));
}

/** That logarithm, within 0.52 units in the last place. */
export function logOf(k: Lane, interval: Index, a: Lane, b: Lane): Lane {
  const whole = logWhole(k, interval);
  return add(add(whole, a), logLow(k, interval, whole, a, b));
}

/** What that leaves out. */
export function logOfLost(k: Lane, interval: Index, a: Lane, b: Lane): Lane {
  const whole = logWhole(k, interval);
  const sum = add(whole, a);
  const low = logLow(k, interval, whole, a, b);
  return add(sub(sum, add(sum, low)), low);
}

/** factor·(that logarithm + shift) + rest, with what the logarithm would lose: the head and the shift give a double. */
export function timesLogOf(
  k: Lane,
  interval: Index,
  a: Lane,
  b: Lane,
  factor: Lane,
  shift: Lane,
  rest: Lane,
): Lane {
  const whole = logWhole(k, interval);
  const head = add(add(whole, a), shift);
  return add(mul(factor, head), add(mul(factor, logLow(k, interval, whole, a, b)), rest));
}

/** log(sum + rest) for a usual sum and a rest that is below its last place, or tiny where the sum is 1. */
export function logOfSum(sum: Lane, rest: Lane): Lane {
  const k = centredExponent(sum);
  const scale = pow2(sub(splat(0), k));
  const z = mul(sum, scale);
  const interval = centredInterval(sum);
  const c = inverseOf(interval);
  const head = mantissaHead(z);
  const b = mul(add(sub(z, head), mul(rest, scale)), c);
  return logOf(k, interval, sub(mul(head, c), splat(1)), b);
}
