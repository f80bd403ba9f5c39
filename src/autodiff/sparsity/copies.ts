import type { OperatorNode } from "../../graph/node.js";
import { topologicalOrder } from "../../graph/topology.js";
import type { Op } from "../../ops/op.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { sizeOf } from "../../tensor.js";
import { connectedTo, passes } from "../reverse.js";
import { apart } from "./analysis.js";
import { ColumnSets } from "./column-sets.js";
import { dependences, type Evaluate } from "./dependence.js";

/** A node that holds elements of a node of `wrt`. */
export interface Copy {
  readonly node: OperatorNode;
  /** For each element that of the node of `wrt` which it is, or −1 where it is none of them. */
  readonly sources: Int32Array;
}

/**
 * By node of `wrt`: the nodes through which the output reads it. That is the node itself, unless every path from it to the
 * output leads through nodes that repeat its elements, such as a gathering of rows; then it is these, or parts of them.
 *
 * Rows of the Jacobian that read one element have a column in common, so no two of them can share a reverse sweep. By
 * copies of that element they have columns of their own: residuals that each take their own few rows of large tables need
 * no more sweeps than a single one of them has.
 */
export function copiesRead(
  b: Calculus,
  output: OperatorNode,
  wrt: readonly OperatorNode[],
  evaluate: Evaluate,
): Copy[][] {
  const nodes = [...new Set(wrt)];
  // What lies behind another node of `wrt` is not its copy: both have derivatives of their own.
  if (apart(nodes).length !== 1) return wrt.map((node) => [itself(node)]);
  const reads = readsBetween(nodes, output);
  const { numbers, firsts, end } = numbered(b, reads, nodes, evaluate);
  const repeating = new Set([...reads.copies].filter((copy) => repeats(numbers.get(copy)!, end)));
  const found = wrt.map((node) => firstOn(node, repeating, reads, output));
  return wrt.map((node, k) => {
    const first = firsts.get(node)!;
    const end = first + sizeOf(node.shape);
    const sourceOf = (number: number) => (number >= first && number < end ? number - first : -1);
    return (
      found[k]?.map((copy) => ({ node: copy, sources: numbers.get(copy)!.map(sourceOf) })) ?? [itself(node)]
    );
  });
}

const itself = (node: OperatorNode): Copy => ({
  node,
  sources: Int32Array.from({ length: sizeOf(node.shape) }, (_, i) => i),
});

/** How the nodes before an output read some of them. */
interface Reads {
  /** Those on the way to the output that hold only elements of the nodes, or what does not move; the nodes among them. */
  readonly copies: ReadonlySet<OperatorNode>;
  /** What reads a copy on the way to the output. */
  readonly readers: ReadonlyMap<OperatorNode, readonly OperatorNode[]>;
}

function readsBetween(nodes: readonly OperatorNode[], output: OperatorNode): Reads {
  const connected = connectedTo(output);
  const moving = new Set(nodes);
  const copies = new Set(nodes.filter((node) => connected.has(node)));
  const readers = new Map<OperatorNode, OperatorNode[]>([...copies].map((node) => [node, []]));
  for (const node of topologicalOrder([output])) {
    if (!connected.has(node) || moving.has(node)) continue;
    const read = new Set(node.inputs.filter((input, index) => moving.has(input) && passes(node, index)));
    if (read.size === 0) continue;
    moving.add(node);
    const op = node.op as Op;
    if (op.kind !== "scalar" && op.structure === "copies" && [...read].every((input) => copies.has(input))) {
      copies.add(node);
      readers.set(node, []);
    }
    for (const input of read) readers.get(input)?.push(node);
  }
  return { copies, readers };
}

/** Numbers, from 1 on, for the elements of the nodes, and those that each copy holds; 0 for what is no element of them. */
function numbered(b: Calculus, { copies }: Reads, nodes: readonly OperatorNode[], evaluate: Evaluate) {
  const numbers = new Map<OperatorNode, Int32Array>();
  const firsts = new Map<OperatorNode, number>();
  let next = 1;
  for (const node of nodes) {
    const first = next;
    next += sizeOf(node.shape);
    firsts.set(node, first);
    numbers.set(
      node,
      Int32Array.from({ length: next - first }, (_, i) => first + i),
    );
  }
  const others = [...copies].filter((copy) => !numbers.has(copy));
  // What copies only moves numbers of sets, whatever the sets are.
  const found = dependences(b, others, numbers, new ColumnSets(), evaluate);
  for (const [i, copy] of others.entries()) numbers.set(copy, found[i]!);
  return { numbers, firsts, end: next };
}

/** Whether one of the numbers, which are below `end`, stands in two places. */
function repeats(numbers: Int32Array, end: number): boolean {
  const seen = new Uint8Array(end);
  return numbers.some((number) => {
    const isSecond = number !== 0 && seen[number] === 1;
    seen[number] = 1;
    return isSecond;
  });
}

/**
 * The first of `stops` on each path from a node to the output; `undefined` where a path has none, or where one lies behind
 * another, so that the derivatives by both would count what passes through both twice.
 */
function firstOn(
  node: OperatorNode,
  stops: ReadonlySet<OperatorNode>,
  reads: Reads,
  output: OperatorNode,
): readonly OperatorNode[] | undefined {
  const { copies, readers } = reads;
  const found: OperatorNode[] = [];
  const walked = new Set([node]);
  // A set is walked in the order of insertion, so what comes in on the way is walked too.
  for (const each of walked) {
    if (stops.has(each)) {
      found.push(each);
      continue;
    }
    if (each === output || !copies.has(each)) return undefined;
    for (const reader of readers.get(each)!) walked.add(reader);
  }
  return apart(found).length === 1 ? lastOf(found, reads, output) : undefined;
}

/**
 * As far behind these copies as other copies have no more elements in all: the parts of a gathered row rather than the row,
 * which saves putting their derivatives together.
 */
function lastOf(
  copies: readonly OperatorNode[],
  reads: Reads,
  output: OperatorNode,
): readonly OperatorNode[] {
  const found = new Set(copies);
  // A set is walked in the order of insertion, so what takes the place of another is looked at too.
  for (const copy of found) {
    const readers = reads.readers.get(copy)!;
    const size = readers.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    if (copy === output || size > sizeOf(copy.shape) || !readers.every((reader) => reads.copies.has(reader)))
      continue;
    const others = [...found].filter((other) => other !== copy);
    if (apart([...others, ...readers]).length !== 1) continue;
    found.delete(copy);
    for (const reader of readers) found.add(reader);
  }
  return [...found];
}
