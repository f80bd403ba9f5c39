import type { OperatorNode } from "../graph/node.js";
import type { LiveRule, MaskCarryingRule, TensorRule } from "./op.js";
import { flipAxis } from "./slices.js";
import type { Calculus } from "./vocabulary.js";

/** For operations whose pullback adds elements up, each with the weight 1: live is what any live element is added to. */
export const adds = (rule: MaskCarryingRule): TensorRule => ({
  ...rule,
  live: (b, mask, node, index) => b.greater(rule.vjp(b, mask, node, index), 0),
});

/** 1 for each element that is live itself or stands before a live one along an axis. */
export function liveFromHere(b: Calculus, mask: OperatorNode, axis: number): OperatorNode {
  const after = b.apply("cumsum", [flipAxis(b, mask, axis)], { axes: [axis] });
  return b.greater(flipAxis(b, after, axis), 0);
}

/** x where it is live, 0 elsewhere. */
export const whereLive = (b: Calculus, live: OperatorNode | null, x: OperatorNode) =>
  live === null ? x : b.where(live, x, 0);

/**
 * For operations on each matrix of a batch alone: it lives or dies as a whole. The last axes of the result, and of the
 * input, belong to one matrix.
 */
export const perMatrix =
  (resultAxes: 0 | 1 | 2, inputAxes: 1 | 2 = 2): LiveRule =>
  (b, mask, node, index) => {
    const any = anyOfMatrix(b, mask, resultAxes, inputAxes);
    const own = node.inputs[index]!.shape.slice(-inputAxes);
    return b.broadcastTo(any, [...any.shape.slice(0, -inputAxes), ...own]);
  };

/** Whether anything of a matrix is live, with so many axes of size 1 in the place of the mask's own. */
function anyOfMatrix(b: Calculus, mask: OperatorNode, own: number, ones: number): OperatorNode {
  const batch = mask.shape.slice(0, mask.shape.length - own);
  const last = mask.shape.slice(batch.length).map((_, i) => i - own);
  const any = own === 0 ? mask : b.reduce("max", mask, last);
  return b.reshape(any, [...batch, ...Array<number>(ones).fill(1)]);
}

/**
 * x, a matrix or a vector of its values, and something regular of the same shape where nothing of the result is live: a
 * kernel that fails for singular matrices, say, is not asked for dead ones. `resultAxes` as for `perMatrix`.
 */
export const regularWhereDead = (
  b: Calculus,
  live: OperatorNode | null,
  resultAxes: 0 | 2,
  x: OperatorNode,
  regular: OperatorNode,
) => (live === null ? x : b.where(anyOfMatrix(b, live, resultAxes, regular.shape.length), x, regular));

/** For the solution X of A X = B: all of A matters to it, a column of B to its own column only. */
export const perColumn: LiveRule = (b, mask, node, index) =>
  index === 0
    ? perMatrix(2)(b, mask, node, index)
    : b.broadcastTo(b.reduce("max", mask, [-2], true), mask.shape);
