import { add, first, mul, pow2, splat, wholeShift } from "../portable/lane.js";
import { truncated, upperWord } from "../portable/number.js";
import { productRest } from "./rounding.js";
import { sineOf, tangentOf } from "./trigonometric-parts.js";
import { halfPi, halfPiRest, twoOverPi } from "./trigonometric-tables.js";

/**
 * Sines and tangents of huge angles: x·2/π to the base 2^24, without the digits that are whole turns (Payne and Hanek, ACM
 * SIGNUM Newsletter 18, 1983).
 */

const base: f64 = 16777216;

/** All that is carried from this place to the one before. */
function carry(place: f64): f64 {
  return Math.floor(place / base);
}

function digit(place: f64): f64 {
  return place - carry(place) * base;
}

/** What the digits a, b and c of one factor contribute to a place, whose digits the other factor has from index i on back. */
function place(i: i32, a: f64, b: f64, c: f64): f64 {
  return a * twoOverPi[i] + b * twoOverPi[i - 1] + c * twoOverPi[i - 2];
}

/** Which function, by the turns of π/64 that are added to the angle. */
export const hugeSine: f64 = 0;
export const hugeCosine: f64 = 32;
export const hugeTangent: f64 = -1;

/** A function of x, for 2^12 < x < ∞. */
export function ofHugeAngle(x: f64, kind: f64): f64 {
  // x = s·2^(24k) with 2^24 ≤ s < 2^48: two digits before the point, and one with 4 bits of fraction, so that sums of
  // three products are exact.
  const exponent: f64 = (upperWord(x) >> 20) - 1023;
  const k = Math.floor(exponent / 24) - 1;
  const s = x * first(pow2(splat(-24 * k)));
  const a = Math.floor(s / base);
  const b = Math.floor(s - a * base);
  const c = (s - a * base - b) * base;
  // Three zeros stand before the first digit.
  const i = truncated(k) + 3;
  const p8 = place(i + 8, a, b, c);
  const p7 = place(i + 7, a, b, c) + carry(p8);
  const p6 = place(i + 6, a, b, c) + carry(p7);
  const p5 = place(i + 5, a, b, c) + carry(p6);
  const p4 = place(i + 4, a, b, c) + carry(p5);
  const p3 = place(i + 3, a, b, c) + carry(p4);
  const p2 = place(i + 2, a, b, c) + carry(p3);
  const p1 = place(i + 1, a, b, c) + carry(p2);
  const p0 = place(i, a, b, c) + carry(p1);
  // Quarter turns modulo 4, to 28 bits behind the point, and the nearest multiple of a 32nd.
  const lead = p0 - Math.floor(p0 / 4) * 4 + digit(p1) / base;
  const turns = Math.floor(lead * 32 + 0.5);
  // What is left, from the largest to the smallest, each sum with what it loses.
  const far = lead - turns / 32 + digit(p2) / (base * base);
  const middle = digit(p3) / (base * base * base);
  const near =
    (digit(p4) + (digit(p5) + (digit(p6) + digit(p7) / base) / base) / base) / (base * base * base * base);
  const sum = far + middle;
  const total = sum + near;
  const rest = lostBySum(far, middle, sum) + lostBySum(sum, near, total);
  const r = mul(splat(total), splat(halfPi));
  const rRest = add(productRest(splat(total), splat(halfPi), r), splat(total * halfPiRest + rest * halfPi));
  if (kind === hugeTangent) return first(tangentOf(splat(turns + wholeShift), r, rRest));
  return first(sineOf(splat(turns + kind + wholeShift), r, rRest));
}

/** Knuth's sum, for single numbers. */
function lostBySum(x: f64, y: f64, sum: f64): f64 {
  const part = sum - x;
  return x - (sum - part) + (y - part);
}
