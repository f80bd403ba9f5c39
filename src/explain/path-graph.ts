import { everywhere } from "../autodiff/cotangent.js";
import type { OperatorNode } from "../graph/node.js";
import type { Cotangent } from "../ops/op.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { Step } from "./flow.js";
import { dependsInside, passBack, type Received } from "./sweep.js";

/** From a node to one that it is computed from, over the step between them. */
export interface PathEdge {
  readonly step: Step;
  readonly from: OperatorNode;
  readonly to: OperatorNode;
  /** What the edge adds to the `sum_grad` of `to`. */
  readonly passed: Cotangent;
}

/** The nodes through which derivatives pass from an output, each before those that it is computed from. */
export interface PathGraph {
  readonly output: OperatorNode;
  readonly order: readonly OperatorNode[];
  readonly sumGrads: ReadonlyMap<OperatorNode, Cotangent>;
  readonly edges: ReadonlyMap<OperatorNode, readonly PathEdge[]>;
  readonly labels: ReadonlyMap<OperatorNode, string>;
}

/** The graph that a backward pass has gone through. Edges that pass nothing, whatever the values are, are none. */
export function pathGraph(b: Calculus, output: OperatorNode, received: readonly Received[]): PathGraph {
  const depends = new Set(received.map(({ part }) => part.node));
  const sumGrads = new Map<OperatorNode, Cotangent>();
  const edges = new Map<OperatorNode, PathEdge[]>();
  for (const { step, part, sumGrad } of received) {
    if (sumGrad === null) continue;
    sumGrads.set(part.node, sumGrad);
    const list: PathEdge[] = [];
    const own = new Set(step.parts.map(({ node }) => node));
    const others = { has: (node: OperatorNode) => depends.has(node) && !own.has(node) };
    const inside = { has: dependsInside(step.nodes, others) };
    for (const [to, passed] of passBack(b, step.nodes, new Map([[part.node, sumGrad]]), inside)) {
      if (passed !== null) list.push({ step, from: part.node, to, passed });
    }
    edges.set(part.node, list);
  }
  return {
    output,
    order: received.map(({ part }) => part.node),
    sumGrads,
    edges,
    labels: new Map(received.map(({ part }) => [part.node, part.label])),
  };
}

/** A cotangent of the beginning of an edge, at its end. */
export function passAlong(b: Calculus, { step, from, to }: PathEdge, cotangent: Cotangent): Cotangent | null {
  const inside = { has: dependsInside(step.nodes, new Set([to])) };
  return passBack(b, step.nodes, new Map([[from, cotangent]]), inside).get(to) ?? null;
}

/** The derivative of a scalar by a scalar that it reads. */
export const slopeOf = (b: Calculus, edge: PathEdge): Cotangent | null =>
  passAlong(b, edge, everywhere(b.node(1)));

/** How many paths there are from the output to each node. */
export function countPaths({ output, order, edges }: PathGraph): ReadonlyMap<OperatorNode, bigint> {
  const counts = new Map<OperatorNode, bigint>([[output, 1n]]);
  for (const node of order) {
    const own = counts.get(node);
    if (own === undefined) continue;
    for (const { to } of edges.get(node) ?? []) counts.set(to, (counts.get(to) ?? 0n) + own);
  }
  return counts;
}

/**
 * The paths from the output to a node in the order of the product of their edges' weights, largest first, as many as are
 * asked for. Weights are logarithms. The heaviest rest of a path is known for every node, so paths are found one after
 * another without looking at the others (A* with an exact bound).
 */
export function* heaviestPaths(
  { output, order, edges }: PathGraph,
  target: OperatorNode,
  weight: (edge: PathEdge) => number,
): Generator<readonly PathEdge[]> {
  const best = new Map<OperatorNode, number>([[target, 0]]);
  for (const node of order.toReversed()) {
    if (node === target) continue;
    let most: number | undefined;
    for (const edge of edges.get(node) ?? []) {
      const rest = best.get(edge.to);
      if (rest !== undefined) most = Math.max(most ?? Number.NEGATIVE_INFINITY, weight(edge) + rest);
    }
    if (most !== undefined) best.set(node, most);
  }
  const first = best.get(output);
  if (first === undefined) return;
  const queue = new Queue();
  queue.add({ node: output, weight: 0, bound: first, depth: 0, last: undefined, before: undefined });
  for (let prefix = queue.take(); prefix !== undefined; prefix = queue.take()) {
    if (prefix.node === target) {
      const path: PathEdge[] = [];
      for (let at: Prefix | undefined = prefix; at?.last !== undefined; at = at.before) path.push(at.last);
      yield path.reverse();
      continue;
    }
    for (const edge of edges.get(prefix.node) ?? []) {
      const rest = best.get(edge.to);
      if (rest === undefined) continue;
      const own = prefix.weight + weight(edge);
      const depth = prefix.depth + 1;
      queue.add({ node: edge.to, weight: own, bound: own + rest, depth, last: edge, before: prefix });
    }
  }
}

/** The beginning of a path. */
interface Prefix {
  readonly node: OperatorNode;
  readonly weight: number;
  /** Of the heaviest path that begins like this. */
  readonly bound: number;
  readonly depth: number;
  readonly last: PathEdge | undefined;
  readonly before: Prefix | undefined;
}

/** A heap: the largest bound first; of equal ones the longest, so that one path is finished before others are begun. */
class Queue {
  readonly #heap: Prefix[] = [];

  add(prefix: Prefix): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(prefix);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(prefix, heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = prefix;
  }

  take(): Prefix | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      if (!isBefore(heap[below]!, last)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

const isBefore = (p: Prefix, q: Prefix) => p.bound > q.bound || (p.bound === q.bound && p.depth > q.depth);
