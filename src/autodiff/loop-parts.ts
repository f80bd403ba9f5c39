import type { OperatorNode } from "../graph/node.js";
import type { Loop } from "../ops/loop.js";
import type { Calculus } from "../ops/vocabulary.js";

/** Makes a loop a node. */
export type MakeLoop = (b: Calculus, loop: Loop, inputs: readonly OperatorNode[]) => OperatorNode;

/** The parameters of a body, or the inputs of a node, by their parts. */
export function partsOf<T>({ carries, sequences, body }: Loop, list: readonly T[]) {
  const invariants = body.parameters.length - carries - sequences;
  return {
    carries: list.slice(0, carries),
    sequences: list.slice(carries, carries + sequences),
    invariants: list.slice(carries + sequences, carries + sequences + invariants),
    /** How many steps are made, of a counted loop. */
    count: list[carries + sequences + invariants],
  };
}

/** [batch, n, rest] to [n, batch, rest]: loops read sequences along the first axis. */
export function stepsFirst(b: Calculus, x: OperatorNode, batchRank: number): OperatorNode {
  const axes = x.shape.map((_, axis) => axis);
  return b.transpose(x, [batchRank, ...axes.slice(0, batchRank), ...axes.slice(batchRank + 1)]);
}

/** [n, batch, rest] to [batch, n, rest]. */
export function batchFirst(b: Calculus, x: OperatorNode, batchRank: number): OperatorNode {
  const axes = x.shape.map((_, axis) => axis);
  return b.transpose(x, [...axes.slice(1, batchRank + 1), 0, ...axes.slice(batchRank + 1)]);
}
