import { powerNear } from "../../../engine/kernels/linalg/kernel.js";
import { add, type DoubleDouble, mul, one, scaled, sub, zero } from "../../double-double.js";
import { allFinite, fillRow, largest, rotateRows, scaleRow } from "../../rows.js";
import { type Elements, elementOf, elements, setElement } from "../../tensor.js";
import { ascending, epsilon, mostSweeps, rotationFor, signOf } from "./jacobi.js";
import { fail, type MatrixKernel } from "./kernel.js";

/**
 * Of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, 4th ed., sec. 8.5; Demmel and Veselić 1992), of
 * whatever size. n = rows. Destination: the eigenvalues, ascending, above the matrix of eigenvectors.
 */
export const eigh: MatrixKernel = (d, a, _b, _m, n) => {
  const size = n * n;
  // Not finite: the values are NaN, without a message of their own.
  if (!allFinite(size, a, 0)) return fail(d, 0);
  // Dividing by a power of two is exact, and keeps squares from overflow.
  const scale = powerNear(largest(size, a, 0));
  const x = elements(size);
  scaleRow(size, x, 0, a, 0, 1 / scale);
  // Its rows become the eigenvectors.
  const v = elements(size);
  fillRow(size, v, 0, 0);
  for (let i = 0; i < n; i++) setElement(v, i * (n + 1), one);
  for (let sweep = 0; sweep < mostSweeps; sweep++) if (!sweepSymmetric(x, v, n)) break;
  const values = Array.from({ length: n }, (_, i) => elementOf(x, i * (n + 1)));
  ascending(values).forEach((from, to) => {
    setElement(d, to, scaled(values[from]!, scale));
    const sign = signOf(v, from * n, n);
    for (let i = 0; i < n; i++) setElement(d, (i + 1) * n + to, mul(sign, elementOf(v, from * n + i)));
  });
  return 0;
};

/** Whether an element beside the diagonal is nothing next to those on it. */
const isNegligible = (x: DoubleDouble, p: DoubleDouble, q: DoubleDouble) =>
  Math.abs(x.hi) <= Math.max((epsilon / 8) * Math.sqrt(Math.abs(p.hi * q.hi)), epsilon * epsilon);

/** One rotation for each pair; whether any was needed. */
function sweepSymmetric(x: Elements, v: Elements, n: number): boolean {
  let turned = false;
  for (let p = 0; p < n - 1; p++) {
    for (let q = p + 1; q < n; q++) {
      const beside = elementOf(x, p * n + q);
      const first = elementOf(x, p * (n + 1));
      const second = elementOf(x, q * (n + 1));
      if (isNegligible(beside, first, second)) continue;
      turned = true;
      const { c, s, t } = rotationFor(first, second, beside);
      rotateRows(n, x, p * n, q * n, c, s);
      for (let i = 0; i < n; i++) {
        setElement(x, i * n + p, elementOf(x, p * n + i));
        setElement(x, i * n + q, elementOf(x, q * n + i));
      }
      const moved = mul(t, beside);
      setElement(x, p * (n + 1), sub(first, moved));
      setElement(x, q * (n + 1), add(second, moved));
      setElement(x, p * n + q, zero);
      setElement(x, q * n + p, zero);
      rotateRows(n, v, p * n, q * n, c, s);
    }
  }
  return turned;
}
