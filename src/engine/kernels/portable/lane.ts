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
export const differ = (a: Mask, b: Mask): Mask => a !== b;
export const not = (a: Mask): Mask => !a;
/** Whether the mask holds for an element at all: for slow ways that few elements need. */
export const any = (a: Mask): bool => a;
/** Whether it holds for every element. */
export const all = (a: Mask): bool => a;

/** `x` where the mask holds, `y` elsewhere. Both are computed. */
export const select = (mask: Mask, x: Lane, y: Lane): Lane => (mask ? x : y);
/** `x`, or `bound` where x is beyond it: NaN stays. */
export const upTo = (x: Lane, bound: Lane): Lane => (bound < x ? bound : x);
export const downTo = (x: Lane, bound: Lane): Lane => (x < bound ? bound : x);
/** 1 where the mask holds, 0 elsewhere. */
export const truth = (mask: Mask): Lane => (mask ? 1 : 0);

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
/** Which of the two words has the sign and the exponent. */
const upper = new Uint8Array(Float64Array.of(-0).buffer)[7] === 0x80 ? 1 : 0;

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

/** 2^n for n = −1022 … 1023: where they are put together from bits, they have to wait for memory. */
export const powersOfTwo = new Float64Array(2046);
for (let i = 0, power = 2 ** -1022; i < powersOfTwo.length; i++, power *= 2) powersOfTwo[i] = power;

/** 2^k for a whole k from −1022 to 1023. */
export const pow2 = (k: Lane): Lane => powersOfTwo[(k + 1022) | 0];

/** The upper word of √½, without the rest of it. */
const centredFrom = 0x3fe6a09e;

/** The whole k with x = 2^k·z and √½ ≤ z < √2, for a normal x > 0. */
export function centredExponent(x: Lane): Lane {
  double[0] = x;
  return (words[upper] - centredFrom) >> 20;
}

/** That z, for x < 2^1022. */
export const centredMantissa = (x: Lane, k: Lane): Lane => x * powersOfTwo[1022 - k];

/** Whole numbers to look up by. */
export type Index = number;

/** In which of 128 intervals z lies: they are equally wide below 1, and twice as wide above. */
export function centredInterval(x: Lane): Index {
  double[0] = x;
  return ((words[upper] - centredFrom) >> 13) & 127;
}

/** In which of 8 intervals of its binade x lies, counted from 2^−6 on, for x ≥ 2^−6. */
export function octave(x: Lane): Index {
  double[0] = x;
  return (words[upper] >> 17) - 8136;
}

/** A number of size below 2^51 plus this is rounded to a whole number, which its lowest bits are. */
export const wholeShift: f64 = 6755399441055744;

/** That whole number, of 32 bits, from the sum. */
export const indexOf = (sum: Lane): Index => (sum - wholeShift) | 0;

/** value·2^⌊n/64⌋ without rounding: value and result must be normal. */
export const scaleByParts = (value: Lane, n: Index): Lane => value * powersOfTwo[(n >> 6) + 1022];

/** Numbers that kernels look up by index. */
export type Table = Float64Array;

export const table = (values: readonly f64[]): Table => new Float64Array(values);

/** `values[index]` for indices from 0 on. */
export const lookup = (values: Table, index: Index): Lane => values[index];

/** The same of a table of 64 or 128 elements over and over again, for any index. */
export const lookup64 = (values: Table, index: Index): Lane => values[index & 63];
export const lookup128 = (values: Table, index: Index): Lane => values[index & 127];

/** The same element for all: coefficients, for example. */
export const element = (values: Table, index: i32): Lane => values[index];

/** The first element, for a kernel that needs a function of a single number. */
export const first = (x: Lane): f64 => x;

/** A function of numbers, element by element: for what is rare, or would gain nothing from more at a time. */
export const each1 = (f: (x: f64) => f64, x: Lane): Lane => f(x);
export const each2 = (f: (x: f64, y: f64) => f64, x: Lane, y: Lane): Lane => f(x, y);
export const each3 = (f: (x: f64, y: f64, z: f64) => f64, x: Lane, y: Lane, z: Lane): Lane => f(x, y, z);
