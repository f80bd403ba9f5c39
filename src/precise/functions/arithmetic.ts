import { nearest, pow2 } from "../../engine/kernels/portable/lane.js";
import { scalarKernels } from "../../engine/kernels/scalar.js";
import {
  abs,
  add,
  compare,
  type DoubleDouble,
  div,
  floor,
  fromNumber,
  isNotANumber,
  mul,
  neg,
  one,
  renormalised,
  scaled,
  sqrt,
  sub,
  zero,
} from "../double-double.js";
import { exponentOf } from "./powers-of-two.js";

/**
 * Arithmetic beyond sums, products and quotients. Reciprocals, cube roots, radii and 1 − x² are within 2⁻¹⁰¹, the rest is
 * exact. Zeros, infinities and NaN are those of the kernels.
 */

const nan = fromNumber(Number.NaN);

export const reciprocal = (x: DoubleDouble): DoubleDouble => div(one, x);

/** (1 − x)(1 + x): both are exact to their own last digits, also next to ±1. */
export const one_minus_square = (x: DoubleDouble): DoubleDouble => mul(sub(one, x), add(one, x));

/** ±0 and NaN stay as they are. */
export const sign = ({ hi }: DoubleDouble): DoubleDouble => fromNumber(scalarKernels.sign(hi, 0, 0));

export function maximum(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const order = compare(x, y);
  if (order === 0 || Number.isNaN(order)) return { hi: Math.max(x.hi, y.hi), lo: order === 0 ? x.lo : 0 };
  return order > 0 ? x : y;
}

export function minimum(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  const order = compare(x, y);
  if (order === 0 || Number.isNaN(order)) return { hi: Math.min(x.hi, y.hi), lo: order === 0 ? x.lo : 0 };
  return order < 0 ? x : y;
}

export const ceil = (x: DoubleDouble): DoubleDouble => neg(floor(neg(x)));

/** Ties to the even number, as in NumPy. */
export function round(x: DoubleDouble): DoubleDouble {
  const high = nearest(x.hi);
  if (x.lo === 0) return fromNumber(high);
  // A number whose upper part is whole is even where its lower part may be a half.
  if (high === x.hi) return renormalised(high, nearest(x.lo));
  const below = Math.floor(x.hi);
  // At a half, the lower part decides.
  if (x.hi - below !== 0.5) return fromNumber(high);
  return fromNumber(x.lo > 0 ? Math.ceil(x.hi) : below);
}

/** NaN stays; 0 also for −0. */
export const relu = (x: DoubleDouble): DoubleDouble => (x.hi <= 0 ? zero : x);

/** The double's cube root, and Halley's step of the third order for what is left. */
export function cbrt(x: DoubleDouble): DoubleDouble {
  if (x.hi === 0 || !Number.isFinite(x.hi)) return fromNumber(x.hi);
  const third = nearest(exponentOf(x.hi) / 3);
  // Not in one step, which may be too large for a power of 2.
  const scale = pow2(-third);
  const z = scaled(scaled(scaled(x, scale), scale), scale);
  const root = scalarKernels.cbrt(z.hi, 0, 0);
  const cube = mul(mul({ hi: root, lo: 0 }, { hi: root, lo: 0 }), { hi: root, lo: 0 });
  const step = (sub(z, cube).hi * root) / (2 * cube.hi + z.hi);
  return scaled(renormalised(root, step), pow2(third));
}

/** Scaled by a power of 2, so that no square is huge or tiny; an infinity wins over NaN. */
export function hypot(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  if (Math.abs(x.hi) === Number.POSITIVE_INFINITY || Math.abs(y.hi) === Number.POSITIVE_INFINITY)
    return fromNumber(Number.POSITIVE_INFINITY);
  if (isNotANumber(x) || isNotANumber(y)) return nan;
  const a = maximum(abs(x), abs(y));
  const b = minimum(abs(x), abs(y));
  // What is too small beside the larger side may underflow.
  if (b.hi <= a.hi * 2 ** -60) return a;
  const e = exponentOf(a.hi);
  const scale = pow2(-(e >> 1));
  const otherScale = pow2(-(e - (e >> 1)));
  const u = scaled(scaled(a, scale), otherScale);
  const v = scaled(scaled(b, scale), otherScale);
  const root = sqrt(add(mul(u, u), mul(v, v)));
  return scaled(scaled(root, pow2(e >> 1)), pow2(e - (e >> 1)));
}
