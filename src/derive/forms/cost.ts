import type { OperatorNode } from "../../graph/node.js";

/** Operations that are not written, or under another one. */
const silent: ReadonlySet<string> = new Set([
  "reshape",
  "broadcast_to",
  "constant",
  "input",
  "named",
  "lu",
  "svd_factors",
  "eigh_factors",
  "qr_factors",
]);

const known = new WeakMap<OperatorNode, number>();

/** More than this is much; a shared node may count a very large number of times. */
const most = 1e9;

/**
 * About how many operators a node has when it is written out. What has just been made of nodes of a known cost is counted
 * by a walk that ends there.
 */
export function costOf(node: OperatorNode): number {
  const stack = [node];
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const waiting = known.has(top) ? [] : top.inputs.filter((input) => !known.has(input));
    if (waiting.length > 0) {
      stack.push(...waiting);
      continue;
    }
    stack.pop();
    if (known.has(top)) continue;
    const { op, inputs } = top;
    const own = silent.has(op.name)
      ? 0
      : op.name === "solve" && inputs[1]!.op.name === "embed_diagonal"
        ? 0
        : 1;
    const read = op.name === "solve" ? inputs.slice(0, 2) : inputs;
    known.set(
      top,
      Math.min(
        most,
        read.reduce((sum, input) => sum + known.get(input)!, own),
      ),
    );
  }
  return known.get(node)!;
}
