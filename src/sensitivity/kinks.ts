import type { OperatorNode } from "../graph/node.js";
import type { ScalarOpName, TensorOpName } from "../ops/registry.js";
import type { Calculus } from "../ops/vocabulary.js";

/** x where a condition holds, as an addend that is 0 and has the slope of x there. */
const slopeWhere = (b: Calculus, condition: OperatorNode, x: OperatorNode) =>
  b.where(condition, b.sub(x, b.apply("stop_gradient", [x])), 0);

/** The largest or smallest of its operands: every one that ties may take it along. */
const extremum = (b: Calculus, node: OperatorNode): OperatorNode => {
  const fixed = b.apply("stop_gradient", [node]);
  return node.inputs.reduce((sum, x) => b.add(sum, slopeWhere(b, b.equal(x, node), x)), fixed);
};

/** The same over axes. */
const extremumOver = (b: Calculus, node: OperatorNode): OperatorNode => {
  const [x] = node.inputs;
  const { axes, keepdims } = node.attributes as { axes: readonly number[]; keepdims: boolean };
  const found = b.restoreAxes(node, axes, keepdims);
  const moved = b.sum(slopeWhere(b, b.equal(x!, found), x!), axes, keepdims);
  return b.add(b.apply("stop_gradient", [node]), moved);
};

/**
 * Operations with kinks, with a slope at the kink that is not less than those at its sides: derivatives take one between
 * them there, which may be 0, but an error goes to one side or the other. Operands that tie, and have the same error with
 * opposite signs, still cancel: one sweep of derivatives cannot tell them apart.
 */
export const steepest: Readonly<
  Partial<Record<ScalarOpName | TensorOpName, (b: Calculus, node: OperatorNode) => OperatorNode>>
> = {
  abs: (b, { inputs: [x] }) => b.where(b.greaterEqual(x!, 0), x!, b.neg(x!)),
  relu: (b, node) => b.where(b.greaterEqual(node.inputs[0]!, 0), node.inputs[0]!, 0),
  leaky_relu: (b, node) => b.where(b.greaterEqual(node.inputs[0]!, 0), node.inputs[0]!, node),
  maximum: extremum,
  minimum: extremum,
  max: extremumOver,
  min: extremumOver,
  hypot: (b, node) => node.inputs.reduce((sum, x) => b.add(sum, slopeWhere(b, b.equal(node, 0), x)), node),
  norm: (b, node) => {
    const [x] = node.inputs;
    const { axes, keepdims } = node.attributes as { axes: readonly number[]; keepdims: boolean };
    const isTip = b.equal(b.restoreAxes(node, axes, keepdims), 0);
    return b.add(node, b.sum(slopeWhere(b, isTip, x!), axes, keepdims));
  },
};
