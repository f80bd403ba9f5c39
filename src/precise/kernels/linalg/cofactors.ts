import { add, type DoubleDouble, fromNumber, mul, neg, one } from "../../double-double.js";
import { copyRow } from "../../rows.js";
import { transposed } from "../../strided.js";
import { type Elements, elementOf, elements, preciseTensor, setElement } from "../../tensor.js";
import { product } from "../products.js";
import { fail, type MatrixKernel } from "./kernel.js";
import { determinantOf, eliminate, luSolve, parity } from "./lu.js";
import { svd } from "./svd.js";

// A packed n×n singular value decomposition is U, the row of values and V, one below the other.

/** Determinants below this may have lost digits, since double-doubles have 32 of them only well above the smallest doubles. */
const smallest = 2 ** -860;

/** a: an n×n matrix, b: its packed factors P A = L U. */
export const cofactors: MatrixKernel = (d, a, b, _m, n) => {
  const determinant = determinantOf(b, n);
  // Next to singular matrices, too, det(A) A⁻ᵀ is as exact as what singular values give: the small pivots cancel.
  if (Math.abs(determinant.hi) > smallest && Number.isFinite(determinant.hi)) {
    const right = elements(n * n);
    for (let i = 0; i < n; i++) setElement(right, i * (n + 1), determinant);
    return luSolve(d, b, right, n, n, 1);
  }
  const packed = elements((2 * n + 1) * n);
  svd(packed, a, a, n, n, 0);
  const { u, s, v } = partsOf(packed, n);
  const sign = mul(orthogonalSign(u, n), orthogonalSign(v, n));
  const scaled = preciseTensor([n, n]);
  for (let k = 0; k < n; k++) {
    const factor = mul(sign, productWithout(s, [k]));
    for (let i = 0; i < n; i++) setElement(scaled, i * n + k, mul(elementOf(u, i * n + k), factor));
  }
  copyRow(n * n, d, 0, product(n, n, n, scaled, transposed(v, [1, 0])), 0);
  return 0;
};

/** a: the direction, b: the packed singular value decomposition of an n×n matrix. */
export const cofactorsDerivative: MatrixKernel = (d, a, b, _m, n) => {
  const { u, s, v } = partsOf(b, n);
  // As the engine: of what is not finite, everything is NaN.
  if (s.some(({ hi }) => Number.isNaN(hi))) return fail(d, 0);
  const sign = mul(orthogonalSign(u, n), orthogonalSign(v, n));
  const turned = product(n, n, n, product(n, n, n, transposed(u, [1, 0]), a), v);
  const inner = preciseTensor([n, n]);
  for (let i = 0; i < n; i++) {
    let diagonal = fromNumber(0);
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const others = productWithout(s, [i, j]);
      diagonal = add(diagonal, mul(others, elementOf(turned, j * (n + 1))));
      setElement(inner, i * n + j, neg(mul(sign, mul(others, elementOf(turned, j * n + i)))));
    }
    setElement(inner, i * (n + 1), mul(sign, diagonal));
  }
  const result = product(n, n, n, product(n, n, n, u, inner), transposed(v, [1, 0]));
  copyRow(n * n, d, 0, result, 0);
  return 0;
};

function partsOf(packed: Elements, n: number) {
  const matrix = (row: number) => {
    const x = preciseTensor([n, n]);
    copyRow(n * n, x, 0, packed, row * n);
    return x;
  };
  const s = Array.from({ length: n }, (_, i) => elementOf(packed, n * n + i));
  return { u: matrix(0), s, v: matrix(n + 1) };
}

/** The determinant, ±1, of an orthogonal matrix. */
function orthogonalSign(x: Elements, n: number): DoubleDouble {
  const factors = elements(n * n + n);
  copyRow(n * n, factors, 0, x, 0);
  eliminate(factors, n, factors, n * n);
  let sign = parity(factors, n * n, n);
  for (let i = 0; i < n; i++) if (factors.hi[i * (n + 1)]! < 0) sign = -sign;
  return fromNumber(sign);
}

const productWithout = (s: readonly DoubleDouble[], left: readonly number[]): DoubleDouble =>
  s.reduce((total, value, i) => (left.includes(i) ? total : mul(total, value)), one);
