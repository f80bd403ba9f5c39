import { log, log1p } from "./elementwise/index.js";
import { sumExponentials, writeExponentials } from "./exponential-sums.js";
import { first, splat } from "./portable/lane.js";
import type { Memory } from "./portable/memory.js";
import { finite } from "./portable/number.js";
import { divideRow } from "./portable/rows.js";
import { max } from "./reduce.js";

/** Logarithms of sums of exponentials, and what is made of them. All subtract the largest element first. */

export function logsumexp(m: Memory, n: i32, a: i32, stride: i32): f64 {
  const most: f64 = max(m, n, a, stride);
  // ±∞ and NaN are the answer already; subtracting them would make NaN of the infinities.
  if (!finite(most)) return most;
  return most + first(log(splat(sumExponentials(m, n, a, stride, most))));
}

export function softmax(m: Memory, n: i32, d: i32, ds: i32, a: i32, as: i32): void {
  const total: f64 = writeExponentials(m, n, d, ds, a, as, max(m, n, a, as));
  if (ds === 1) divideRow(m, n, d, total);
  else for (let i: i32 = 0; i < n; i++) m[d + i * ds] /= total;
}

/** The largest element apart from the others, so that its own logarithm keeps its digits. */
export function log_softmax(m: Memory, n: i32, d: i32, ds: i32, a: i32, as: i32): void {
  let top: i32 = 0;
  for (let i: i32 = 1; i < n; i++) if (m[a + i * as] > m[a + top * as]) top = i;
  const most: f64 = m[a + top * as];
  const before: f64 = sumExponentials(m, top, a, as, most);
  const behind: f64 = sumExponentials(m, n - top - 1, a + (top + 1) * as, as, most);
  const rest: f64 = first(log1p(splat(before + behind)));
  for (let i: i32 = 0; i < n; i++) m[d + i * ds] = m[a + i * as] - most - rest;
}
