import type { Memory } from "../portable/memory.js";

/** Convergence is quadratic: more sweeps than about ten are never needed, and the limit only guards against mistakes. */
export const mostSweeps: i32 = 60;
export const epsilon: f64 = 2.220446049250313e-16;

/** tan of the smaller angle that turns [[p, x], [x, q]] into a diagonal matrix (Golub and Van Loan, 4th ed., sec. 8.5.2). */
export function tangent(p: f64, q: f64, x: f64): f64 {
  const theta = (q - p) / (2 * x);
  const size = Math.abs(theta);
  // The 1 under the root does not count then, and the square might overflow.
  const root = size > 1e8 ? size : Math.sqrt(1 + theta * theta);
  return (theta >= 0 ? 1 : -1) / (size + root);
}

/** cos of an angle from its tan, of at most 1. */
export function cosine(t: f64): f64 {
  return 1 / Math.sqrt(1 + t * t);
}

/** 1 or −1, so that the element of the row that is largest in size is positive; the first of several. */
export function signOf(mem: Memory, row: i32, count: i32): f64 {
  let largest = row;
  for (let i: i32 = row + 1; i < row + count; i++) {
    // A little more than equal, so that rounding does not choose between elements of one size.
    if (Math.abs(mem[i]) > Math.abs(mem[largest]) * (1 + 1e-10)) largest = i;
  }
  return mem[largest] < 0 ? -1 : 1;
}

/** How many of the values, `stride` apart, come before the one with this index: smaller ones, and equal ones before it. */
export function rankOf(mem: Memory, values: i32, stride: i32, count: i32, index: i32): i32 {
  const value = mem[values + index * stride];
  let rank: i32 = 0;
  for (let i: i32 = 0; i < count; i++) {
    const other = mem[values + i * stride];
    if (other < value || (other === value && i < index)) rank++;
  }
  return rank;
}
