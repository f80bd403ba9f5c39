import type { OperatorNode } from "../graph/node.js";
import { pairs } from "./kernel-numbers.js";
import { isLarge } from "./schedule.js";

/** By name: which pair an operation is of. */
const pairOf: ReadonlyMap<string, number> = new Map(
  pairs.flatMap((pair, k) => pair.map((name) => [name, k] as const)),
);

/** Two nodes that one instruction computes, in the order of their pair. */
export interface Pair {
  readonly number: number;
  readonly nodes: readonly [OperatorNode, OperatorNode];
}

/** By either node: the pair, where both of it are there and run whole. What comes after a boundary has to stay there. */
export function pairsIn(
  order: readonly OperatorNode[],
  boundary: OperatorNode | undefined,
): ReadonlyMap<OperatorNode, Pair> {
  const waiting = new Map<OperatorNode, OperatorNode[]>();
  const found = new Map<OperatorNode, Pair>();
  for (const node of order) {
    if (node === boundary) waiting.clear();
    const number = pairOf.get(node.op.name);
    if (number === undefined || node === boundary || isLarge(node.shape)) continue;
    const [x] = node.inputs;
    const others = waiting.get(x!) ?? [];
    const other = others.find(({ op }) => op.name !== node.op.name && pairOf.get(op.name) === number);
    if (other === undefined) waiting.set(x!, [...others, node]);
    else {
      const nodes = other.op.name === pairs[number]![0] ? ([other, node] as const) : ([node, other] as const);
      for (const one of nodes) found.set(one, { number, nodes });
    }
  }
  return found;
}

/** The nodes with both of each pair side by side, where the first of them was. */
export function sideBySide(
  order: readonly OperatorNode[],
  found: ReadonlyMap<OperatorNode, Pair>,
): readonly OperatorNode[] {
  if (found.size === 0) return order;
  const placed = new Set<OperatorNode>();
  const result: OperatorNode[] = [];
  for (const node of order) {
    const pair = found.get(node);
    if (pair === undefined) result.push(node);
    else if (!placed.has(node)) {
      for (const one of pair.nodes) placed.add(one);
      result.push(...pair.nodes);
    }
  }
  return result;
}
