import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Calculus } from "../ops/vocabulary.js";
import { type Shape, sizeOf } from "../tensor.js";
import type { Evaluate } from "./sparsity/dependence.js";
import { Reading } from "./sparsity/reading.js";
import { assemble } from "./sparsity/sweeps.js";
import { forwardWay, isWorthAnalysis, type Jacobian, reverseWay, type Way } from "./sparsity/ways.js";

export type { Jacobian } from "./sparsity/ways.js";

/** How Jacobians are accumulated. `auto` takes the cheaper way for each output. */
export type Mode = "auto" | "reverse" | "forward";

/**
 * The derivative of `output` by each node of `wrt`, or `null` for a structural zero. Where the structure of the graph
 * shows that most elements are 0, rows or columns that share none are accumulated in one sweep. The modes differ in cost
 * and in rounding only.
 */
export function jacobians(
  b: Calculus,
  output: OperatorNode,
  wrt: readonly OperatorNode[],
  evaluate: Evaluate,
  mode: Mode = "auto",
): (Jacobian | null)[] {
  const reading = isWorthAnalysis(b, [output], wrt) ? Reading.of(b, output, wrt, evaluate) : undefined;
  if (mode === "reverse") return reverseWay(b, output, wrt, reading).run();
  const ways = wrt.map((node, k) => {
    const found = reading?.ofOne(k);
    return forwardWay(b, [output], node, found === undefined ? undefined : [found?.elements ?? null]);
  });
  const forward = () => ways.map((way) => way.run()[0]!);
  if (mode === "forward") return forward();
  const sweeps = forwardSweeps(output, wrt, ways);
  const reverse = reverseWay(b, output, wrt, reading, sweeps);
  return sweeps < reverse.sweeps ? forward() : reverse.run();
}

/** The same as nodes of the shape `shape(output) + shape(wrt)`. */
export function jacobianTensors(
  b: Calculus,
  output: OperatorNode,
  wrt: readonly OperatorNode[],
  evaluate: Evaluate,
  mode: Mode = "auto",
): (OperatorNode | null)[] {
  return jacobians(b, output, wrt, evaluate, mode).map((jacobian, k) =>
    asTensor(b, jacobian, output.shape, wrt[k]!.shape),
  );
}

/** A Jacobian as one node. */
export function asTensor(
  b: Calculus,
  jacobian: Jacobian | null,
  output: Shape,
  wrt: Shape,
): OperatorNode | null {
  if (jacobian === null || jacobian.kind === "tensor") return jacobian === null ? null : jacobian.node;
  return assemble(b, jacobian.values, jacobian.elements, sizeOf(wrt), [...output, ...wrt]);
}

/** Every forward sweep adds to the graph; with more inputs than this, the one sweep of reverse mode is preferred. */
const mostForwardSweeps = 8;

/**
 * How many tangents the forward sweeps carry: one for each element (or color) of the nodes that the output depends on. A
 * reverse sweep carries one cotangent for each element (or color) of the output, and serves all nodes.
 */
function forwardSweeps(output: OperatorNode, wrt: readonly OperatorNode[], ways: readonly Way[]): number {
  const reached = new Set(topologicalOrder([output]));
  const connected = ways.filter((_, k) => reached.has(wrt[k]!));
  if (sizeOf(output.shape) <= 1 || connected.length > mostForwardSweeps) return Number.POSITIVE_INFINITY;
  return connected.reduce((sum, { sweeps }) => sum + sweeps, 0);
}
