import {
  abs,
  add,
  all,
  each1,
  each2,
  first,
  gt,
  type Lane,
  le,
  mul,
  neg,
  select,
  splat,
  sub,
} from "../portable/lane.js";
import { finite } from "../portable/number.js";
import { moderate, moderateExpm1, partsOf, powerHead, scaledExp, shareOf } from "./exponential-parts.js";
import { logOfSum } from "./logarithm-parts.js";
import { differenceRest } from "./rounding.js";

/** log(1 + head + low), also where these are far below 1. */
function logOnePlus(head: Lane, low: Lane): Lane {
  const first = add(splat(1), head);
  const sum = add(first, low);
  return logOfSum(sum, add(add(sub(splat(1), first), head), add(sub(first, sum), low)));
}

/** log(1 + e^x) = max(x, 0) + log(1 + t). */
export function softplus(x: Lane): Lane {
  if (!all(le(abs(x), splat(moderate)))) return each1(anySoftplus, x);
  return usualSoftplus(x);
}

function usualSoftplus(x: Lane): Lane {
  const size = neg(abs(x));
  const n = partsOf(size);
  const head = powerHead(n);
  const log = logOnePlus(head, mul(head, shareOf(size, n, splat(0))));
  return add(select(gt(x, splat(0)), x, splat(0)), log);
}

function anySoftplus(x: f64): f64 {
  if (Math.abs(x) <= moderate) return first(usualSoftplus(splat(x)));
  if (x < -750) return 0;
  return x < 0 ? scaledExp(x, 0, 1) : x;
}

/** log(e^x + e^y): the larger one and log(1 + t) for the difference. */
export function logaddexp(x: Lane, y: Lane): Lane {
  if (!all(le(abs(sub(x, y)), splat(moderate)))) return each2(anyLogaddexp, x, y);
  return usualLogaddexp(x, y);
}

function usualLogaddexp(x: Lane, y: Lane): Lane {
  const isFirst = gt(x, y);
  const larger = select(isFirst, x, y);
  const smaller = select(isFirst, y, x);
  const difference = sub(smaller, larger);
  const n = partsOf(difference);
  const head = powerHead(n);
  const share = shareOf(difference, n, differenceRest(smaller, larger, difference));
  return add(larger, logOnePlus(head, mul(head, share)));
}

function anyLogaddexp(x: f64, y: f64): f64 {
  const difference = -Math.abs(x - y);
  if (difference >= -moderate) return first(usualLogaddexp(splat(x), splat(y)));
  // Equal infinities: their difference would be NaN.
  if (x === y) return x;
  const larger = Math.max(x, y);
  if (!(difference > -745)) return larger;
  const rest = first(differenceRest(splat(Math.min(x, y)), splat(larger), splat(difference)));
  return larger + scaledExp(difference, rest, 1);
}

/** x where it is positive, alpha·(e^x − 1) elsewhere. */
export function elu(x: Lane, alpha: Lane): Lane {
  const isPositive = gt(x, splat(0));
  const exponent = select(isPositive, splat(0), x);
  if (!all(le(abs(exponent), splat(moderate)))) return each2(anyElu, x, alpha);
  return select(isPositive, x, mul(alpha, moderateExpm1(exponent)));
}

function anyElu(x: f64, alpha: f64): f64 {
  if (x > 0) return x;
  if (finite(x)) return alpha * (x < -moderate ? -1 : first(moderateExpm1(splat(x))));
  return x < 0 ? -alpha : x;
}
