/** How far a matrix of correlations may be off by the rounding of what was written down. */
export const tolerance = 1e-8;

/** A row that has less than nothing left of its variance. */
export interface Negative {
  readonly row: number;
  /** The share of the variance that is left with others known. */
  readonly rest: number;
}

/**
 * What tells that a symmetric matrix with ones on its diagonal (or zeros in a whole row) is not positive semidefinite:
 * eliminates the row with the largest rest again and again (Higham 2002, sec. 10.3), and looks at what is left once no rest
 * is worth dividing by. The matrix is overwritten.
 */
export function negativeRow(n: number, matrix: Float64Array): Negative | undefined {
  const isLeft = new Uint8Array(n).fill(1);
  for (;;) {
    let pivot = -1;
    let least = -1;
    for (let i = 0; i < n; i++) {
      if (isLeft[i] === 0) continue;
      const rest = matrix[i * n + i]!;
      if (pivot < 0 || rest > matrix[pivot * n + pivot]!) pivot = i;
      if (least < 0 || rest < matrix[least * n + least]!) least = i;
    }
    if (pivot < 0) return undefined;
    const lowest = matrix[least * n + least]!;
    if (lowest < -tolerance) return { row: least, rest: lowest };
    const largest = matrix[pivot * n + pivot]!;
    if (largest <= tolerance) return coupled(n, matrix, isLeft);
    isLeft[pivot] = 0;
    for (let i = 0; i < n; i++) {
      if (isLeft[i] === 0) continue;
      const factor = matrix[i * n + pivot]! / largest;
      if (factor === 0) continue;
      for (let j = 0; j < n; j++) if (isLeft[j] === 1) matrix[i * n + j]! -= factor * matrix[pivot * n + j]!;
    }
  }
}

/** Rows with nothing left have nothing in common: two with a covariance c could be weighed to a variance of −2|c|. */
function coupled(n: number, matrix: Float64Array, isLeft: Uint8Array): Negative | undefined {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const common = isLeft[i]! * isLeft[j]! * Math.abs(matrix[i * n + j]!);
      if (common > 2 * tolerance) return { row: i, rest: -2 * common };
    }
  }
  return undefined;
}
