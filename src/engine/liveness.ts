import type { OperatorNode } from "../graph/node.js";
import type { TensorOpName } from "../ops/registry.js";

/** The last use of what is read after the last instruction. */
export const forever = 0x7fffffff;

/** Operations whose result is, or may be, another view of their input's storage; the planner refuses one that is missing. */
export const viewing: ReadonlySet<string> = new Set<TensorOpName>([
  "named",
  "stop_gradient",
  "custom",
  "reshape",
  "transpose",
  "broadcast_to",
  "slice",
  "diagonal",
  "eigenvalues",
  "eigenvectors",
  "singular_values",
  "left_singular_vectors",
  "right_singular_vectors",
  "qr_q",
  "qr_r",
]);

/** Inputs and constants are there before the first instruction. */
export const isGiven = ({ op: { name } }: OperatorNode) => name === "input" || name === "constant";

/**
 * By position: the last position at which a node's storage is read, through whatever view. `ends` has the position at
 * which a node is done with reading: its own, or the last one of the group that it runs in.
 */
export function lastUses(
  order: readonly OperatorNode[],
  results: readonly OperatorNode[],
  greatestId: number,
  ends: Int32Array,
): Int32Array {
  const positions = new Int32Array(greatestId + 1);
  order.forEach((node, position) => {
    positions[node.id] = position;
  });
  const lastUse = new Int32Array(order.length);
  for (const node of results) lastUse[positions[node.id]!] = forever;
  for (let position = order.length - 1; position >= 0; position--) {
    const node = order[position]!;
    const reach = Math.max(ends[position]!, viewing.has(node.op.name) ? lastUse[position]! : 0);
    for (const input of node.inputs) {
      const at = positions[input.id]!;
      lastUse[at] = Math.max(lastUse[at]!, reach);
    }
    lastUse[position] = Math.max(lastUse[position]!, ends[position]!);
  }
  return lastUse;
}

/** By id: how often a node is read; 2 where that is more often, or where it is asked for. */
export function timesRead(
  order: readonly OperatorNode[],
  results: readonly OperatorNode[],
  greatestId: number,
): Uint8Array {
  const reads = new Uint8Array(greatestId + 1);
  for (const { inputs } of order) for (const { id } of inputs) reads[id] = Math.min(2, reads[id]! + 1);
  for (const { id } of results) reads[id] = 2;
  return reads;
}
