/** In the place of `kernels/portable/number.ts`, which says what each function means. */
export const infinity: f64 = Infinity;
export const nan: f64 = NaN;

export function isNan(x: f64): bool {
  return isNaN(x);
}
export function finite(x: f64): bool {
  return x - x === 0;
}
export function isInteger(x: f64): bool {
  return finite(x) && Math.trunc(x) === x;
}
export function isNegative(x: f64): bool {
  return reinterpret<i64>(x) < 0;
}
export function fround(x: f64): f64 {
  return <f64>(<f32>x);
}
export function truncated(x: f64): i32 {
  return <i32>x;
}

export function upperWord(x: f64): i32 {
  return <i32>(reinterpret<i64>(x) >> 32);
}
export function withUpperWord(x: f64, word: i32): f64 {
  return reinterpret<f64>((reinterpret<i64>(x) & 0xffffffff) | ((<i64>word) << 32));
}

import type { Memory } from "./memory";

/** The build puts the values into memory. */
export type Numbers = Memory;
