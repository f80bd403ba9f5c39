import { subtractProduct } from "../matmul.js";
import type { Memory } from "../portable/memory.js";
import { copyRow, fillRow } from "../portable/rows.js";
import { fail, halfOf } from "./kernel.js";
import { forwardFromRight } from "./triangular.js";

/** Up to this many rows are factored one by one. */
const rowByRow: i32 = 8;
/** Up to this many rows, all of a symmetric product is computed. */
const square: i32 = 32;

/** n = rows. Fails with 1 + the index of the first pivot that is not positive; NaN passes through. */
export function cholesky(mem: Memory, d: i32, a: i32, _b: i32, _m: i32, n: i32, _p: i32, _work: i32): i32 {
  copyRow(mem, n * n, d, a);
  const status = factor(mem, d, n, n);
  if (status !== 0) return fail(mem, d, n * n, status);
  for (let i: i32 = 0; i < n; i++) fillRow(mem, n - i - 1, d + i * n + i + 1, 0);
  return 0;
}

/** The lower triangle in place, half by half; rows lie `xr` apart. What is above the diagonal may change. */
function factor(mem: Memory, x: i32, xr: i32, n: i32): i32 {
  if (n <= rowByRow) return factorRows(mem, x, xr, n);
  const half = halfOf(n);
  const below = x + half * xr;
  const status = factor(mem, x, xr, half);
  if (status !== 0) return status;
  forwardFromRight(mem, n - half, half, below, xr, x, xr, rowByRow);
  subtractSquare(mem, n - half, half, below + half, below, xr);
  const later = factor(mem, below + half, xr, n - half);
  return later === 0 ? 0 : later + half;
}

function factorRows(mem: Memory, x: i32, xr: i32, n: i32): i32 {
  for (let i: i32 = 0; i < n; i++) {
    const row = x + i * xr;
    for (let j: i32 = 0; j <= i; j++) {
      const other = x + j * xr;
      let rest = mem[row + j];
      for (let k: i32 = 0; k < j; k++) rest -= mem[row + k] * mem[other + k];
      if (j < i) mem[row + j] = rest / mem[other + j];
      else if (rest <= 0) return i + 1;
      else mem[row + i] = Math.sqrt(rest);
    }
  }
  return 0;
}

/** The lower triangle of C −= A·Aᵀ, for n rows of A with k elements. Rows of both lie `xr` apart. */
function subtractSquare(mem: Memory, n: i32, k: i32, c: i32, a: i32, xr: i32): void {
  if (n <= square) {
    subtractProduct(mem, n, k, n, c, xr, a, xr, 1, a, 1, xr);
    return;
  }
  const half = halfOf(n);
  const below = half * xr;
  subtractSquare(mem, half, k, c, a, xr);
  subtractProduct(mem, n - half, k, half, c + below, xr, a + below, xr, 1, a, 1, xr);
  subtractSquare(mem, n - half, k, c + below + half, a + below, xr);
}
