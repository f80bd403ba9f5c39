import type { OperatorNode } from "../../graph/node.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { sizeOf } from "../../tensor.js";
import { pushforward } from "../forward.js";
import type { Coloring } from "./coloring.js";
import { type Elements, rowsOf, transposed } from "./pattern.js";
import { coloredSeed, pick } from "./sweeps.js";

/** Steps that a coloring may take: some seconds of work. */
const mostSteps = 2 ** 28;

/** A row with this many elements more than the mean, and this many times as many, gets a color of its own. */
const farAbove = { more: 32, times: 8 };

/**
 * Rows of a symmetric matrix in groups such that each element can be read either from its row or, by symmetry, from its
 * column: a star coloring of the graph that has an edge for each element (Gebremedhin, Manne and Pothen 2005, "What color
 * is your Jacobian?", sec. 4.3; Coleman and Moré 1984). A row that is full costs one group, not one for each of its
 * elements. `neighbours` is a symmetric pattern; `undefined` where more than `limit` groups would be needed, or it would
 * take too long.
 */
export function colorSymmetric(
  neighbours: Elements,
  limit = neighbours.starts.length - 1,
): Coloring | undefined {
  const { starts, columns } = neighbours;
  const count = starts.length - 1;
  const colors = new Int32Array(count).fill(-1);
  const forbidden = new Int32Array(count + 1).fill(-1);
  // Rows of many elements first: what they are connected to can then share a color.
  const degree = (line: number) => starts[line + 1]! - starts[line]!;
  const order = Int32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => degree(b) - degree(a) || a - b,
  );
  // What is connected to a row that nearly all others are connected to can be read by that row's own color.
  const mean = columns.length / Math.max(1, count);
  const isHub = (line: number) => degree(line) > farAbove.times * mean + farAbove.more;
  const hubs = order.findIndex((line) => !isHub(line));
  let groups = hubs < 0 ? count : hubs;
  if (groups > limit) return undefined;
  order.subarray(0, groups).forEach((line, i) => {
    colors[line] = i;
  });
  const firstShared = groups;
  let steps = 0;
  for (const line of order.subarray(groups)) {
    for (let i = starts[line]!; i < starts[line + 1]!; i++) {
      const near = columns[i]!;
      if (near === line || isHub(near)) continue;
      if (colors[near]! >= 0) forbidden[colors[near]!] = line;
      for (let k = starts[near]!; k < starts[near + 1]!; k++) {
        const far = columns[k]!;
        steps += 1;
        if (
          far === line ||
          far === near ||
          isHub(far) ||
          colors[far]! < 0 ||
          forbidden[colors[far]!] === line
        )
          continue;
        // Two of one color at both sides of a row without one: that row could not tell them apart.
        if (colors[near]! < 0) forbidden[colors[far]!] = line;
        else {
          steps += degree(far);
          if (hasOther(far, near)) forbidden[colors[far]!] = line;
        }
      }
      if (steps > mostSteps) return undefined;
    }
    let free = firstShared;
    while (forbidden[free] === line) free += 1;
    if (free >= limit) return undefined;
    colors[line] = free;
    groups = Math.max(groups, free + 1);
  }
  return { count: groups, colors };

  /** Whether another neighbour of `far` has the color of `near`: a path of four with two colors would close. */
  function hasOther(far: number, near: number): boolean {
    for (let k = starts[far]!; k < starts[far + 1]!; k++) {
      const other = columns[k]!;
      if (other !== near && other !== far && colors[other] === colors[near]) return true;
    }
    return false;
  }
}

/** The pattern that holds an element wherever the matrix or its transpose does, and the diagonal. */
export function symmetrised(elements: Elements): Elements {
  const count = elements.starts.length - 1;
  const turned = transposed(elements, count);
  const starts = new Int32Array(count + 1);
  const columns = new Int32Array(2 * elements.columns.length + count);
  let at = 0;
  for (let row = 0; row < count; row++) {
    const own = new Set([row]);
    for (const { starts: from, columns: of } of [elements, turned]) {
      for (let i = from[row]!; i < from[row + 1]!; i++) own.add(of[i]!);
    }
    for (const column of [...own].sort((a, b) => a - b)) columns[at++] = column;
    starts[row + 1] = at;
  }
  return { starts, columns: columns.slice(0, at) };
}

/**
 * Whether an element (row, column) of a symmetric matrix is read from its row: no other element of the row belongs to a
 * column of that color. If not, it is read from its column. Rows are best asked for one after another.
 */
function readsFromRow(
  { starts, columns }: Elements,
  { count, colors }: Coloring,
): (row: number, column: number) => boolean {
  const times = new Int32Array(count);
  let counted = -1;
  const tally = (row: number, step: number) => {
    for (let i = starts[row]!; i < starts[row + 1]!; i++) times[colors[columns[i]!]!]! += step;
  };
  return (row, column) => {
    if (row !== counted) {
      if (counted >= 0) tally(counted, -1);
      tally(row, 1);
      counted = row;
    }
    return times[colors[column]!] === 1;
  };
}

/**
 * The elements of the blocks of a symmetric matrix, the Jacobians of `parts` by the nodes that they belong to: one forward
 * sweep that moves all of these nodes, with a batch entry for each color. `blocks[i][k]` has the elements of part i by
 * node k, in that order; `null`: no dependence.
 */
export function symmetricElements(
  b: Calculus,
  parts: readonly OperatorNode[],
  wrt: readonly OperatorNode[],
  blocks: readonly (readonly (Elements | null)[])[],
  neighbours: Elements,
  coloring: Coloring,
): (OperatorNode | null)[][] {
  const offsets = wrt.map((_, k) => wrt.slice(0, k).reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  const seeds = wrt.map(({ shape }, k) => {
    const colors = coloring.colors.subarray(offsets[k]!, offsets[k]! + sizeOf(shape));
    return coloredSeed(b, shape, { count: coloring.count, colors });
  });
  const tangents = pushforward(b, parts, new Map(wrt.map((node, k) => [node, seeds[k]!])));
  const isFromRow = readsFromRow(neighbours, coloring);
  // All tangents one behind the other: color by color, and in each color the elements of all nodes.
  const total = neighbours.starts.length - 1;
  const whole = b.concatenate(
    tangents.map((tangent, i) =>
      tangent === null
        ? b.broadcastTo(0, [coloring.count, sizeOf(wrt[i]!.shape)])
        : b.reshape(tangent, [coloring.count, sizeOf(wrt[i]!.shape)]),
    ),
    1,
  );
  return blocks.map((row, i) =>
    row.map((elements, k) => {
      if (elements === null) return null;
      const rows = rowsOf(elements);
      const at = (element: number) => {
        const [p, q] = [offsets[i]! + rows[element]!, offsets[k]! + elements.columns[element]!];
        return isFromRow(p, q) ? coloring.colors[q]! * total + p : coloring.colors[p]! * total + q;
      };
      return pick(b, whole, at, elements.columns.length);
    }),
  );
}
