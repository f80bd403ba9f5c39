import {
  abs,
  add,
  all,
  both,
  copysign,
  div,
  downTo,
  each2,
  first,
  ge,
  type Index,
  type Lane,
  le,
  lookup,
  lt,
  mul,
  neg,
  octave,
  pow2,
  select,
  splat,
  sub,
  upTo,
} from "../portable/lane.js";
import { isNan, isNegative, nan } from "../portable/number.js";
import { upperHalf } from "./rounding.js";
import {
  arctanCentres,
  arctanFit0,
  arctanFit1,
  arctanFit2,
  arctanFit3,
  arctanHeads,
  arctanRests,
  halfPi,
  pi,
  piRest,
} from "./trigonometric-tables.js";

/**
 * Arctangents within a unit in the last place: arctan t = arctan c + arctan (t − c)/(1 + c·t) for the c of the interval
 * that t lies in, and π/2 − arctan 1/t for large t.
 */

/** From here on, t counts as large. */
const large: f64 = 32;

/** Sizes whose products and quotients are neither huge nor subnormal. */
const smallest: f64 = 1e-120;
const largest: f64 = 1e120;

/** t as the tables have it. */
function intervalOf(t: Lane): Index {
  return octave(upTo(downTo(t, splat(0.015625)), splat(large)));
}

/** arctan r − r for |r| ≤ 0.0335. */
function arctanSeries(r: Lane): Lane {
  const q = mul(r, r);
  const low = add(splat(arctanFit0), mul(q, splat(arctanFit1)));
  const high = add(splat(arctanFit2), mul(q, splat(arctanFit3)));
  return mul(mul(r, q), add(low, mul(mul(q, q), high)));
}

export function arctan(x: Lane): Lane {
  const t = abs(x);
  const interval = intervalOf(t);
  const c = lookup(arctanCentres, interval);
  // NaN counts as large.
  const isSmall = lt(t, splat(large));
  const numerator = select(isSmall, sub(t, c), splat(-1));
  const denominator = select(isSmall, add(splat(1), mul(c, t)), t);
  const r = div(numerator, denominator);
  const low = add(lookup(arctanRests, interval), arctanSeries(r));
  return copysign(add(lookup(arctanHeads, interval), add(r, low)), x);
}

export function arctan2(y: Lane, x: Lane): Lane {
  const a = abs(y);
  const b = abs(x);
  const isLow = both(le(a, splat(largest)), le(b, splat(largest)));
  const isHigh = both(ge(a, splat(smallest)), ge(b, splat(smallest)));
  if (!all(both(isLow, isHigh))) return each2(anyArctan2, y, x);
  const t = div(a, b);
  const interval = intervalOf(t);
  const c = lookup(arctanCentres, interval);
  const isSmall = lt(t, splat(large));
  // c has 5 bits, so both products are exact, and so is the first difference.
  const bHead = upperHalf(b);
  const difference = sub(sub(a, mul(c, bHead)), mul(c, sub(b, bHead)));
  const r = div(select(isSmall, difference, neg(b)), select(isSmall, add(b, mul(c, a)), a));
  const low = add(r, add(lookup(arctanRests, interval), arctanSeries(r)));
  const head = lookup(arctanHeads, interval);
  // On the left, π less that.
  const isLeft = lt(x, splat(0));
  const base = select(isLeft, splat(pi), splat(0));
  const term = select(isLeft, neg(head), head);
  const sum = add(base, term);
  const rest = add(add(sub(base, sum), term), select(isLeft, splat(piRest), splat(0)));
  return copysign(add(sum, add(rest, select(isLeft, neg(low), low))), y);
}

function isUsual(size: f64): bool {
  return size >= smallest && size <= largest;
}

function anyArctan2(y: f64, x: f64): f64 {
  const a = Math.abs(y);
  const b = Math.abs(x);
  if (isUsual(a) && isUsual(b)) return first(arctan2(splat(y), splat(x)));
  if (isNan(x) || isNan(y)) return nan;
  const angle = firstQuadrant(a, b);
  const whole = isNegative(x) ? pi - angle : angle;
  return isNegative(y) ? -whole : whole;
}

/** The angle of (b, a). */
function firstQuadrant(a: f64, b: f64): f64 {
  if (a === b) return a === 0 ? 0 : halfPi / 2;
  // The smaller one does not count beside the larger.
  if (b * 1e25 <= a) return halfPi;
  if (a * 1e25 <= b) return a / b;
  const scale = pow2(splat(a < 1 ? 700 : -700));
  return first(arctan2(mul(splat(a), scale), mul(splat(b), scale)));
}
