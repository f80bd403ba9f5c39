import type { NativeFunction } from "./koffi.js";
import type { BlasLibrary } from "./library.js";
import { type Addresses, largestSize, requireWithin } from "./memory.js";

/**
 * The products of `kernels/matmul.ts`, with the same parameters, of an m×k and a k×n matrix with row and column strides.
 * False, and nothing is done, where the strides are none that BLAS can read.
 */
export interface Products {
  /** C = A·B; rows of C are contiguous and lie side by side. */
  readonly gemm: (
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
  /** C −= A·B; rows of C are contiguous and lie `cRow` apart. */
  readonly subtractProduct: (
    mem: Float64Array,
    m: number,
    k: number,
    n: number,
    c: number,
    cRow: number,
    a: number,
    aRow: number,
    aCol: number,
    b: number,
    bRow: number,
    bCol: number,
  ) => boolean;
}

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

export type Gemm = Products["gemm"];

export function productsOf({ find, integer }: BlasLibrary, addresses: Addresses): Products {
  const [i, p] = [integer, "uintptr_t"];
  const dgemm = find("cblas_dgemm", "void", [i, i, i, i, i, i, "double", p, i, p, i, "double", p, i])!;
  const dgemv = find("cblas_dgemv", "void", [i, i, i, i, "double", p, i, p, i, "double", p, i]);
  /** C = sign·A·B + kept·C. */
  const multiply: Multiply = (mem, sign, kept, m, k, n, c, cRow, a, aRow, aCol, b, bRow, bCol) => {
    if (m < 1 || k < 1 || n < 1) return false;
    const [lda, ldb] = [leadingSize(m, k, aRow, aCol), leadingSize(k, n, bRow, bCol)];
    const ldc = m === 1 ? n : cRow;
    if (ldc < n || ldc > largestSize) return false;
    const byVector = dgemv !== undefined && n === 1 && lda !== 0 && isIncrement(bRow, k);
    const byTranspose = dgemv !== undefined && m === 1 && ldb !== 0 && isIncrement(aCol, k);
    if (!byVector && !byTranspose && (lda === 0 || ldb === 0)) return false;
    requireWithin(mem, c, c + (m - 1) * cRow + n - 1);
    requireWithin(mem, a, a + (m - 1) * aRow + (k - 1) * aCol);
    requireWithin(mem, b, b + (k - 1) * bRow + (n - 1) * bCol);
    const base = addresses.of(mem);
    const [x, y, z] = [base + word * a, base + word * b, base + word * c];
    if (byVector || byTranspose) {
      // Some versions multiply what the result has been by 0, which leaves NaN as it is.
      if (kept === 0) for (let row = 0; row < m; row++) mem.fill(0, c + row * cRow, c + row * cRow + n);
      if (byVector) multiplyVector(dgemv, sign, kept, m, k, x, lda, y, bRow, z, ldc);
      // The transpose of everything: Cᵀ = Bᵀ Aᵀ.
      else multiplyVector(dgemv, sign, kept, n, k, y, leadingSize(n, k, bCol, bRow), x, aCol, z, 1);
    } else {
      const [left, right] = [lda > 0 ? asItIs : transposed, ldb > 0 ? asItIs : transposed];
      dgemm(rowMajor, left, right, m, n, k, sign, x, Math.abs(lda), y, Math.abs(ldb), kept, z, ldc);
    }
    return true;
  };
  return {
    gemm: (mem, m, k, n, c, ...operands) => multiply(mem, 1, 0, m, k, n, c, n, ...operands),
    subtractProduct: (mem, m, k, n, c, cRow, ...operands) =>
      multiply(mem, -1, 1, m, k, n, c, cRow, ...operands),
  };
}

type Multiply = (
  mem: Float64Array,
  sign: 1 | -1,
  kept: 0 | 1,
  ...rest: Parameters<Products["subtractProduct"]> extends [Float64Array, ...infer Rest] ? Rest : never
) => boolean;

const isIncrement = (stride: number, count: number) => count === 1 || (stride >= 1 && stride <= largestSize);

/** y = sign·A·x + kept·y for an m×k matrix: BLAS has a way for this that is several times faster than that for matrices. */
function multiplyVector(
  dgemv: NativeFunction,
  sign: 1 | -1,
  kept: 0 | 1,
  m: number,
  k: number,
  a: number,
  lda: number,
  x: number,
  xStep: number,
  y: number,
  yStep: number,
): void {
  const [order, rows, columns] = lda > 0 ? [asItIs, m, k] : [transposed, k, m];
  dgemv(rowMajor, order, rows, columns, sign, a, Math.abs(lda), x, Math.max(1, xStep), kept, y, yStep);
}
