import {
  abs,
  add,
  all,
  div,
  each1,
  each2,
  first,
  indexOf,
  type Lane,
  le,
  lookup64,
  lt,
  mul,
  neg,
  scaleByParts,
  select,
  splat,
  sub,
  wholeShift,
} from "../portable/lane.js";
import { moderate, partsOf, powerHead, scaledExp, shareOf } from "./exponential-parts.js";
import { exponentialHeads } from "./exponential-tables.js";
import { differenceRest, squareRest, sumRest } from "./rounding.js";

/** The logistic function σ and its relatives, within 1.55 units in the last place. */

/**
 * 1/(1 + t), or t/(1 + t) where x is negative, for t = e^−|x|, of which `head` is the power of 2 and `low` the rest. What
 * the denominator loses is made good in the numerator, as a share of it that need not be exact.
 */
export function sigmoidOf(x: Lane, head: Lane, low: Lane): Lane {
  const sum = add(splat(1), head);
  const denominator = add(sum, low);
  const lost = add(add(sub(sum, denominator), low), add(sub(splat(1), sum), head));
  const share = mul(lost, sub(splat(1), mul(splat(0.5), head)));
  const isNegative = lt(x, splat(0));
  const numerator = select(isNegative, head, splat(1));
  const numeratorRest = sub(select(isNegative, low, splat(0)), mul(numerator, share));
  return div(add(numerator, numeratorRest), denominator);
}

/** σ(x + rest). */
function logistic(x: Lane, rest: Lane): Lane {
  const exponent = neg(abs(x));
  const n = partsOf(exponent);
  const head = powerHead(n);
  return sigmoidOf(x, head, mul(head, shareOf(exponent, n, rest)));
}

export function sigmoid(x: Lane): Lane {
  if (!all(le(abs(x), splat(moderate)))) return each1(anySigmoid, x);
  return usualSigmoid(x);
}

function usualSigmoid(x: Lane): Lane {
  return logistic(x, splat(0));
}

function anySigmoid(x: f64): f64 {
  if (Math.abs(x) <= moderate) return first(usualSigmoid(splat(x)));
  if (x > 0) return 1;
  return x < -750 ? 0 : scaledExp(x, 0, 1);
}

/** t/(1 + t)² for t as in `sigmoidOf`, which is made good in the same way. */
export function slopeOf(head: Lane, low: Lane): Lane {
  const sum = add(splat(1), head);
  const root = add(sum, low);
  const rootRest = add(add(sub(sum, root), low), add(sub(splat(1), sum), head));
  const square = mul(root, root);
  const lost = add(squareRest(root, square), mul(mul(splat(2), root), rootRest));
  const inverse = sub(splat(1), mul(head, sub(splat(0.83), mul(splat(0.33), head))));
  const numerator = add(head, sub(low, mul(head, mul(lost, mul(inverse, inverse)))));
  return div(numerator, square);
}

/** σ(x)·σ(−x), the derivative of σ. */
export function sigmoid_slope(x: Lane): Lane {
  if (!all(le(abs(x), splat(moderate)))) return each1(anySigmoidSlope, x);
  const exponent = neg(abs(x));
  const n = partsOf(exponent);
  const head = powerHead(n);
  return slopeOf(head, mul(head, shareOf(exponent, n, splat(0))));
}

function anySigmoidSlope(x: f64): f64 {
  const size = Math.abs(x);
  if (size <= moderate) return first(sigmoid_slope(splat(x)));
  if (size < 750) return scaledExp(-size, 0, 1);
  return size >= 750 ? 0 : x;
}

/** σ(x − y), with what the difference has lost. */
export function sigmoid_of_difference(x: Lane, y: Lane): Lane {
  const difference = sub(x, y);
  if (!all(le(abs(difference), splat(moderate)))) return each2(anySigmoidOfDifference, x, y);
  return usualSigmoidOfDifference(x, y);
}

function usualSigmoidOfDifference(x: Lane, y: Lane): Lane {
  const difference = sub(x, y);
  const rest = differenceRest(x, y, difference);
  return logistic(difference, select(lt(difference, splat(0)), rest, neg(rest)));
}

function anySigmoidOfDifference(x: f64, y: f64): f64 {
  const difference = x - y;
  if (Math.abs(difference) <= moderate) return first(usualSigmoidOfDifference(splat(x), splat(y)));
  if (difference > -750 && difference < 0) {
    const rest = first(differenceRest(splat(x), splat(y), splat(difference)));
    return scaledExp(difference, rest, 1);
  }
  return anySigmoid(difference);
}

/**
 * x/(1 + e^−x) for |x| ≤ 708, with one rounding less than x·σ(x). Where x < 0, numerator and denominator are multiplied by
 * the power of 2 in e^x, so that neither is large.
 */
function usualSilu(x: Lane): Lane {
  const isNegative = lt(x, splat(0));
  const exponent = neg(x);
  const n = partsOf(exponent);
  const downTo = sub(splat(wholeShift), abs(sub(n, splat(wholeShift))));
  const scale = scaleByParts(splat(1), indexOf(add(downTo, select(isNegative, splat(63), splat(0)))));
  const one = select(isNegative, scale, splat(1));
  const head = mul(lookup64(exponentialHeads, indexOf(n)), select(isNegative, splat(1), scale));
  const low = mul(head, shareOf(exponent, n, splat(0)));
  const sum = add(one, head);
  const denominator = add(sum, low);
  const lost = add(add(sub(sum, denominator), low), sumRest(one, head, sum));
  const inverse = add(splat(1.79), mul(denominator, add(splat(-0.955), mul(denominator, splat(0.158)))));
  const numerator = mul(x, one);
  return div(sub(numerator, mul(numerator, mul(lost, inverse))), denominator);
}

/** x·σ(x). */
export function silu(x: Lane): Lane {
  if (!all(le(abs(x), splat(moderate)))) return each1(anySilu, x);
  return usualSilu(x);
}

/** 0 at −∞, where the product would be NaN. */
function anySilu(x: f64): f64 {
  if (Math.abs(x) <= moderate) return first(usualSilu(splat(x)));
  if (x < -760) return -0;
  return x < 0 ? scaledExp(x, 0, x) : x;
}
