import { nearest, pow2 } from "../../engine/kernels/portable/lane.js";
import {
  abs,
  add,
  compare,
  type DoubleDouble,
  div,
  fromNumber,
  isFiniteNumber,
  isNotANumber,
  mul,
  mulNumber,
  neg,
  one,
  scaled,
  sqrt,
  sub,
  zero,
} from "../double-double.js";
import { one_minus_square } from "./arithmetic.js";
import { halfPi, pi } from "./constants.js";
import { exponentOf } from "./powers-of-two.js";
import { pairAt, series, type Terms } from "./series.js";
import { arctanCoefficients, arctangents } from "./trigonometric-tables.js";

/**
 * Inverse trigonometric functions within 2⁻¹⁰⁰: arctan t = arctan c + arctan (t − c)/(1 + c·t) (Abramowitz and Stegun
 * 4.4.34) for the multiple c of 1/16 next to t, and a series. Arc sines and cosines are angles of points on the circle.
 */

/** (arctan r − r)/r³ for |r| ≤ 1/31. */
const terms: Terms = { first: 1, last: 11, light: 6 };

function arctanSeries(r: DoubleDouble): DoubleDouble {
  if (Math.abs(r.hi) < 2 ** -56) return r;
  const squared = mul(r, r);
  return add(r, mul(mul(r, squared), series(arctanCoefficients, terms, squared)));
}

/** arctan a/b for 0 ≤ a ≤ b. */
function upToDiagonal(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const interval = nearest((a.hi / b.hi) * 16);
  if (interval === 0) return arctanSeries(div(a, b));
  // Both are of one size.
  const scale = pow2(-(exponentOf(b.hi) >> 1));
  const u = scaled(scaled(a, scale), scale);
  const v = scaled(scaled(b, scale), scale);
  const c = interval / 16;
  const r = div(sub(u, mulNumber(v, c)), add(v, mulNumber(u, c)));
  return add(pairAt(arctangents, interval), arctanSeries(r));
}

const isNegative = ({ hi }: DoubleDouble): boolean => hi < 0 || Object.is(hi, -0);

/** The angle of the point (x, y), with the signs of IEEE 754 for zeros and infinities. */
export function arctan2(y: DoubleDouble, x: DoubleDouble): DoubleDouble {
  if (isNotANumber(x) || isNotANumber(y)) return fromNumber(Number.NaN);
  const [a, b] = withoutInfinities(abs(y), abs(x));
  const first = firstQuadrant(a, b);
  const angle = isNegative(x) ? sub(pi, first) : first;
  return isNegative(y) ? neg(angle) : angle;
}

function firstQuadrant(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  if (a.hi === 0) return zero;
  return compare(a, b) > 0 ? sub(halfPi, upToDiagonal(b, a)) : upToDiagonal(a, b);
}

/** What is finite does not count beside an infinity. */
function withoutInfinities(a: DoubleDouble, b: DoubleDouble): readonly [DoubleDouble, DoubleDouble] {
  if (isFiniteNumber(a) && isFiniteNumber(b)) return [a, b];
  return [isFiniteNumber(a) ? zero : one, isFiniteNumber(b) ? zero : one];
}

export const arctan = (x: DoubleDouble): DoubleDouble => arctan2(x, one);

/** NaN outside [−1, 1]: the root of what is negative there. */
export const arcsin = (x: DoubleDouble): DoubleDouble => arctan2(x, sqrt(one_minus_square(x)));

export const arccos = (x: DoubleDouble): DoubleDouble => arctan2(sqrt(one_minus_square(x)), x);
