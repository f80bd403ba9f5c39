import type { Inputs, Results } from "./tensor.js";

/** n × n matrices, row-major. */
function product(n: number, a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = result.subarray(i * n, (i + 1) * n);
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k]!;
      const other = b.subarray(k * n, (k + 1) * n);
      for (let j = 0; j < n; j++) row[j]! += factor * other[j]!;
    }
  }
  return result;
}

function transpose(n: number, a: Float64Array): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) result[j * n + i] = a[i * n + j]!;
  return result;
}

export function prepare({ A, X, B }: Inputs): () => Results {
  const n = A!.shape[0]!;
  const [a, x, b] = [A!.data, X!.data, B!.data];
  return () => {
    const left = product(n, a, x);
    const whole = product(n, left, b);
    let y = 0;
    for (const value of whole) y += value * value;
    const slope = whole.map((value) => 2 * value);
    const inner = product(n, slope, transpose(n, b));
    return {
      y: Float64Array.of(y),
      "y/A": product(n, inner, transpose(n, x)),
      "y/X": product(n, transpose(n, a), inner),
      "y/B": product(n, transpose(n, left), slope),
    };
  };
}
