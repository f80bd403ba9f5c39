import { add, div, indexOf, type Lane, lookup128, mul, splat, sub, wholeShift } from "../portable/lane.js";
import {
  cosineFit0,
  cosineFit1,
  cosineFit2,
  partsOfPi,
  piPart,
  piPartLast,
  piPartRest,
  sineFit0,
  sineFit1,
  sineFit2,
  sineHeads,
  sineRests,
} from "./trigonometric-tables.js";

/**
 * The steps of sine and cosine, by a table and short polynomials: x = n·π/64 + r with π/64 in three parts (Cody and Waite,
 * Software Manual for the Elementary Functions, 1980), then the theorems of addition.
 */

/** For larger |x|, n would have more than 17 bits. */
export const moderateAngle: f64 = 6400;

/** n + wholeShift. */
export function turnsOf(x: Lane): Lane {
  return add(mul(x, splat(partsOfPi)), splat(wholeShift));
}

/** x less the first two parts of n·π/64: the products are exact. */
function firstRest(x: Lane, n: Lane): Lane {
  const whole = sub(n, splat(wholeShift));
  return sub(sub(x, mul(whole, splat(piPart))), mul(whole, splat(piPartRest)));
}

/** r as a double. */
export function angleRest(x: Lane, n: Lane): Lane {
  return sub(firstRest(x, n), mul(sub(n, splat(wholeShift)), splat(piPartLast)));
}

/** What that leaves out of r. */
export function angleRestRest(x: Lane, n: Lane, r: Lane): Lane {
  const whole = sub(n, splat(wholeShift));
  const far = sub(x, mul(whole, splat(piPart)));
  const near = mul(whole, splat(piPartRest));
  const first = firstRest(x, n);
  const last = mul(whole, splat(piPartLast));
  return add(sub(sub(first, r), last), sub(sub(far, first), near));
}

/** sin(n·π/64), rounded. */
function sineHead(n: Lane): Lane {
  return lookup128(sineHeads, indexOf(n));
}

/** n + 32: the sine of a quarter turn more is the cosine. */
export function quarterMore(n: Lane): Lane {
  return add(n, splat(32));
}

/** sin(n·π/64 + r + rest) − head − slope·r, for the sine and cosine of n·π/64. */
function sineLow(n: Lane, head: Lane, slope: Lane, r: Lane, rest: Lane): Lane {
  const q = mul(r, r);
  const sine = mul(q, add(add(splat(sineFit0), mul(q, splat(sineFit1))), mul(mul(q, q), splat(sineFit2))));
  const cosine = mul(
    q,
    add(add(splat(cosineFit0), mul(q, splat(cosineFit1))), mul(mul(q, q), splat(cosineFit2))),
  );
  return add(lookup128(sineRests, indexOf(n)), add(mul(head, cosine), mul(slope, add(rest, mul(r, sine)))));
}

/** sin(n·π/64 + r + rest), within a unit in the last place. */
export function sineOf(n: Lane, r: Lane, rest: Lane): Lane {
  const head = sineHead(n);
  const slope = sineHead(quarterMore(n));
  return add(head, add(mul(slope, r), sineLow(n, head, slope, r, rest)));
}

/** What head + tail + low loses when it is summed from the right. */
function lostBySum(head: Lane, tail: Lane, low: Lane): Lane {
  const small = add(tail, low);
  const sum = add(head, small);
  return add(add(sub(head, sum), small), add(sub(tail, small), low));
}

/** tan(n·π/64 + r + rest), the quotient of sine and cosine, whose rounding is made good at the end. */
export function tangentOf(n: Lane, r: Lane, rest: Lane): Lane {
  const sine = sineHead(n);
  const cosine = sineHead(quarterMore(n));
  const slope = sub(splat(0), sine);
  const sineTail = mul(cosine, r);
  const cosineTail = mul(slope, r);
  const sineSmall = sineLow(n, sine, cosine, r, rest);
  const cosineSmall = sineLow(quarterMore(n), cosine, slope, r, rest);
  const numerator = add(sine, add(sineTail, sineSmall));
  const denominator = add(cosine, add(cosineTail, cosineSmall));
  const quotient = div(numerator, denominator);
  const lost = sub(
    lostBySum(sine, sineTail, sineSmall),
    mul(quotient, lostBySum(cosine, cosineTail, cosineSmall)),
  );
  return add(quotient, div(lost, denominator));
}
