import type { OperatorNode } from "../../graph/node.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { sizeOf } from "../../tensor.js";
import { pullback } from "../reverse.js";
import type { Coloring } from "./coloring.js";
import type { Copy } from "./copies.js";
import { type Elements, rowsOf } from "./pattern.js";
import { coloredSeed, pick } from "./sweeps.js";

/** The elements of a Jacobian by a node, each the sum of some by copies of the node. */
export interface Merged {
  readonly elements: Elements;
  /** The summands, those of an element behind each other: of which copy, and which row and column of its Jacobian. */
  readonly copies: Int32Array;
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  /** The element that each summand belongs to; `null` where each is one of its own. */
  readonly targets: Int32Array | null;
}

/** `parts` has the elements of the Jacobian by each copy, or `null` where it has none; the node has so many elements. */
export function merged(
  copies: readonly Copy[],
  parts: readonly (Elements | null)[],
  rowCount: number,
  columnCount: number,
): Merged {
  const size = parts.reduce((sum, part) => sum + (part?.columns.length ?? 0), 0);
  const found = { copies: new Int32Array(size), rows: new Int32Array(size), columns: new Int32Array(size) };
  const sources = new Int32Array(size);
  let count = 0;
  for (const [k, part] of parts.entries()) {
    if (part === null) continue;
    const rows = rowsOf(part);
    for (const [i, column] of part.columns.entries()) {
      const source = copies[k]!.sources[column]!;
      if (source < 0) continue;
      found.copies[count] = k;
      found.rows[count] = rows[i]!;
      found.columns[count] = column;
      sources[count++] = source;
    }
  }
  const byColumn = ordered(sources.subarray(0, count), columnCount);
  const byRow = ordered(
    byColumn.map((i) => found.rows[i]!),
    rowCount,
  );
  const order = byRow.map((i) => byColumn[i]!);
  const targets = new Int32Array(count);
  const columns = new Int32Array(count);
  const starts = new Int32Array(rowCount + 1);
  let last = -1;
  for (const [i, from] of order.entries()) {
    const before = order[i - 1];
    const isSame =
      before !== undefined && found.rows[before] === found.rows[from] && sources[before] === sources[from];
    if (!isSame) {
      columns[++last] = sources[from]!;
      starts[found.rows[from]! + 1] = last + 1;
    }
    targets[i] = last;
  }
  for (let row = 0; row < rowCount; row++) starts[row + 1] = Math.max(starts[row + 1]!, starts[row]!);
  const inOrder = (values: Int32Array) => order.map((i) => values[i]!);
  return {
    elements: { starts, columns: columns.slice(0, last + 1) },
    copies: inOrder(found.copies),
    rows: inOrder(found.rows),
    columns: inOrder(found.columns),
    targets: last + 1 === count ? null : targets,
  };
}

/** The places of numbers from 0 to below `end` in ascending order; equal ones stay in theirs. */
function ordered(numbers: Int32Array, end: number): Int32Array {
  const next = new Int32Array(end + 1);
  for (const number of numbers) next[number + 1]! += 1;
  for (let i = 0; i < end; i++) next[i + 1]! += next[i]!;
  const places = new Int32Array(numbers.length);
  for (const [i, number] of numbers.entries()) places[next[number]!++] = i;
  return places;
}

/**
 * The elements of the Jacobian by each node of `wrt`, by a reverse sweep with a batch entry for each color of the rows,
 * back to the copies through which the output reads the node.
 */
export function mergedElements(
  b: Calculus,
  output: OperatorNode,
  copies: readonly (readonly Copy[])[],
  parts: readonly (Merged | null)[],
  { count, colors }: Coloring,
): (OperatorNode | null)[] {
  const read = [...new Set(copies.flat().map(({ node }) => node))];
  const cotangents = pullback(b, output, coloredSeed(b, output.shape, { count, colors }), read);
  return parts.map((part, k) => {
    if (part === null) return null;
    const nodes = copies[k]!.map(({ node }) => node);
    const flat = nodes.map((node) => {
      const size = count * sizeOf(node.shape);
      const cotangent = cotangents.get(node);
      return cotangent === undefined ? b.broadcastTo(0, [size]) : b.reshape(cotangent, [size]);
    });
    const firsts = [0];
    for (const { shape } of flat) firsts.push(firsts.at(-1)! + shape[0]!);
    const sizes = nodes.map(({ shape }) => sizeOf(shape));
    const summands = pick(
      b,
      flat.length === 1 ? flat[0]! : b.concatenate(flat, 0),
      (i) => {
        const copy = part.copies[i]!;
        return firsts[copy]! + colors[part.rows[i]!]! * sizes[copy]! + part.columns[i]!;
      },
      part.rows.length,
    );
    if (part.targets === null) return summands;
    const size = part.elements.columns.length;
    const index = b.constant({ shape: [part.targets.length], data: Float64Array.from(part.targets) });
    return b.apply("scatter_add", [summands, index], { axis: -1, size });
  });
}
