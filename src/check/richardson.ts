import { add, type DoubleDouble, div, fromNumber, sub, zero } from "../precise/double-double.js";

/** A limit, and by how much it may be off. */
export interface Limit {
  readonly value: DoubleDouble;
  readonly bound: number;
}

/** What the difference of two extrapolations that should agree is multiplied by to bound the error of the better one. */
const caution = 4;

/**
 * The limit for h → 0 of values at h, h/2, h/4, …, whose error is a power series in h^`order` (Richardson 1911; the
 * tableau as in Ridders 1982): the extrapolation that agrees best with its two neighbours. `noise` bounds the error that
 * rounding makes in the values, at each h.
 */
export function extrapolated(values: readonly DoubleDouble[], noise: readonly number[], order: 1 | 2): Limit {
  let best: Limit = { value: values.at(-1) ?? zero, bound: Number.POSITIVE_INFINITY };
  let before: DoubleDouble[] = [];
  values.forEach((value, k) => {
    const row = [value];
    for (let j = 1; j <= k; j++) {
      const factor = fromNumber(2 ** (order * j) - 1);
      const [left, above] = [row[j - 1]!, before[j - 1]!];
      row.push(add(left, div(sub(left, above), factor)));
      const difference = Math.max(Math.abs(sub(row[j]!, left).hi), Math.abs(sub(row[j]!, above).hi));
      const bound = caution * difference + 2 * noise[k]!;
      if (bound < best.bound) best = { value: row[j]!, bound };
    }
    before = row;
  });
  return best;
}
