/**
 * The arithmetic that elementwise kernels are written in: one element in JavaScript, two at a time in WebAssembly, where
 * `engine/wasm/lane.ts` stands in the place of this file. Every function here is exactly rounded, or exact, in both, so
 * a kernel made of them gives the same bits everywhere.
 */
export type Lane = number;
/** What a comparison gives: for each element, whether it holds. */
export type Mask = boolean;

export const splat = (x: f64): Lane => x;

export const add = (x: Lane, y: Lane): Lane => x + y;
export const sub = (x: Lane, y: Lane): Lane => x - y;
export const mul = (x: Lane, y: Lane): Lane => x * y;
export const div = (x: Lane, y: Lane): Lane => x / y;
export const neg = (x: Lane): Lane => -x;
export const abs = (x: Lane): Lane => Math.abs(x);
export const sqrt = (x: Lane): Lane => Math.sqrt(x);
export const floor = (x: Lane): Lane => Math.floor(x);
export const ceil = (x: Lane): Lane => Math.ceil(x);
/** NaN where either is; −0 is less than 0. */
export const min = (x: Lane, y: Lane): Lane => Math.min(x, y);
export const max = (x: Lane, y: Lane): Lane => Math.max(x, y);
/** To single precision and back. */
export const fround = (x: Lane): Lane => Math.fround(x);

const roundingShift = 2 ** 52;

/** To the nearest whole number, ties to the even one; −0 stays −0. */
export function nearest(x: Lane): Lane {
  const size = Math.abs(x);
  if (!(size < roundingShift)) return x;
  const whole = size + roundingShift - roundingShift;
  return x < 0 || Object.is(x, -0) ? -whole : whole;
}

export const lt = (x: Lane, y: Lane): Mask => x < y;
export const le = (x: Lane, y: Lane): Mask => x <= y;
export const gt = (x: Lane, y: Lane): Mask => x > y;
export const ge = (x: Lane, y: Lane): Mask => x >= y;
export const eq = (x: Lane, y: Lane): Mask => x === y;
export const ne = (x: Lane, y: Lane): Mask => x !== y;

export const both = (a: Mask, b: Mask): Mask => a && b;
export const either = (a: Mask, b: Mask): Mask => a || b;
export const not = (a: Mask): Mask => !a;
/** Whether the mask holds for an element at all: for slow ways that few elements need. */
export const any = (a: Mask): bool => a;

/** `x` where the mask holds, `y` elsewhere. Both are computed. */
export const select = (mask: Mask, x: Lane, y: Lane): Lane => (mask ? x : y);
/** 1 where the mask holds, 0 elsewhere. */
export const truth = (mask: Mask): Lane => (mask ? 1 : 0);

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
/** Which of the two words has the sign and the exponent. */
const upper = new Uint8Array(Float64Array.of(-0).buffer)[7] === 0x80 ? 1 : 0;
const lower = 1 - upper;

/** The size of `x` with the sign of `y`. */
export function copysign(x: Lane, y: Lane): Lane {
  double[0] = y;
  return words[upper] < 0 ? -Math.abs(x) : Math.abs(x);
}

/** Whether the sign bit is set: also of −0. */
export function isNegative(x: Lane): Mask {
  double[0] = x;
  return words[upper] < 0;
}

/** `x` without the lower half of its bits: 20 bits of mantissa stay. */
export function head(x: Lane): Lane {
  double[0] = x;
  words[lower] = 0;
  return double[0];
}

/** 2^k for a whole k from −1022 to 1023. */
export function pow2(k: Lane): Lane {
  words[upper] = (k + 1023) << 20;
  words[lower] = 0;
  return double[0];
}

/** The exponent k with |x| = m·2^k and 1 ≤ m < 2, for a normal x. */
export function exponent(x: Lane): Lane {
  double[0] = x;
  return ((words[upper] >> 20) & 0x7ff) - 1023;
}

/** The mantissa m with |x| = m·2^k and 1 ≤ m < 2, for a normal x. */
export function mantissa(x: Lane): Lane {
  double[0] = x;
  words[upper] = (words[upper] & 0x000fffff) | 0x3ff00000;
  return double[0];
}

/** Numbers that kernels look up by index. */
export type Table = Float64Array;

export const table = (values: readonly f64[]): Table => Float64Array.from(values);

/** `values[index]`, for whole numbers from 0 on. */
export const lookup = (values: Table, index: Lane): Lane => values[index];

/** The first element, for a kernel that needs a function of a single number. */
export const first = (x: Lane): f64 => x;

/** A function of numbers, element by element: for what is rare, or would gain nothing from more at a time. */
export const each1 = (f: (x: f64) => f64, x: Lane): Lane => f(x);
export const each2 = (f: (x: f64, y: f64) => f64, x: Lane, y: Lane): Lane => f(x, y);
export const each3 = (f: (x: f64, y: f64, z: f64) => f64, x: Lane, y: Lane, z: Lane): Lane => f(x, y, z);
