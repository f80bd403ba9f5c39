import { type Elements, transposed } from "./pattern.js";

/**
 * Rows (or columns) of a matrix in groups, of which no two members have an element in the same column (row). The members
 * of a group can share one sweep: each element of its result belongs to one of them alone.
 */
export interface Coloring {
  /** The number of groups. */
  readonly count: number;
  /** By row (column). */
  readonly colors: Int32Array;
}

/** Words of 32 colors each that a coloring may keep for all rows and columns together: 256 MB. */
const mostWords = 2 ** 26;

/**
 * Columns in groups that have no row in common (Curtis, Powell and Reid 1974), by the greedy method for the distance-2
 * coloring of a bipartite graph (Gebremedhin, Manne and Pothen 2005, "What color is your Jacobian?", sec. 3.4): once in
 * the order of the columns and once with those of most elements first; the better of the two. `undefined` where
 * more than `limit` groups, or too much memory, would be needed.
 */
export function colorColumns(
  elements: Elements,
  columnCount: number,
  limit = columnCount,
): Coloring | undefined {
  return color(transposed(elements, columnCount), elements.starts, limit);
}

/** The same for rows. */
export function colorRows(
  elements: Elements,
  columnCount: number,
  limit = elements.starts.length - 1,
): Coloring | undefined {
  return color(elements, transposed(elements, columnCount).starts, limit);
}

/** Groups the lines of `own`; `across` says where the lines of the transposed matrix begin. */
function color(own: Elements, across: Int32Array, limit: number): Coloring | undefined {
  const crossing = across.length - 1;
  // The members of one line across all differ.
  let least = 0;
  for (let line = 0; line < crossing; line++) least = Math.max(least, across[line + 1]! - across[line]!);
  if (least > limit) return undefined;
  const natural = Int32Array.from({ length: own.starts.length - 1 }, (_, i) => i);
  const first = greedy(own, crossing, natural, limit);
  if (first !== undefined && first.count <= least) return first;
  const size = (line: number) => own.starts[line + 1]! - own.starts[line]!;
  const bySize = natural.slice().sort((a, b) => size(b) - size(a) || a - b);
  return greedy(own, crossing, bySize, first === undefined ? limit : first.count - 1) ?? first;
}

/** Each line in turn gets the first color that no line with an element in common has. */
function greedy(own: Elements, crossing: number, order: Int32Array, limit: number): Coloring | undefined {
  const { starts, columns } = own;
  const colors = new Int32Array(order.length);
  // For each line across, a bit for each color that one of its elements has.
  let words = 1;
  let taken = new Int32Array(crossing);
  let count = 0;
  for (const line of order) {
    const [from, to] = [starts[line]!, starts[line + 1]!];
    let free = -1;
    for (let word = 0; word < words && free < 0; word++) {
      let union = 0;
      for (let i = from; i < to; i++) union |= taken[columns[i]! * words + word]!;
      if (union !== -1) free = 32 * word + lowestZero(union);
    }
    if (free < 0) {
      free = 32 * words;
      if (2 * words * crossing > mostWords) return undefined;
      taken = widened(taken, words);
      words *= 2;
    }
    if (free >= limit) return undefined;
    for (let i = from; i < to; i++) taken[columns[i]! * words + (free >> 5)]! |= 1 << (free & 31);
    colors[line] = free;
    count = Math.max(count, free + 1);
  }
  return { count, colors };
}

/** The place of the lowest bit that is 0. */
const lowestZero = (bits: number) => 31 - Math.clz32(~bits & (bits + 1));

/** The same lists of words, with room for as many words more. */
function widened(lists: Int32Array, words: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(2 * lists.length);
  for (let at = 0; at < lists.length; at += words) wider.set(lists.subarray(at, at + words), 2 * at);
  return wider;
}
