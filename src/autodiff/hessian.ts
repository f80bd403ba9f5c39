import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import { isLoop } from "../ops/loop.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sizeOf } from "../tensor.js";
import { pushforward } from "./forward.js";
import { derivatives } from "./reverse.js";
import { apart, type Patterns, patternsOf } from "./sparsity/analysis.js";
import type { Evaluate } from "./sparsity/dependence.js";
import { beside, type Elements, sparseElements, stacked } from "./sparsity/pattern.js";
import { colorSymmetric, symmetricElements, symmetrised } from "./sparsity/symmetric.js";
import { elementsJacobian, forwardWay, isWorthAnalysis, type Jacobian, worthwhile } from "./sparsity/ways.js";

type Blocks = readonly (readonly (Jacobian | null)[])[];

/**
 * The second derivatives of a scalar: entry [i][j] is ∂²output/∂wrt[i]∂wrt[j], of the shape
 * `shape(wrt[i]) + shape(wrt[j])`, or `null` where it is a structural zero.
 *
 * Forward over reverse: one reverse sweep gives the gradient, forward sweeps its derivative (Griewank and Walther,
 * Evaluating Derivatives, 2nd ed., ch. 5): one for each element of `wrt`, or one for each color where the structure of the
 * graph shows that most elements are 0.
 */
export function hessians(
  b: Calculus,
  output: OperatorNode,
  wrt: readonly OperatorNode[],
  evaluate: Evaluate,
): Blocks {
  const gradient = derivatives(b, output, wrt);
  // What the output does not depend on has no second derivatives either.
  const connected = wrt.filter((_, i) => gradient[i] !== null);
  const parts = gradient.filter((part) => part !== null);
  const blocks = secondDerivatives(b, output, parts, connected, evaluate);
  const place = wrt.map((node) => connected.indexOf(node));
  return place.map((i) => place.map((k) => (i < 0 || k < 0 ? null : blocks[i]![k]!)));
}

function secondDerivatives(
  b: Calculus,
  output: OperatorNode,
  parts: readonly OperatorNode[],
  wrt: readonly OperatorNode[],
  evaluate: Evaluate,
): Blocks {
  const patterns = isWorthAnalysis(b, parts, wrt) ? patternsOf(b, parts, wrt, evaluate) : undefined;
  const rows = parts.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const ways = wrt.map((node, k) => {
    const own = patterns?.map((row) => row[k]!);
    return forwardWay(b, parts, node, own && sparseElements(own, rows * sizeOf(node.shape)));
  });
  const sweeps = ways.reduce((sum, way) => sum + way.sweeps, 0);
  const symmetric =
    patterns && isSymmetric(output, wrt) ? bySymmetry(b, parts, wrt, patterns, sweeps) : undefined;
  if (symmetric !== undefined) return symmetric;
  const columns = ways.map((way) => way.run());
  return parts.map((_, i) => columns.map((column) => column[i]!));
}

/**
 * Whether second derivatives are symmetric for certain: a function that states its own derivative need not have any
 * function behind it. Nodes that may lie behind each other cannot move in one sweep.
 */
const isSymmetric = (output: OperatorNode, wrt: readonly OperatorNode[]) =>
  apart(wrt).length === 1 && new Set(wrt).size === wrt.length && isOfOwnDerivatives([output]);

/** Whether no function with a stated derivative takes part, in the bodies of loops neither. */
const isOfOwnDerivatives = (roots: readonly OperatorNode[]): boolean =>
  topologicalOrder(roots).every(
    (node) => node.op.name !== "custom" && (!isLoop(node) || isOfOwnDerivatives(node.op.loop.body.results)),
  );

/** All blocks by one sweep over the colors of the whole symmetric matrix; `undefined` where that saves too little. */
function bySymmetry(
  b: Calculus,
  parts: readonly OperatorNode[],
  wrt: readonly OperatorNode[],
  patterns: Patterns,
  sweeps: number,
): Blocks | undefined {
  const sizes = wrt.map(({ shape }) => sizeOf(shape));
  const size = sizes.reduce((sum, one) => sum + one, 0);
  const flat = sparseElements(patterns.flat(), size * size);
  if (flat === undefined) return undefined;
  const blocks: (Elements | null)[][] = parts.map((_, i) => flat.slice(i * wrt.length, (i + 1) * wrt.length));
  const whole = stacked(
    blocks.map((row, i) => beside(row, sizes, sizes[i]!)),
    sizes,
  );
  const neighbours = symmetrised(whole);
  const coloring = colorSymmetric(neighbours, worthwhile(sweeps));
  if (coloring === undefined) return undefined;
  return symmetricElements(b, parts, wrt, blocks, neighbours, coloring).map((row, i) =>
    row.map((values, k) => elementsJacobian(values, blocks[i]![k]!)),
  );
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
