import {
  abs,
  add,
  all,
  copysign,
  div,
  each1,
  first,
  ge,
  type Lane,
  le,
  lt,
  mul,
  select,
  splat,
  sub,
  upTo,
} from "../portable/lane.js";
import { infinity } from "../portable/number.js";
import { moderate, moderateExp, partsOf, powerHead, scaledExp, shareOf } from "./exponential-parts.js";
import { slopeOf } from "./logistic.js";

/**
 * Hyperbolic functions within 1.6 units in the last place: series where exponentials would cancel, and no overflow before
 * the result's own.
 */

/** From here on, sinh and cosh overflow. */
const end: f64 = 711;
/** From here on, tanh is ±1. */
export const tanhEnd: f64 = 20;

/** The series of sinh for |x| < 1: x + x³·(1/3! + x²/5! + …). */
function sinhSeries(x: Lane): Lane {
  const s = mul(x, x);
  const q = mul(s, s);
  const first = add(splat(1 / 6), mul(s, splat(1 / 120)));
  const second = add(splat(1 / 5040), mul(s, splat(1 / 362880)));
  const third = add(splat(1 / 39916800), mul(s, splat(1 / 6227020800)));
  const last = add(splat(1 / 1307674368000), mul(s, splat(1 / 355687428096000)));
  const series = add(first, mul(q, add(second, mul(q, add(third, mul(q, last))))));
  return add(x, mul(mul(x, s), series));
}

export function sinh(x: Lane): Lane {
  const size = abs(x);
  if (!all(le(size, splat(moderate)))) return each1(anySinh, x);
  const half = mul(splat(0.5), moderateExp(size));
  const large = sub(half, div(splat(0.25), half));
  return select(lt(size, splat(1)), sinhSeries(x), copysign(large, x));
}

function anySinh(x: f64): f64 {
  const size = Math.abs(x);
  if (size <= moderate) return first(sinh(splat(x)));
  if (size < end) return x < 0 ? -scaledExp(size, 0, 0.5) : scaledExp(size, 0, 0.5);
  return x * infinity;
}

export function cosh(x: Lane): Lane {
  const size = abs(x);
  if (!all(le(size, splat(moderate)))) return each1(anyCosh, x);
  const half = mul(splat(0.5), moderateExp(size));
  return add(half, div(splat(0.25), half));
}

function anyCosh(x: f64): f64 {
  const size = Math.abs(x);
  if (size <= moderate) return first(cosh(splat(x)));
  return size < end ? scaledExp(size, 0, 0.5) : size * infinity;
}

/**
 * Lambert's continued fraction x/(1 + x²/(3 + x²/(5 + …))) to 17, as x − x³·P/Q, and 1 − 2t/(1 + t) for t = e^−2|x|, where
 * |x| counts up to 20.
 */
export function tanhOf(x: Lane, t: Lane): Lane {
  const size = abs(x);
  const isLarge = ge(size, splat(0.75));
  const s = mul(x, x);
  const p = add(splat(11486475), mul(s, add(splat(810810), mul(s, add(splat(12870), mul(s, splat(44)))))));
  const high = add(splat(945945), mul(s, add(splat(13860), mul(s, splat(45)))));
  const q = add(splat(34459425), mul(s, add(splat(16216200), mul(s, high))));
  const numerator = select(isLarge, add(t, t), mul(mul(size, s), p));
  const denominator = select(isLarge, add(splat(1), t), q);
  return copysign(sub(select(isLarge, splat(1), size), div(numerator, denominator)), x);
}

export function tanh(x: Lane): Lane {
  return tanhOf(x, moderateExp(mul(splat(-2), upTo(abs(x), splat(tanhEnd)))));
}

/** 1/cosh²x = 4t/(1 + t)² for t = e^(−2|x|). */
export function sech_squared(x: Lane): Lane {
  if (!all(le(abs(x), splat(moderate / 2)))) return each1(anySechSquared, x);
  const exponent = mul(splat(-2), abs(x));
  const n = partsOf(exponent);
  const head = powerHead(n);
  return mul(splat(4), slopeOf(head, mul(head, shareOf(exponent, n, splat(0)))));
}

function anySechSquared(x: f64): f64 {
  const size = Math.abs(x);
  if (size <= moderate / 2) return first(sech_squared(splat(x)));
  if (size < 375) return scaledExp(-2 * size, 0, 4);
  return size >= 375 ? 0 : x;
}
