/**
 * A kernel of `kernels/linalg.ts` by LAPACK: the same parameters, results and statuses. Undefined where it leaves the
 * matrix to our own kernel, which then writes all of the destination: for numbers that are not finite, where what comes
 * out depends on the order of the operations, for results that the matrix does not determine, and for small matrices.
 */
export type NativeKernel = (
  mem: Float64Array,
  d: number,
  a: number,
  b: number,
  m: number,
  n: number,
  p: number,
  work: number,
) => number | undefined;

/** Side of the blocks in which matrices are transposed: both blocks stay in the cache. */
const block = 32;

/** The transpose of a rows×columns matrix at `from`, row-major, at `to`. */
export function transposeTo(
  mem: Float64Array,
  to: number,
  from: number,
  rows: number,
  columns: number,
): void {
  for (let i0 = 0; i0 < rows; i0 += block) {
    const i1 = Math.min(rows, i0 + block);
    for (let j0 = 0; j0 < columns; j0 += block) {
      const j1 = Math.min(columns, j0 + block);
      for (let i = i0; i < i1; i++)
        for (let j = j0; j < j1; j++) mem[to + j * rows + i] = mem[from + i * columns + j]!;
    }
  }
}
