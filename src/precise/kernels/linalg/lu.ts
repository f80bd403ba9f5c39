import { type DoubleDouble, div, fromNumber, mul, neg, one } from "../../double-double.js";
import { addMultiple, copyRow, divideRow, exchangeRows } from "../../rows.js";
import { type Elements, elementOf, setElement } from "../../tensor.js";
import { fail, type MatrixKernel } from "./kernel.js";

/** Eliminates in place with partial pivoting; `exchanges` gets the row that each row was exchanged with. */
export function eliminate(x: Elements, n: number, exchanges: Elements, at: number): void {
  for (let k = 0; k < n; k++) {
    const top = k * n;
    const pivot = pivotOf(x, n, k);
    setElement(exchanges, at + k, fromNumber(pivot));
    if (pivot !== k) exchangeRows(n, x, top, pivot * n);
    const divisor = elementOf(x, top + k);
    // The whole column is 0: nothing to eliminate, and U is singular.
    if (divisor.hi === 0) continue;
    for (let i = k + 1; i < n; i++) {
      const row = i * n;
      const factor = div(elementOf(x, row + k), divisor);
      setElement(x, row + k, factor);
      if (factor.hi !== 0) addMultiple(n - k - 1, x, row + k + 1, neg(factor), x, top + k + 1);
    }
  }
}

/** By the high parts alone: where doubles tie, the first is chosen here as it is in the engine. */
function pivotOf({ hi }: Elements, n: number, k: number): number {
  let pivot = k;
  for (let i = k + 1; i < n; i++) if (Math.abs(hi[i * n + k]!) > Math.abs(hi[pivot * n + k]!)) pivot = i;
  return pivot;
}

/** n = rows. Destination: U and, below its diagonal, L; then the exchanges. */
export const lu: MatrixKernel = (d, a, _b, _m, n) => {
  copyRow(n * n, d, 0, a, 0);
  eliminate(d, n, d, n * n);
  return 0;
};

/**
 * Triangular systems T X = D, in place of D: m rows of n elements. The elements of T lie `tr` and `tc` apart, so the
 * transpose of a lower triangle is an upper one. `unit`: the diagonal counts as 1.
 */
function substitute(
  [m, n]: readonly [number, number],
  d: Elements,
  t: Elements,
  [tr, tc]: readonly [number, number],
  isLower: boolean,
  unit: boolean,
): void {
  for (let turn = 0; turn < m; turn++) {
    const i = isLower ? turn : m - 1 - turn;
    const [from, to] = isLower ? [0, i] : [i + 1, m];
    for (let j = from; j < to; j++) {
      const factor = elementOf(t, i * tr + j * tc);
      // As in the engine, 0 times what is not finite is left out.
      if (factor.hi !== 0) addMultiple(n, d, i * n, neg(factor), d, j * n);
    }
    if (!unit) divideRow(n, d, i * n, elementOf(t, i * (tr + tc)));
  }
}

/** 1 + the index of the first 0 on the diagonal of an m×m matrix; 0 where there is none. */
function zeroOnDiagonal({ hi }: Elements, m: number): number {
  for (let i = 0; i < m; i++) if (hi[i * (m + 1)] === 0) return i + 1;
  return 0;
}

/**
 * a: the packed factors, b: n right sides of m rows, p: 1 to solve with the transpose.
 * Fails with 1 + the index of a pivot of 0.
 */
export const luSolve: MatrixKernel = (d, a, b, m, n, p) => {
  const status = zeroOnDiagonal(a, m);
  if (status !== 0) return fail(d, status);
  copyRow(m * n, d, 0, b, 0);
  const exchange = (k: number) => {
    const other = a.hi[m * m + k]!;
    if (other !== k) exchangeRows(n, d, k * n, other * n);
  };
  if (p === 0) {
    for (let k = 0; k < m; k++) exchange(k);
    substitute([m, n], d, a, [m, 1], true, true);
    substitute([m, n], d, a, [m, 1], false, false);
  } else {
    substitute([m, n], d, a, [1, m], true, false);
    substitute([m, n], d, a, [1, m], false, true);
    for (let k = m - 1; k >= 0; k--) exchange(k);
  }
  return 0;
};

/** a: L, b: n right sides of m rows, p: 1 to solve with the transpose. Fails with 1 + the index of a 0 on the diagonal. */
export const lowerSolve: MatrixKernel = (d, a, b, m, n, p) => {
  const status = zeroOnDiagonal(a, m);
  if (status !== 0) return fail(d, status);
  copyRow(m * n, d, 0, b, 0);
  if (p === 0) substitute([m, n], d, a, [m, 1], true, false);
  else substitute([m, n], d, a, [1, m], false, false);
  return 0;
};

/** −1 for an odd number of exchanges. */
export function parity({ hi }: Elements, at: number, n: number): number {
  let sign = 1;
  for (let k = 0; k < n; k++) if (hi[at + k] !== k) sign = -sign;
  return sign;
}

/** n = rows; a: the packed factors. */
export const det: MatrixKernel = (d, a, _b, _m, n) => {
  setElement(d, 0, determinantOf(a, n));
  return 0;
};

export function determinantOf(a: Elements, n: number): DoubleDouble {
  let product = parity(a, n * n, n) < 0 ? neg(one) : one;
  for (let i = 0; i < n; i++) product = mul(product, elementOf(a, i * (n + 1)));
  // Never −0.
  return product.hi === 0 ? fromNumber(0) : product;
}

export const detSign: MatrixKernel = (d, a, _b, _m, n) => {
  let sign = parity(a, n * n, n);
  for (let i = 0; i < n; i++) sign *= Math.sign(a.hi[i * (n + 1)]!);
  // Never −0.
  setElement(d, 0, fromNumber(sign === 0 ? 0 : sign));
  return 0;
};
