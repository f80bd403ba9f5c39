import { powerNear } from "../../../engine/kernels/linalg/kernel.js";
import { type DoubleDouble, div, neg, one, scaled, sqrt, sub, zero } from "../../double-double.js";
import { addMultiple, copyRow, fillRow, innerProduct, multiplyRow } from "../../rows.js";
import { type Elements, elementOf, elements, setElement } from "../../tensor.js";
import type { MatrixKernel } from "./kernel.js";

/**
 * Makes the column at `at` (with this many elements) the vector v of the reflection 1 − τ v vᵀ, v₀ = 1, that turns it into
 * β e₁; β is left in the place of v₀. Returns τ, 0 where nothing has to be turned (Golub and Van Loan, 4th ed., alg. 5.1.1).
 */
function reflector(x: Elements, at: number, count: number, stride: number): DoubleDouble {
  let most = 0;
  for (let i = 1; i < count; i++) most = Math.max(most, Math.abs(x.hi[at + i * stride]!));
  if (most === 0) return zero;
  // Only ratios matter, and divided by a power of two, exactly, their squares neither overflow nor underflow.
  const scale = powerNear(Math.max(most, Math.abs(x.hi[at]!)));
  const column = elements(count);
  for (let i = 0; i < count; i++) setElement(column, i, scaled(elementOf(x, at + i * stride), 1 / scale));
  const alpha = elementOf(column, 0);
  const size = sqrt(innerProduct(count, column, 0, column, 0));
  const beta = alpha.hi >= 0 ? neg(size) : size;
  const divisor = sub(alpha, beta);
  for (let i = 1; i < count; i++) setElement(x, at + i * stride, div(elementOf(column, i), divisor));
  setElement(x, at, scaled(beta, scale));
  return div(sub(beta, alpha), beta);
}

/** Y −= τ v (vᵀ Y), row by row; v₀ counts as 1. The elements of v and the rows of Y lie `stride` apart. */
function reflect(
  v: Elements,
  at: number,
  tau: DoubleDouble,
  y: Elements,
  to: number,
  [rows, columns]: readonly [number, number],
  stride: number,
): void {
  if (tau.hi === 0 || columns === 0) return;
  const room = elements(columns);
  copyRow(columns, room, 0, y, to);
  for (let i = 1; i < rows; i++)
    addMultiple(columns, room, 0, elementOf(v, at + i * stride), y, to + i * stride);
  multiplyRow(columns, room, 0, tau);
  addMultiple(columns, y, to, neg(one), room, 0);
  for (let i = 1; i < rows; i++)
    addMultiple(columns, y, to + i * stride, neg(elementOf(v, at + i * stride)), room, 0);
}

/** Householder QR of an m×n matrix, n ≤ m, with LAPACK's signs (dgeqr2): Q above Rᵀ in the destination. */
export const qr: MatrixKernel = (d, a, _b, m, n) => {
  const x = elements(m * n);
  copyRow(m * n, x, 0, a, 0);
  const taus: DoubleDouble[] = [];
  for (let k = 0; k < n; k++) {
    const v = k * (n + 1);
    const tau = reflector(x, v, m - k, n);
    reflect(x, v, tau, x, v + 1, [m - k, n - k - 1], n);
    taus.push(tau);
  }
  fillRow(m * n, d, 0, 0);
  for (let i = 0; i < n; i++) setElement(d, i * (n + 1), one);
  for (let k = n - 1; k >= 0; k--) {
    const v = k * (n + 1);
    reflect(x, v, taus[k]!, d, v, [m - k, n - k], n);
  }
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) setElement(d, (m + i) * n + j, j <= i ? elementOf(x, j * n + i) : zero);
  return 0;
};
