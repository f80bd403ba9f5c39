import { fail, type LinalgKernel } from "./linalg-kernel.js";

/** Eliminates in place with partial pivoting; `exchanges` gets the row that each row was exchanged with. */
export function eliminate(mem: Float64Array, x: number, n: number, exchanges: number): void {
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(mem[x + i * n + k]!) > Math.abs(mem[x + pivot * n + k]!)) pivot = i;
    }
    mem[exchanges + k] = pivot;
    if (pivot !== k) exchangeRows(mem, x + k * n, x + pivot * n, n);
    const top = x + k * n;
    const divisor = mem[top + k]!;
    // The whole column is 0: nothing to eliminate, and U is singular.
    if (divisor === 0) continue;
    for (let i = k + 1; i < n; i++) {
      const row = x + i * n;
      const factor = mem[row + k]! / divisor;
      mem[row + k] = factor;
      if (factor === 0) continue;
      for (let j = k + 1; j < n; j++) mem[row + j]! -= factor * mem[top + j]!;
    }
  }
}

function exchangeRows(mem: Float64Array, x: number, y: number, n: number): void {
  for (let j = 0; j < n; j++) {
    const t = mem[x + j]!;
    mem[x + j] = mem[y + j]!;
    mem[y + j] = t;
  }
}

/** n = rows. */
const lu: LinalgKernel = (mem, d, a, _b, _m, n) => {
  mem.copyWithin(d, a, a + n * n);
  eliminate(mem, d, n, d + n * n);
  return 0;
};

/** Row i of `x` less multiples of other rows: x_i −= Σ_j factor(j) x_j for j in [from, to). */
function subtractRows(
  mem: Float64Array,
  x: number,
  i: number,
  columns: number,
  from: number,
  to: number,
  factor: (j: number) => number,
): void {
  const row = x + i * columns;
  for (let j = from; j < to; j++) {
    const f = factor(j);
    if (f === 0) continue;
    for (let c = 0; c < columns; c++) mem[row + c]! -= f * mem[x + j * columns + c]!;
  }
}

function divideRow(mem: Float64Array, row: number, columns: number, divisor: number): void {
  for (let c = 0; c < columns; c++) mem[row + c]! /= divisor;
}

/**
 * a: the packed factors, b: n right sides of m rows, p: 1 to solve with the transpose.
 * Fails with 1 + the index of a pivot of 0.
 */
const luSolve: LinalgKernel = (mem, d, a, b, m, n, p) => {
  for (let i = 0; i < m; i++) if (mem[a + i * m + i] === 0) return fail(mem, d, m * n, i + 1);
  mem.copyWithin(d, b, b + m * n);
  const at = (i: number, j: number) => mem[a + i * m + j]!;
  const exchange = (k: number) => {
    const other = mem[a + m * m + k]!;
    if (other !== k) exchangeRows(mem, d + k * n, d + other * n, n);
  };
  if (p === 0) {
    for (let k = 0; k < m; k++) exchange(k);
    for (let i = 0; i < m; i++) subtractRows(mem, d, i, n, 0, i, (j) => at(i, j));
    for (let i = m - 1; i >= 0; i--) {
      subtractRows(mem, d, i, n, i + 1, m, (j) => at(i, j));
      divideRow(mem, d + i * n, n, at(i, i));
    }
    return 0;
  }
  for (let i = 0; i < m; i++) {
    subtractRows(mem, d, i, n, 0, i, (j) => at(j, i));
    divideRow(mem, d + i * n, n, at(i, i));
  }
  for (let i = m - 1; i >= 0; i--) subtractRows(mem, d, i, n, i + 1, m, (j) => at(j, i));
  for (let k = m - 1; k >= 0; k--) exchange(k);
  return 0;
};

/**
 * a: L, b: n right sides of m rows, p: 1 to solve with the transpose.
 * Fails with 1 + the index of a 0 on the diagonal.
 */
const lowerSolve: LinalgKernel = (mem, d, a, b, m, n, p) => {
  for (let i = 0; i < m; i++) if (mem[a + i * m + i] === 0) return fail(mem, d, m * n, i + 1);
  mem.copyWithin(d, b, b + m * n);
  for (let step = 0; step < m; step++) {
    const i = p === 0 ? step : m - 1 - step;
    if (p === 0) subtractRows(mem, d, i, n, 0, i, (j) => mem[a + i * m + j]!);
    else subtractRows(mem, d, i, n, i + 1, m, (j) => mem[a + j * m + i]!);
    divideRow(mem, d + i * n, n, mem[a + i * m + i]!);
  }
  return 0;
};

/** −1 for an odd number of exchanges. */
export function parity(mem: Float64Array, exchanges: number, n: number): number {
  let sign = 1;
  for (let k = 0; k < n; k++) if (mem[exchanges + k] !== k) sign = -sign;
  return sign;
}

/** n = rows; a: the packed factors. */
const det: LinalgKernel = (mem, d, a, _b, _m, n) => {
  let product = parity(mem, a + n * n, n);
  for (let i = 0; i < n; i++) product *= mem[a + i * n + i]!;
  // Never −0.
  mem[d] = product === 0 ? 0 : product;
  return 0;
};

const detSign: LinalgKernel = (mem, d, a, _b, _m, n) => {
  let sign = parity(mem, a + n * n, n);
  for (let i = 0; i < n; i++) sign *= Math.sign(mem[a + i * n + i]!);
  // Never −0.
  mem[d] = sign === 0 ? 0 : sign;
  return 0;
};

const logAbsDet: LinalgKernel = (mem, d, a, _b, _m, n) => {
  let total = 0;
  for (let i = 0; i < n; i++) total += Math.log(Math.abs(mem[a + i * n + i]!));
  mem[d] = total;
  return 0;
};

export const luKernels = {
  lu,
  solve: luSolve,
  solve_lower: lowerSolve,
  det,
  det_sign: detSign,
  log_abs_det: logAbsDet,
} as const;
