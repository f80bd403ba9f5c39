import type { Memory } from "../portable/memory.js";
import { fail, largest } from "./kernel.js";

/** Values that are this close, relative to the largest, count as equal: their difference is mostly rounding. */
const closest: f64 = 1e-12;

/**
 * a: n values; p: 1 for gaps between squares. Fails with 1 + i·n + j for the pair i < j of equal values.
 */
export function reciprocalGaps(
  mem: Memory,
  d: i32,
  a: i32,
  _b: i32,
  _m: i32,
  n: i32,
  p: i32,
  _work: i32,
): i32 {
  const most = largest(mem, a, n);
  for (let i: i32 = 0; i < n; i++) {
    mem[d + i * n + i] = 0;
    for (let j: i32 = i + 1; j < n; j++) {
      const x = mem[a + i];
      const y = mem[a + j];
      // NaN passes through.
      if (Math.abs(y - x) <= closest * most) return fail(mem, d, n * n, 1 + i * n + j);
      const gap = p === 1 ? (y - x) * (y + x) : y - x;
      mem[d + i * n + j] = 1 / gap;
      mem[d + j * n + i] = -1 / gap;
    }
  }
  return 0;
}

/** a: n singular values. Fails with 1 + the index of one that is 0. */
export function reciprocalSingularValues(
  mem: Memory,
  d: i32,
  a: i32,
  _b: i32,
  _m: i32,
  n: i32,
  _p: i32,
  _work: i32,
): i32 {
  for (let i: i32 = 0; i < n; i++) {
    if (mem[a + i] <= closest * mem[a]) return fail(mem, d, n, 1 + i);
    mem[d + i] = 1 / mem[a + i];
  }
  return 0;
}
