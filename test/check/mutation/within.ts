import type { OperatorNode } from "../../../src/graph/node.js";
import { topologicalOrder } from "../../../src/graph/topology.js";
import type { GraphCalculus } from "../../../src/ops/calculus.js";
import { isLoop, type LoopOp } from "../../../src/ops/loop.js";
import type { Op } from "../../../src/ops/op.js";

/** The same graph with other operations at some nodes, those in the bodies of its loops among them. */
export function withOps(
  b: GraphCalculus,
  roots: readonly OperatorNode[],
  change: (node: OperatorNode) => Op | undefined,
): OperatorNode[] {
  const made = new Map<OperatorNode, OperatorNode>();
  for (const node of topologicalOrder(roots)) {
    const inputs = node.inputs.map((input) => made.get(input)!);
    const op = change(node) ?? (isLoop(node) ? insideOf(b, node.op, change) : node.op);
    const isSame = op === node.op && inputs.every((input, i) => input === node.inputs[i]);
    b.builder.span = node.span;
    made.set(node, isSame ? node : b.builder.node(op, inputs, node.attributes));
  }
  return roots.map((root) => made.get(root)!);
}

function insideOf(
  b: GraphCalculus,
  { loop, withLoop }: LoopOp,
  change: (node: OperatorNode) => Op | undefined,
): LoopOp {
  const results = withOps(b, loop.body.results, change);
  const isSame = results.every((result, k) => result === loop.body.results[k]);
  return withLoop(isSame ? loop : { ...loop, body: { ...loop.body, results } });
}
