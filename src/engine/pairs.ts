import type { OperatorNode } from "../graph/node.js";
import { pairs } from "./kernel-numbers.js";
import { isLarge } from "./schedule.js";

/** By name: which pair an operation is of. */
const pairOf: ReadonlyMap<string, number> = new Map(
  pairs.flatMap((pair, k) => pair.map((name) => [name, k] as const)),
);

const none = -1;

/** Two nodes that one instruction computes, in the order of their pair. */
export interface Pair {
  readonly number: number;
  readonly nodes: readonly [OperatorNode, OperatorNode];
}

/** The pairs of which both nodes are there and run whole. Kept by id, since there may be millions of nodes. */
export class Pairs {
  readonly #order: readonly OperatorNode[];
  /** All nodes that could be of a pair. */
  readonly #candidates: OperatorNode[] = [];
  /** By id: which candidate the other node of the pair is. */
  readonly #other: Int32Array;

  /** What comes after a boundary has to stay there. */
  constructor(order: readonly OperatorNode[], greatestId: number, boundary: OperatorNode | undefined) {
    this.#order = order;
    let countBefore = 0;
    for (const node of order) {
      if (node === boundary) countBefore = this.#candidates.length;
      else if (pairOf.has(node.op.name) && !isLarge(node.shape)) this.#candidates.push(node);
    }
    const ids = this.#candidates.length === 0 ? 0 : greatestId + 1;
    this.#other = new Int32Array(ids).fill(none);
    // Candidates that wait for the other node, in lists by what they read.
    const latest = new Int32Array(ids).fill(none);
    this.#find(0, countBefore, latest);
    this.#find(countBefore, this.#candidates.length, latest);
  }

  #find(first: number, end: number, latest: Int32Array): void {
    const before = new Int32Array(end - first);
    for (let k = first; k < end; k++) {
      const node = this.#candidates[k]!;
      const { id } = node.inputs[0]!;
      let at = latest[id]!;
      while (at >= first && !arePair(node, this.#candidates[at]!)) at = before[at - first]!;
      if (at >= first) {
        this.#other[node.id] = at;
        this.#other[this.#candidates[at]!.id] = k;
      } else {
        before[k - first] = latest[id]!;
        latest[id] = k;
      }
    }
  }

  has({ id }: OperatorNode): boolean {
    return (this.#other[id] ?? none) !== none;
  }

  /** The pair that a node is of. */
  of(node: OperatorNode): Pair | undefined {
    if (!this.has(node)) return undefined;
    const other = this.#candidates[this.#other[node.id]!]!;
    const number = pairOf.get(node.op.name)!;
    return { number, nodes: node.op.name === pairs[number]![0] ? [node, other] : [other, node] };
  }

  /** All nodes with both of each pair side by side, where the first of them was. */
  sideBySide(): readonly OperatorNode[] {
    if (!this.#other.some((k) => k !== none)) return this.#order;
    const isPlaced = new Uint8Array(this.#other.length);
    const result: OperatorNode[] = [];
    for (const node of this.#order) {
      const pair = this.of(node);
      if (pair === undefined) result.push(node);
      else if (isPlaced[node.id] === 0) {
        for (const one of pair.nodes) {
          isPlaced[one.id] = 1;
          result.push(one);
        }
      }
    }
    return result;
  }
}

const arePair = (one: OperatorNode, other: OperatorNode) =>
  one.op.name !== other.op.name && pairOf.get(one.op.name) === pairOf.get(other.op.name);
