import type { Inputs, Results } from "./tensor.js";

export function prepare({ A, x }: Inputs): () => Results {
  const [rows, columns] = A!.shape as [number, number];
  return () => {
    const slopes = new Float64Array(columns);
    let total = 0;
    for (let i = 0; i < rows; i++) {
      const row = A!.data.subarray(i * columns, (i + 1) * columns);
      let score = 0;
      for (let j = 0; j < columns; j++) score += row[j]! * x!.data[j]!;
      const e = Math.exp(score);
      total += Math.log1p(e);
      const slope = e / (1 + e);
      for (let j = 0; j < columns; j++) slopes[j]! += slope * row[j]!;
    }
    return { y: Float64Array.of(total), "y/x": slopes };
  };
}
