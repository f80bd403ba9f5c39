import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sizeOf } from "../tensor.js";
import { forwardJacobians } from "./forward.js";
import { derivatives } from "./reverse.js";

/** How Jacobians are accumulated. `auto` takes the cheaper way for each output. */
export type Mode = "auto" | "reverse" | "forward";

/**
 * The derivative of `output` by each node of `wrt`: `shape(output) + shape(wrt)`, or `null` for a structural zero.
 * The modes differ in cost and in rounding only.
 */
export function jacobians(
  b: Calculus,
  output: OperatorNode,
  wrt: readonly OperatorNode[],
  mode: Mode = "auto",
): (OperatorNode | null)[] {
  const chosen = mode === "auto" ? cheaperMode(output, wrt) : mode;
  if (chosen === "reverse") return derivatives(b, output, wrt);
  return wrt.map((node) => forwardJacobians(b, [output], node)[0]!);
}

/** Every forward sweep adds to the graph; with more inputs than this, the one sweep of reverse mode is preferred. */
const mostSweeps = 8;

/**
 * A reverse sweep carries one cotangent for each element of the output and serves all inputs; forward sweeps carry one
 * tangent for each element of the inputs that the output depends on.
 */
function cheaperMode(output: OperatorNode, wrt: readonly OperatorNode[]): "reverse" | "forward" {
  const size = sizeOf(output.shape);
  if (size <= 1) return "reverse";
  const reached = new Set(topologicalOrder([output]));
  const connected = wrt.filter((node) => reached.has(node));
  const tangents = connected.reduce((sum, node) => sum + sizeOf(node.shape), 0);
  return tangents < size && connected.length <= mostSweeps ? "forward" : "reverse";
}
