/**
 * What kernels over single numbers need beyond arithmetic; in WebAssembly `engine/wasm/number.ts` stands in the place of
 * this file. All of it is exact.
 */
export const infinity: f64 = Number.POSITIVE_INFINITY;
export const nan: f64 = Number.NaN;

export const isNan = (x: f64): bool => Number.isNaN(x);
export const finite = (x: f64): bool => Number.isFinite(x);
export const isInteger = (x: f64): bool => Number.isInteger(x);
/** Whether the sign bit is set: also of −0. */
export const isNegative = (x: f64): bool => x < 0 || Object.is(x, -0);
export const fround = (x: f64): f64 => Math.fround(x);
/** Without its fraction, as a number of 32 bits, for |x| < 2^31. */
export const truncated = (x: f64): i32 => x | 0;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
const upper = new Uint8Array(Float64Array.of(-0).buffer)[7] === 0x80 ? 1 : 0;

/** The word that has the sign, the exponent and the first 20 bits of the mantissa. */
export function upperWord(x: f64): i32 {
  double[0] = x;
  return words[upper];
}

/** `x` with another upper word. */
export function withUpperWord(x: f64, word: i32): f64 {
  double[0] = x;
  words[upper] = word;
  return double[0];
}

/** Numbers that kernels look up by index. */
export type Numbers = Float64Array;

export const numbers = (values: readonly f64[]): Numbers => new Float64Array(values);
