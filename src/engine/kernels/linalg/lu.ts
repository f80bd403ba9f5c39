import { subtractProduct } from "../matmul.js";
import type { Memory } from "../portable/memory.js";
import { truncated } from "../portable/number.js";
import { addMultiple, allFinite, copyRow, exchangeRows } from "../portable/rows.js";
import { fail, halfOf } from "./kernel.js";
import { backward, forward, needsSingleRows, rowByRow, zeroOnDiagonal } from "./triangular.js";

/** Up to this many columns are eliminated one by one. */
const oneByOne: i32 = 8;

/** Eliminates in place with partial pivoting; `exchanges` gets the row that each row was exchanged with. */
export function eliminate(mem: Memory, x: i32, n: i32, exchanges: i32): void {
  // Single columns step over zeros, which products would multiply with what is not finite.
  const whole = n > oneByOne && allFinite(mem, x, n * n) ? oneByOne : n;
  eliminateColumns(mem, x, n, 0, n, exchanges, whole);
}

/** Columns [from, to), half by half (Toledo 1997, "Locality of reference in LU decomposition with partial pivoting"). */
function eliminateColumns(mem: Memory, x: i32, n: i32, from: i32, to: i32, exchanges: i32, whole: i32): void {
  if (to - from <= whole) {
    for (let k: i32 = from; k < to; k++) eliminateColumn(mem, x, n, k, to, exchanges);
    return;
  }
  const half = halfOf(to - from);
  const middle = from + half;
  eliminateColumns(mem, x, n, from, middle, exchanges, whole);
  const left = x + from * (n + 1);
  const right = x + from * n + middle;
  forward(mem, half, to - middle, right, n, left, n, 1, true, whole);
  const below = half * n;
  subtractProduct(mem, n - middle, half, to - middle, right + below, n, left + below, n, 1, right, n, 1);
  eliminateColumns(mem, x, n, middle, to, exchanges, whole);
}

/** Column k, from the columns up to `to`. */
function eliminateColumn(mem: Memory, x: i32, n: i32, k: i32, to: i32, exchanges: i32): void {
  let pivot = k;
  let most = Math.abs(mem[x + k * n + k]);
  for (let i: i32 = k + 1; i < n; i++) {
    const size = Math.abs(mem[x + i * n + k]);
    if (size > most) {
      pivot = i;
      most = size;
    }
  }
  mem[exchanges + k] = pivot;
  if (pivot !== k) exchangeRows(mem, n, x + k * n, x + pivot * n);
  const top = x + k * n;
  const divisor = mem[top + k];
  // The whole column is 0: nothing to eliminate, and U is singular.
  if (divisor === 0) return;
  for (let i: i32 = k + 1; i < n; i++) {
    const row = x + i * n;
    const factor = mem[row + k] / divisor;
    mem[row + k] = factor;
    if (factor !== 0) addMultiple(mem, to - k - 1, row + k + 1, -factor, top + k + 1);
  }
}

/** n = rows. */
export function lu(mem: Memory, d: i32, a: i32, _b: i32, _m: i32, n: i32, _p: i32, _work: i32): i32 {
  copyRow(mem, n * n, d, a);
  eliminate(mem, d, n, d + n * n);
  return 0;
}

/**
 * a: the packed factors, b: n right sides of m rows, p: 1 to solve with the transpose.
 * Fails with 1 + the index of a pivot of 0.
 */
export function luSolve(mem: Memory, d: i32, a: i32, b: i32, m: i32, n: i32, p: i32, _work: i32): i32 {
  const zero = zeroOnDiagonal(mem, a, m);
  if (zero !== 0) return fail(mem, d, m * n, zero);
  luSolveBy(mem, d, a, b, m, n, p, rowByRow);
  if (needsSingleRows(mem, d, m, n)) luSolveBy(mem, d, a, b, m, n, p, m);
  return 0;
}

function luSolveBy(mem: Memory, d: i32, a: i32, b: i32, m: i32, n: i32, p: i32, whole: i32): void {
  copyRow(mem, m * n, d, b);
  if (p === 0) {
    for (let k: i32 = 0; k < m; k++) exchange(mem, d, a + m * m, k, n);
    forward(mem, m, n, d, n, a, m, 1, true, whole);
    backward(mem, m, n, d, n, a, m, 1, false, whole);
  } else {
    forward(mem, m, n, d, n, a, 1, m, false, whole);
    backward(mem, m, n, d, n, a, 1, m, true, whole);
    for (let k: i32 = m - 1; k >= 0; k--) exchange(mem, d, a + m * m, k, n);
  }
}

function exchange(mem: Memory, d: i32, exchanges: i32, k: i32, n: i32): void {
  const other = truncated(mem[exchanges + k]);
  if (other !== k) exchangeRows(mem, n, d + k * n, d + other * n);
}

/** −1 for an odd number of exchanges. */
export function parity(mem: Memory, exchanges: i32, n: i32): f64 {
  let sign: f64 = 1;
  for (let k: i32 = 0; k < n; k++) if (mem[exchanges + k] !== k) sign = -sign;
  return sign;
}

/** n = rows; a: the packed factors. */
export function det(mem: Memory, d: i32, a: i32, _b: i32, _m: i32, n: i32, _p: i32, _work: i32): i32 {
  let product = parity(mem, a + n * n, n);
  for (let i: i32 = 0; i < n; i++) product *= mem[a + i * n + i];
  // Never −0.
  mem[d] = product === 0 ? 0 : product;
  return 0;
}

export function detSign(mem: Memory, d: i32, a: i32, _b: i32, _m: i32, n: i32, _p: i32, _work: i32): i32 {
  let sign = parity(mem, a + n * n, n);
  for (let i: i32 = 0; i < n; i++) sign *= Math.sign(mem[a + i * n + i]);
  // Never −0.
  mem[d] = sign === 0 ? 0 : sign;
  return 0;
}
