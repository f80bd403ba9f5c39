import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Op, Partial, ScalarOp } from "../ops/op.js";
import { alignTangent, batchOf } from "../ops/tangents.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sizeOf } from "../tensor.js";

/** Tangents by node; a node without one does not move (a structural zero). */
export type Tangents = ReadonlyMap<OperatorNode, OperatorNode>;

/**
 * Carries tangents forward from the nodes of `seeds` to `outputs`; the result is `null` for an output that depends on
 * none of them. Every seed has the same batch axes in front of its node's shape, and so have the results.
 *
 * Forward accumulation (Griewank and Walther, Evaluating Derivatives, 2nd ed., ch. 3.1). A seeded node moves by its
 * seed, whatever the nodes before it do. Only nodes on a path from a seed to an output get a tangent.
 */
export function pushforward(
  b: Calculus,
  outputs: readonly OperatorNode[],
  seeds: Tangents,
): (OperatorNode | null)[] {
  const { builder } = b;
  const callerSpan = builder.span;
  const tangents = new Map(seeds);
  for (const node of topologicalOrder(outputs)) {
    if (tangents.has(node)) continue;
    builder.span = node.span;
    const tangent = tangentOf(b, node, tangents);
    if (tangent !== null) tangents.set(node, tangent);
  }
  builder.span = callerSpan;
  return outputs.map((output) => tangents.get(output) ?? null);
}

/**
 * The derivative of each output by `wrt`, of the shape `shape(output) + shape(wrt)`, or `null` where there is no
 * dependence. One sweep: the seed is the identity, with one batch entry for each element of `wrt`.
 */
export function forwardJacobians(
  b: Calculus,
  outputs: readonly OperatorNode[],
  wrt: OperatorNode,
): (OperatorNode | null)[] {
  const rank = wrt.shape.length;
  return pushforward(b, outputs, new Map([[wrt, identitySeed(b, wrt)]])).map((tangents) => {
    if (tangents === null) return null;
    // The batch axes, those of `wrt`, go behind the output's.
    const axes = tangents.shape.map((_, axis) => axis);
    return b.transpose(tangents, [...axes.slice(rank), ...axes.slice(0, rank)]);
  });
}

/** The identity of `shape(wrt)` twice; 1 for a scalar. */
function identitySeed(b: Calculus, { shape }: OperatorNode): OperatorNode {
  if (shape.length === 0) return b.node(1);
  const size = sizeOf(shape);
  return b.reshape(b.embedDiagonal(b.broadcastTo(1, [size]), size, size), [...shape, ...shape]);
}

function tangentOf(b: Calculus, node: OperatorNode, tangents: Tangents): OperatorNode | null {
  const op = node.op as Op;
  const moving = node.inputs.map((input) => tangents.get(input) ?? null);
  if (moving.every((tangent) => tangent === null)) return null;
  if (op.kind === "scalar") return elementwiseTangent(b, op, node, moving);
  if (op.jvp === null) return null;
  return op.jvp(b, moving, node);
}

/** The sum over the inputs of (its tangent) × (the partial by it), in the shape batch + node. */
function elementwiseTangent(
  b: Calculus,
  op: ScalarOp,
  node: OperatorNode,
  moving: readonly (OperatorNode | null)[],
): OperatorNode | null {
  let sum: OperatorNode | null = null;
  let full: readonly number[] = node.shape;
  moving.forEach((tangent, i) => {
    const rule = op.partials[i]!;
    if (tangent === null || rule === null) return;
    const { shape } = node.inputs[i]!;
    full = [...batchOf(tangent, shape), ...node.shape];
    const aligned = alignTangent(b, tangent, shape, node.shape.length);
    const term = through(b, aligned, rule(b, node.inputs, node));
    sum = sum === null ? term : b.add(sum, term);
  });
  return sum === null ? null : b.broadcastTo(sum, full);
}

/** A tangent that passes through a partial. What a partial does not select is 0, whatever the tangent is there. */
function through(b: Calculus, tangent: OperatorNode, partial: Partial): OperatorNode {
  if (partial === 1) return tangent;
  if (partial === -1) return b.neg(tangent);
  // Not a product: 0 times an infinite tangent would be NaN.
  if (partial === 0) return b.broadcastTo(0, tangent.shape);
  if (typeof partial === "object" && "select" in partial) {
    const scaled = partial.scale === undefined ? tangent : b.mul(tangent, partial.scale);
    return b.where(partial.select, scaled, 0);
  }
  return b.mul(tangent, partial);
}
