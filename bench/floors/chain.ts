import type { Inputs, Results } from "./tensor.js";

/** The chain of chain.bench.mjs: its values in an array, then the cotangents from the last one back. */
export function prepare({ x0, p, q }: Inputs, { count }: { readonly count: number }): () => Results {
  const [start, factor, summand] = [x0!.data[0]!, p!.data[0]!, q!.data[0]!];
  const x = new Float64Array(count + 1);
  const slopes = new Float64Array(count + 1);
  return () => {
    x[0] = start;
    for (let i = 1; i <= count; i++) {
      const last = x[i - 1]!;
      const before = x[i < 2 ? 0 : i - 2]!;
      const kind = i & 3;
      x[i] =
        kind === 0 ? last * factor : kind === 1 ? last + summand : kind === 2 ? last - before : last * before;
    }
    slopes.fill(0);
    slopes[count] = 1;
    let [byFactor, bySummand] = [0, 0];
    for (let i = count; i > 0; i--) {
      const slope = slopes[i]!;
      const before = i < 2 ? 0 : i - 2;
      const kind = i & 3;
      if (kind === 0) {
        slopes[i - 1]! += slope * factor;
        byFactor += slope * x[i - 1]!;
      } else if (kind === 1) {
        slopes[i - 1]! += slope;
        bySummand += slope;
      } else if (kind === 2) {
        slopes[i - 1]! += slope;
        slopes[before]! -= slope;
      } else {
        slopes[i - 1]! += slope * x[before]!;
        slopes[before]! += slope * x[i - 1]!;
      }
    }
    return {
      y: x.slice(count),
      "y/x0": slopes.slice(0, 1),
      "y/p": Float64Array.of(byFactor),
      "y/q": Float64Array.of(bySummand),
    };
  };
}
