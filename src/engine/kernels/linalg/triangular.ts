import { subtractProduct } from "../matmul.js";
import type { Memory } from "../portable/memory.js";
import { addMultiple, allFinite, copyRow, divideRow } from "../portable/rows.js";
import { fail, halfOf } from "./kernel.js";

// Triangular systems T X = D, in place of D, whose rows have n elements and lie `dr` apart. T has any strides, so the
// transpose of a lower triangle is an upper one. `whole` is how many rows are solved one by one; more are divided into
// halves, and most of the work is a matrix product (Elmroth, Gustavson, Jonsson and Kågström 2004, "Recursive blocked
// algorithms and hybrid data structures for dense matrix library software").

/** How many rows are solved one by one where nothing speaks against products. */
export const rowByRow: i32 = 8;

/** For a lower triangle; `unit`: its diagonal counts as 1. */
export function forward(
  mem: Memory,
  m: i32,
  n: i32,
  d: i32,
  dr: i32,
  t: i32,
  tr: i32,
  tc: i32,
  unit: bool,
  whole: i32,
): void {
  if (m > whole) {
    const half = halfOf(m);
    const rest = d + half * dr;
    forward(mem, half, n, d, dr, t, tr, tc, unit, whole);
    subtractProduct(mem, m - half, half, n, rest, dr, t + half * tr, tr, tc, d, dr, 1);
    forward(mem, m - half, n, rest, dr, t + half * (tr + tc), tr, tc, unit, whole);
    return;
  }
  for (let i: i32 = 0; i < m; i++) {
    subtractRows(mem, n, d, dr, i, t + i * tr, tc, 0, i);
    if (!unit) divideRow(mem, n, d + i * dr, mem[t + i * (tr + tc)]);
  }
}

/** For an upper triangle. */
export function backward(
  mem: Memory,
  m: i32,
  n: i32,
  d: i32,
  dr: i32,
  t: i32,
  tr: i32,
  tc: i32,
  unit: bool,
  whole: i32,
): void {
  if (m > whole) {
    const half = halfOf(m);
    const rest = d + half * dr;
    backward(mem, m - half, n, rest, dr, t + half * (tr + tc), tr, tc, unit, whole);
    subtractProduct(mem, half, m - half, n, d, dr, t + half * tc, tr, tc, rest, dr, 1);
    backward(mem, half, n, d, dr, t, tr, tc, unit, whole);
    return;
  }
  for (let i: i32 = m - 1; i >= 0; i--) {
    subtractRows(mem, n, d, dr, i, t + i * tr, tc, i + 1, m);
    if (!unit) divideRow(mem, n, d + i * dr, mem[t + i * (tr + tc)]);
  }
}

/** Row i less multiples of other rows: d_i −= Σ_j t_j d_j for j in [from, to). */
function subtractRows(
  mem: Memory,
  n: i32,
  d: i32,
  dr: i32,
  i: i32,
  t: i32,
  tc: i32,
  from: i32,
  to: i32,
): void {
  const row = d + i * dr;
  if (n === 1) {
    let rest = mem[row];
    for (let j: i32 = from; j < to; j++) {
      const factor = mem[t + j * tc];
      if (factor !== 0) rest -= factor * mem[d + j * dr];
    }
    mem[row] = rest;
    return;
  }
  for (let j: i32 = from; j < to; j++) {
    const factor = mem[t + j * tc];
    if (factor !== 0) addMultiple(mem, n, row, -factor, d + j * dr);
  }
}

/** X Lᵀ = D for a lower triangle L with contiguous rows, `lr` apart, and m rows of X with n elements. */
export function forwardFromRight(
  mem: Memory,
  m: i32,
  n: i32,
  d: i32,
  dr: i32,
  l: i32,
  lr: i32,
  whole: i32,
): void {
  if (n > whole) {
    const half = halfOf(n);
    forwardFromRight(mem, m, half, d, dr, l, lr, whole);
    subtractProduct(mem, m, half, n - half, d + half, dr, d, dr, 1, l + half * lr, 1, lr);
    forwardFromRight(mem, m, n - half, d + half, dr, l + half * (lr + 1), lr, whole);
    return;
  }
  for (let i: i32 = 0; i < m; i++) {
    const row = d + i * dr;
    for (let j: i32 = 0; j < n; j++) {
      const other = l + j * lr;
      let rest = mem[row + j];
      for (let k: i32 = 0; k < j; k++) rest -= mem[row + k] * mem[other + k];
      mem[row + j] = rest / mem[other + j];
    }
  }
}

/** Fails with 1 + the index of a 0 on the diagonal of the m×m matrix at `t`. */
export function zeroOnDiagonal(mem: Memory, t: i32, m: i32): i32 {
  for (let i: i32 = 0; i < m; i++) if (mem[t + i * (m + 1)] === 0) return i + 1;
  return 0;
}

/**
 * a: L, b: n right sides of m rows, p: 1 to solve with the transpose.
 * Fails with 1 + the index of a 0 on the diagonal.
 */
export function lowerSolve(mem: Memory, d: i32, a: i32, b: i32, m: i32, n: i32, p: i32, _work: i32): i32 {
  const zero = zeroOnDiagonal(mem, a, m);
  if (zero !== 0) return fail(mem, d, m * n, zero);
  lowerSolveBy(mem, d, a, b, m, n, p, rowByRow);
  if (needsSingleRows(mem, d, m, n)) lowerSolveBy(mem, d, a, b, m, n, p, m);
  return 0;
}

function lowerSolveBy(mem: Memory, d: i32, a: i32, b: i32, m: i32, n: i32, p: i32, whole: i32): void {
  copyRow(mem, m * n, d, b);
  if (p === 0) forward(mem, m, n, d, n, a, m, 1, false, whole);
  else backward(mem, m, n, d, n, a, 1, m, false, whole);
}

/**
 * Whether products may have multiplied what is not finite by zeros, over which single rows step: if so, the solution at
 * `d` is not finite either.
 */
export function needsSingleRows(mem: Memory, d: i32, m: i32, n: i32): bool {
  return m > rowByRow && !allFinite(mem, d, m * n);
}
