import type { NativeFunction } from "./koffi.js";
import type { BlasLibrary } from "./library.js";
import { type Addresses, largestSize, requireWithin } from "./memory.js";

/**
 * C = A·B, as `kernels/matmul.ts` has it: an m×k and a k×n matrix with row and column strides, rows of C contiguous.
 * False, and nothing is done, where the strides are none that BLAS can read.
 */
export type Gemm = (
  mem: Float64Array,
  m: number,
  k: number,
  n: number,
  c: number,
  a: number,
  aRow: number,
  aCol: number,
  b: number,
  bRow: number,
  bCol: number,
) => boolean;

const rowMajor = 101;
const asItIs = 111;
const transposed = 112;

const word = Float64Array.BYTES_PER_ELEMENT;

/**
 * How far apart the rows of a row-major matrix are, or, negative, those of its transpose; 0 where elements lie side by
 * side in neither. The stride of an axis of one element may be anything.
 */
export function leadingSize(rows: number, columns: number, row: number, column: number): number {
  const byRows = rows === 1 ? columns : row;
  if ((column === 1 || columns === 1) && byRows >= columns && byRows <= largestSize) return byRows;
  const byColumns = columns === 1 ? rows : column;
  if ((row === 1 || rows === 1) && byColumns >= rows && byColumns <= largestSize) return -byColumns;
  return 0;
}

export function gemmOf({ find, integer }: BlasLibrary, addresses: Addresses): Gemm {
  const [i, p] = [integer, "uintptr_t"];
  const dgemm = find("cblas_dgemm", "void", [i, i, i, i, i, i, "double", p, i, p, i, "double", p, i])!;
  const dgemv = find("cblas_dgemv", "void", [i, i, i, i, "double", p, i, p, i, "double", p, i]);
  return (mem, m, k, n, c, a, aRow, aCol, b, bRow, bCol) => {
    if (m < 1 || k < 1 || n < 1) return false;
    const [lda, ldb] = [leadingSize(m, k, aRow, aCol), leadingSize(k, n, bRow, bCol)];
    if (dgemv !== undefined && n === 1 && lda !== 0 && isIncrement(bRow, k)) {
      requireOperands(mem, m, k, n, c, a, aRow, aCol, b, bRow, bCol);
      multiplyVector(dgemv, mem, addresses.of(mem), m, k, c, a, lda, b, bRow);
      return true;
    }
    if (dgemv !== undefined && m === 1 && ldb !== 0 && isIncrement(aCol, k)) {
      requireOperands(mem, m, k, n, c, a, aRow, aCol, b, bRow, bCol);
      // The transpose of everything: Cᵀ = Bᵀ Aᵀ.
      multiplyVector(dgemv, mem, addresses.of(mem), n, k, c, b, transpose(k, n, bRow, bCol), a, aCol);
      return true;
    }
    if (lda === 0 || ldb === 0) return false;
    requireOperands(mem, m, k, n, c, a, aRow, aCol, b, bRow, bCol);
    const base = addresses.of(mem);
    dgemm(
      rowMajor,
      lda > 0 ? asItIs : transposed,
      ldb > 0 ? asItIs : transposed,
      m,
      n,
      k,
      1,
      base + word * a,
      Math.abs(lda),
      base + word * b,
      Math.abs(ldb),
      0,
      base + word * c,
      n,
    );
    return true;
  };
}

const isIncrement = (stride: number, count: number) => count === 1 || (stride >= 1 && stride <= largestSize);

const transpose = (rows: number, columns: number, row: number, column: number) =>
  leadingSize(columns, rows, column, row);

/** y = A·x for an m×k matrix: BLAS has a way for this that is several times faster than that for matrices. */
function multiplyVector(
  dgemv: NativeFunction,
  mem: Float64Array,
  base: number,
  m: number,
  k: number,
  y: number,
  a: number,
  lda: number,
  x: number,
  increment: number,
): void {
  // Some versions multiply what y has been by 0, which leaves NaN as it is.
  mem.fill(0, y, y + m);
  const [rows, columns] = lda > 0 ? [m, k] : [k, m];
  dgemv(
    rowMajor,
    lda > 0 ? asItIs : transposed,
    rows,
    columns,
    1,
    base + word * a,
    Math.abs(lda),
    base + word * x,
    Math.max(1, increment),
    0,
    base + word * y,
    1,
  );
}

function requireOperands(
  mem: Float64Array,
  m: number,
  k: number,
  n: number,
  c: number,
  a: number,
  aRow: number,
  aCol: number,
  b: number,
  bRow: number,
  bCol: number,
): void {
  requireWithin(mem, c, c + m * n - 1);
  requireWithin(mem, a, a + (m - 1) * aRow + (k - 1) * aCol);
  requireWithin(mem, b, b + (k - 1) * bRow + (n - 1) * bCol);
}
