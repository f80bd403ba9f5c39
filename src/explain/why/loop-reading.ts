import type { OperatorNode } from "../../graph/node.js";
import { isLoop, type Loop, type LoopOp, piecesOf } from "../../ops/loop.js";
import { sizeOf, type Tensor } from "../../tensor.js";

export type LoopNode = OperatorNode & { readonly op: LoopOp };
export type ValueIn = (node: OperatorNode) => Tensor;

/** A branch is two loops of one step or none. */
export const isBranch = ({ counted, length, sequences }: Loop): boolean =>
  counted && length === 1 && sequences === 0;

/** What must have a value for the loops among these nodes to be unrolled. */
export function neededOf(order: readonly OperatorNode[]): ReadonlySet<OperatorNode> {
  const needed = new Set<OperatorNode>();
  for (const node of order) {
    if (!isLoop(node)) continue;
    for (const input of node.inputs) needed.add(input);
    if (node.op.loop.condition !== null) needed.add(node);
  }
  return needed;
}

/** How many steps a loop makes. */
export function stepsOf(node: LoopNode, valueIn: ValueIn): number {
  const { length, counted, condition } = node.op.loop;
  if (condition !== null) return valueIn(node).data[0]!;
  if (!counted) return length;
  // No steps where the count is NaN, as in the engine.
  return Math.trunc(Math.min(length, valueIn(node.inputs.at(-1)!).data[0]!)) || 0;
}

/** The piece of a loop's value that a node reads as one: cut out of the vector, or brought to its shape. */
export function pieceRead(
  node: OperatorNode,
  pieces: readonly OperatorNode[] | undefined,
  cut: OperatorNode | undefined,
): OperatorNode | undefined {
  if (node.op.name === "reshape") {
    if (cut !== undefined) return cut;
    return pieces?.length === 1 ? pieces[0] : undefined;
  }
  if (node.op.name !== "slice" || pieces === undefined) return undefined;
  const source = node.inputs[0]! as LoopNode;
  const { starts, counts, steps } = node.attributes as Record<string, readonly number[]>;
  if (steps![0] !== 1) return undefined;
  const places = piecesOf(source.op.loop);
  const found = places.findIndex(
    ({ start, shape }) => start === starts![0] && sizeOf(shape) === counts![0] && counts![0]! > 0,
  );
  return found < 0 ? undefined : pieces[found];
}

export function rowOf({ shape, data }: Tensor, index: number): Tensor {
  const own = shape.slice(1);
  const size = sizeOf(own);
  return { shape: own, data: data.subarray(index * size, (index + 1) * size) };
}
