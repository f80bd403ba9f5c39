import {
  add,
  eq,
  first,
  indexOf,
  type Lane,
  lookup64,
  mul,
  pow2,
  scaleByParts,
  select,
  splat,
  sub,
  wholeShift,
} from "../portable/lane.js";
import {
  exponentialHeads,
  exponentialRests,
  logTwoPart,
  logTwoPartRest,
  partsOfLogTwo,
} from "./exponential-tables.js";
import { sumRest } from "./rounding.js";

/**
 * The steps of exponentials, by a table and a short polynomial (Tang, ACM Transactions on Mathematical Software 15, 1989):
 * x = n·log 2/64 + r, e^x = 2^(n/64)·(1 + (e^r − 1)).
 */

/** Beyond this size of x, some results are subnormal or infinite. */
export const moderate: f64 = 708;

/** n + wholeShift, for |x| ≤ 708; then |r| ≤ 0.00542. */
export function partsOf(x: Lane): Lane {
  return add(mul(x, splat(partsOfLogTwo)), splat(wholeShift));
}

/** r, rounded once. */
function partRest(x: Lane, n: Lane): Lane {
  const whole = sub(n, splat(wholeShift));
  return sub(sub(x, mul(whole, splat(logTwoPart))), mul(whole, splat(logTwoPartRest)));
}

/** e^r − 1 − r, by the first terms of the series, of which the next is below 2^−71. */
function expRest(r: Lane): Lane {
  const square = mul(r, r);
  const low = add(splat(1 / 2), mul(r, splat(1 / 6)));
  const high = add(add(splat(1 / 24), mul(r, splat(1 / 120))), mul(square, splat(1 / 720)));
  return mul(square, add(low, mul(square, high)));
}

/** 2^(n/64) as a double. */
export function powerHead(n: Lane): Lane {
  return scaleByParts(lookup64(exponentialHeads, indexOf(n)), indexOf(n));
}

/** What that leaves out, relative to it. */
function powerRest(n: Lane): Lane {
  return lookup64(exponentialRests, indexOf(n));
}

/** What e^(x + rest) has beyond the power of 2 in its n parts, relative to that. */
export function shareOf(x: Lane, n: Lane, rest: Lane): Lane {
  const r = add(partRest(x, n), rest);
  return add(add(r, powerRest(n)), expRest(r));
}

/** e^x for |x| ≤ 708, within 0.51 units in the last place. */
export function moderateExp(x: Lane): Lane {
  const n = partsOf(x);
  const head = powerHead(n);
  const r = partRest(x, n);
  return add(head, mul(head, add(add(r, powerRest(n)), expRest(r))));
}

/**
 * e^x − 1 for |x| ≤ 708, within 0.52 units in the last place: the 1 is taken from the power of 2, which for small |x| is 1
 * itself, and what rounding has lost is added again.
 */
export function moderateExpm1(x: Lane): Lane {
  const n = partsOf(x);
  const whole = sub(n, splat(wholeShift));
  const far = sub(x, mul(whole, splat(logTwoPart)));
  const near = mul(whole, splat(logTwoPartRest));
  const r = sub(far, near);
  const head = powerHead(n);
  const excess = sub(head, splat(1));
  const sum = add(excess, r);
  const lost = add(add(sub(excess, sum), r), sub(sub(far, r), near));
  const rest = add(
    sumRest(head, splat(-1), excess),
    add(mul(head, add(powerRest(n), expRest(r))), mul(excess, r)),
  );
  // −0 stays.
  return select(eq(x, splat(0)), x, add(sum, add(lost, rest)));
}

/**
 * factor·e^(x + rest) for |x| ≤ 750, a small rest and a factor from 2^−100 to 2^100. Only the last multiplication, by a
 * power of 2, may underflow, so that the result is within a unit also where exp itself has lost digits.
 */
export function scaledExp(x: f64, rest: f64, factor: f64): f64 {
  const n = partsOf(splat(x));
  const head = lookup64(exponentialHeads, indexOf(n));
  const power = first(add(head, mul(head, shareOf(splat(x), n, splat(rest)))));
  const exponent = Math.floor((first(n) - wholeShift) / 64);
  const half = Math.floor(exponent / 2);
  return power * factor * first(pow2(splat(half))) * first(pow2(splat(exponent - half)));
}
