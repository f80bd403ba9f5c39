import { exp } from "./elementwise/index.js";
import type { Memory } from "./portable/memory.js";

/**
 * Sums of exponentials of x − shift; `engine/wasm/exponential-sums.ts` stands in the place of this file in WebAssembly,
 * where two elements are taken at a time. Hence there are two sums, which are added at the end.
 */

/** Σ e^(aᵢ − shift). */
export function sumExponentials(m: Memory, n: i32, a: i32, stride: i32, shift: f64): f64 {
  let even: f64 = 0;
  let odd: f64 = 0;
  let i: i32 = 0;
  for (; i + 1 < n; i += 2) {
    even += exp(m[a + i * stride] - shift);
    odd += exp(m[a + (i + 1) * stride] - shift);
  }
  if (i < n) even += exp(m[a + i * stride] - shift);
  return even + odd;
}

/** The same, and dᵢ = e^(aᵢ − shift). */
export function writeExponentials(m: Memory, n: i32, d: i32, ds: i32, a: i32, as: i32, shift: f64): f64 {
  let even: f64 = 0;
  let odd: f64 = 0;
  let i: i32 = 0;
  for (; i + 1 < n; i += 2) {
    const x: f64 = exp(m[a + i * as] - shift);
    const y: f64 = exp(m[a + (i + 1) * as] - shift);
    m[d + i * ds] = x;
    m[d + (i + 1) * ds] = y;
    even += x;
    odd += y;
  }
  if (i < n) {
    const x: f64 = exp(m[a + i * as] - shift);
    m[d + i * ds] = x;
    even += x;
  }
  return even + odd;
}
