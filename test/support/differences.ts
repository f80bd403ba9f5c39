import type { Tensor } from "../../src/tensor.js";

/**
 * The Jacobian of `f` by one input, by central differences extrapolated over four steps (Richardson; Ridders 1982):
 * row i, column j is ∂f_i/∂x_j. Accurate to about 1e-10 of the scale of f where f is smooth.
 */
export function differences(
  f: (values: ReadonlyMap<string, Tensor>) => Float64Array,
  values: ReadonlyMap<string, Tensor>,
  name: string,
  step = 0.02,
): Float64Array[] {
  const { shape, data } = values.get(name)!;
  const columns = Array.from(data, (x, j) => {
    const at = (value: number) => {
      const moved = Float64Array.from(data);
      moved[j] = value;
      return f(new Map(values).set(name, { shape, data: moved }));
    };
    let table: Float64Array[] = [];
    for (let level = 0; level < 4; level++) {
      const h = (step * Math.max(1, Math.abs(x))) / 2 ** level;
      const up = at(x + h);
      const down = at(x - h);
      const row = [up.map((value, i) => (value - down[i]!) / (x + h - (x - h)))];
      for (let order = 1; order <= level; order++) {
        const factor = 4 ** order;
        row.push(row[order - 1]!.map((value, i) => (factor * value - table[order - 1]![i]!) / (factor - 1)));
      }
      table = row;
    }
    return table.at(-1)!;
  });
  const rows = columns[0]?.length ?? 0;
  return Array.from({ length: rows }, (_, i) => Float64Array.from(columns, (column) => column[i]!));
}

/** The largest |a − b| relative to max(1, |a| + |b|). */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const error = Math.abs(a[i]! - b[i]!) / Math.max(1, Math.abs(a[i]!) + Math.abs(b[i]!));
    largest = Math.max(largest, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  }
  return largest;
}
