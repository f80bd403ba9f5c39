import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import { pushforward } from "./forward.js";
import { forwardBlocks, type Jacobian } from "./jacobian.js";
import { derivatives } from "./reverse.js";
import type { Evaluate } from "./sparsity/dependence.js";

/**
 * The second derivatives of a scalar: entry [i][j] is ∂²output/∂wrt[i]∂wrt[j], of the shape
 * `shape(wrt[i]) + shape(wrt[j])`, or `null` where it is a structural zero.
 *
 * Forward over reverse: one reverse sweep gives the gradient, one forward sweep for each node of `wrt` its derivative
 * (Griewank and Walther, Evaluating Derivatives, 2nd ed., ch. 5).
 */
export function hessians(
  b: Calculus,
  output: OperatorNode,
  wrt: readonly OperatorNode[],
  evaluate: Evaluate,
): (Jacobian | null)[][] {
  const gradient = derivatives(b, output, wrt);
  const blocks = forwardBlocks(
    b,
    gradient.filter((part) => part !== null),
    wrt,
    evaluate,
  );
  let next = 0;
  return gradient.map((part) => (part === null ? wrt.map(() => null) : blocks[next++]!));
}

/** The Hessian of a scalar times a vector of the shape of `wrt`: forward over reverse, without the Hessian itself. */
export function hessianVectorProduct(
  b: Calculus,
  output: OperatorNode,
  wrt: OperatorNode,
  vector: OperatorNode,
): OperatorNode | null {
  const [gradient] = derivatives(b, output, [wrt]);
  return gradient === null ? null : pushforward(b, [gradient!], new Map([[wrt, vector]]))[0]!;
}
