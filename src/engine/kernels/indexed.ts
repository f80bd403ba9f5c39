import type { Memory } from "./portable/memory.js";
import { truncated } from "./portable/number.js";

/**
 * Kernels that read or write along an axis by whole numbers that lie in the arena. `ix` is where the first of the n
 * indices lies, `xs` their stride. At each index stand `width` elements, `dw` and `aw` apart.
 */

/** d[i] = a[index[i]]. */
export function gather(
  m: Memory,
  n: i32,
  d: i32,
  ds: i32,
  a: i32,
  as: i32,
  ix: i32,
  xs: i32,
  width: i32,
  dw: i32,
  aw: i32,
): void {
  for (let i: i32 = 0; i < n; i++) {
    const to: i32 = d + i * ds;
    const from: i32 = a + truncated(m[ix + i * xs]) * as;
    for (let k: i32 = 0; k < width; k++) m[to + k * dw] = m[from + k * aw];
  }
}

/** d[index[i]] += a[i]. */
export function scatterAdd(
  m: Memory,
  n: i32,
  d: i32,
  ds: i32,
  a: i32,
  as: i32,
  ix: i32,
  xs: i32,
  width: i32,
  dw: i32,
  aw: i32,
): void {
  for (let i: i32 = 0; i < n; i++) {
    const to: i32 = d + truncated(m[ix + i * xs]) * ds;
    const from: i32 = a + i * as;
    for (let k: i32 = 0; k < width; k++) m[to + k * dw] += m[from + k * aw];
  }
}
