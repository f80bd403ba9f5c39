/** An element of one of several tensors. */
export interface Ranked {
  readonly list: number;
  readonly at: number;
}

/** NaN and infinities come first: nobody should have to look for them. */
const sizeOf = (value: number) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : Math.abs(value));

/**
 * The elements of the largest size, largest first, equal ones in their order; and how many are left, with the sum of
 * their sizes and that of all.
 */
export function largest(
  lists: readonly Float64Array[],
  most: number,
): { readonly shown: readonly Ranked[]; readonly rest: { readonly count: number; readonly share: number } } {
  const count = lists.reduce((sum, { length }) => sum + length, 0);
  const threshold = count > most ? thresholdOf(lists, count, most) : -1;
  const above: Ranked[] = [];
  const ties: Ranked[] = [];
  let [all, left] = [0, 0];
  for (const [list, data] of lists.entries()) {
    for (const [at, value] of data.entries()) {
      const size = sizeOf(value);
      all += size;
      if (size > threshold) above.push({ list, at });
      else if (size === threshold && ties.length < most) ties.push({ list, at });
      else left += size;
    }
  }
  const key = ({ list, at }: Ranked) => sizeOf(lists[list]![at]!);
  const shown = above.sort((p, q) => compare(key(q), key(p)));
  const tied = ties.slice(0, Math.max(0, most - shown.length));
  for (const one of ties.slice(tied.length)) left += key(one);
  const total = [...shown, ...tied];
  return { shown: total, rest: { count: count - total.length, share: all > 0 ? left / all : 0 } };
}

const compare = (p: number, q: number) => (p === q ? 0 : p < q ? -1 : 1);

/** The size that the last one shown has. */
function thresholdOf(lists: readonly Float64Array[], count: number, most: number): number {
  const sizes = new Float64Array(count);
  let end = 0;
  for (const data of lists) for (const value of data) sizes[end++] = sizeOf(value);
  sizes.sort();
  return most === 0 ? Number.POSITIVE_INFINITY : sizes[count - most]!;
}
