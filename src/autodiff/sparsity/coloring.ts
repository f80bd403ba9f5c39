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

/** Pairs of rows that a coloring may look at: some seconds of work. */
const mostPairs = 2 ** 30;

/**
 * Columns in groups that have no row in common (Curtis, Powell and Reid 1974), by the greedy method for the distance-2
 * coloring of a bipartite graph (Gebremedhin, Manne and Pothen 2005, "What color is your Jacobian?", sec. 3.4): once in
 * the order of the columns and once with those of most elements first; the better of the two. `undefined` where
 * it would take too long.
 */
export function colorColumns(elements: Elements, columnCount: number): Coloring | undefined {
  const byColumn = transposed(elements, columnCount);
  return color(byColumn, elements);
}

/** The same for rows. */
export function colorRows(elements: Elements, columnCount: number): Coloring | undefined {
  return color(elements, transposed(elements, columnCount));
}

/** Groups the lines of `own`; `across` are the elements of the transposed matrix. */
function color(own: Elements, across: Elements): Coloring | undefined {
  const count = own.starts.length - 1;
  let pairs = 0;
  let least = 0;
  for (let line = 0; line + 1 < across.starts.length; line++) {
    const size = across.starts[line + 1]! - across.starts[line]!;
    pairs += size * size;
    least = Math.max(least, size);
  }
  if (pairs > mostPairs) return undefined;
  const natural = Int32Array.from({ length: count }, (_, i) => i);
  const first = greedy(own, across, natural);
  // The members of one line across all differ: there is nothing better.
  if (first.count <= Math.max(1, least)) return first;
  const size = (line: number) => own.starts[line + 1]! - own.starts[line]!;
  const second = greedy(
    own,
    across,
    natural.slice().sort((a, b) => size(b) - size(a) || a - b),
  );
  return second.count < first.count ? second : first;
}

/** Each line in turn gets the first color that no line with an element in common has. */
function greedy(own: Elements, across: Elements, order: Int32Array): Coloring {
  const colors = new Int32Array(order.length).fill(-1);
  // By color: the last line that may not have it.
  const forbidden = new Int32Array(order.length + 1).fill(-1);
  let count = 0;
  for (const line of order) {
    for (let i = own.starts[line]!; i < own.starts[line + 1]!; i++) {
      const shared = own.columns[i]!;
      for (let k = across.starts[shared]!; k < across.starts[shared + 1]!; k++) {
        const taken = colors[across.columns[k]!]!;
        if (taken >= 0) forbidden[taken] = line;
      }
    }
    let free = 0;
    while (forbidden[free] === line) free += 1;
    colors[line] = free;
    count = Math.max(count, free + 1);
  }
  return { count, colors };
}
