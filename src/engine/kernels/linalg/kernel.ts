import type { Memory } from "../portable/memory.js";
import { finite, nan, upperWord, withUpperWord } from "../portable/number.js";
import { fillRow } from "../portable/rows.js";

/**
 * A factorisation, or what is computed from one, of one matrix: from `a` (and `b`) to `d`, all contiguous and row-major.
 * `m`, `n` and `p` are sizes and options, as each kernel says; `work` is room for intermediate values, as large as the
 * kernel's entry in the planner's table says. Returns 0, or a positive number that tells what failed; the destination
 * then holds NaN.
 */
export type LinalgKernel = (mem: Memory, d: i32, a: i32, b: i32, m: i32, n: i32, p: i32, work: i32) => i32;

/** The result of a failure: nothing that could be taken for a value. */
export function fail(mem: Memory, d: i32, count: i32, status: i32): i32 {
  fillRow(mem, count, d, nan);
  return status;
}

/** The largest power of two up to a positive number that is not next to overflow or underflow; 1 for what has none. */
export function powerNear(x: f64): f64 {
  if (!(x > 0) || !finite(x)) return 1;
  const exponent: i32 = (upperWord(x) >> 20) - 1023;
  return powerOfTwo(exponent < -1022 ? -1022 : exponent > 1022 ? 1022 : exponent);
}

/** 2^k for k from −1022 to 1023. */
export function powerOfTwo(k: i32): f64 {
  return withUpperWord(0, (k + 1023) << 20);
}

/** The largest size of an element; NaN where one is. */
export function largest(mem: Memory, a: i32, count: i32): f64 {
  let most: f64 = 0;
  for (let i: i32 = a; i < a + count; i++) most = Math.max(most, Math.abs(mem[i]));
  return most;
}

/** Where to divide a matrix into two, so that the first part is made of whole tiles of a product. */
export function halfOf(n: i32): i32 {
  return ((n + 7) >> 4) << 3;
}
