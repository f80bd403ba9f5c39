import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Op, Partial } from "../ops/op.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sizeOf } from "../tensor.js";
import { unbroadcast } from "./unbroadcast.js";

/**
 * The derivative of `output` by each node of `wrt`, as nodes: `shape(wrt)` for a scalar output,
 * `shape(output) + shape(wrt)` otherwise. `null` is a structural zero: the output does not depend on that node.
 *
 * Reverse accumulation (Griewank and Walther, Evaluating Derivatives, 2nd ed., ch. 3.2): each node's `sum_grad` is the
 * sum of its consumers' contributions. A tensor output starts from the identity, so one sweep carries all of its rows
 * as leading batch axes.
 */
export function derivatives(
  b: Calculus,
  output: OperatorNode,
  wrt: readonly OperatorNode[],
): (OperatorNode | null)[] {
  const sumGrads = pullback(b, output, identitySeed(b, output), wrt);
  return wrt.map((node) => sumGrads.get(node) ?? null);
}

/** The cotangent with which the derivative of `output` by itself begins: 1, or the identity of `shape(output)` twice. */
function identitySeed(b: Calculus, output: OperatorNode): OperatorNode {
  if (output.shape.length === 0) return b.node(1);
  const size = sizeOf(output.shape);
  const identity = b.embedDiagonal(b.broadcastTo(1, [size]), size, size);
  return b.reshape(identity, [...output.shape, ...output.shape]);
}

/**
 * Carries the cotangent `seed` (any batch axes, then the shape of `output`) back to the nodes of `wrt`.
 * Only nodes on a path from one of them to `output` are visited; nodes without a path are absent from the result.
 */
export function pullback(
  b: Calculus,
  output: OperatorNode,
  seed: OperatorNode,
  wrt: readonly OperatorNode[],
): ReadonlyMap<OperatorNode, OperatorNode> {
  const { builder } = b;
  const callerSpan = builder.span;
  const order = topologicalOrder([output]);
  const depends = dependents(order, output, wrt);
  const batchRank = seed.shape.length - output.shape.length;
  const wanted = new Set(wrt);
  const sumGrads = new Map<OperatorNode, OperatorNode>([[output, seed]]);
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    const sumGrad = sumGrads.get(node);
    if (sumGrad === undefined || depends[node.id] === 0) continue;
    builder.span = node.span;
    node.inputs.forEach((input, index) => {
      if (depends[input.id] === 0) return;
      const contribution = contribute(b, node, sumGrad, index);
      if (contribution === null) return;
      const reduced = unbroadcast(b, contribution, input.shape, batchRank);
      const sum = sumGrads.get(input);
      sumGrads.set(input, sum === undefined ? reduced : b.add(sum, reduced));
    });
    // A sum that nobody asked for is not needed again once its node has passed it on.
    if (!wanted.has(node)) sumGrads.delete(node);
  }
  builder.span = callerSpan;
  return sumGrads;
}

/** By id: 1 for each node of the order that a node of `wrt` reaches through operations that pass derivatives. */
function dependents(
  order: readonly OperatorNode[],
  output: OperatorNode,
  wrt: readonly OperatorNode[],
): Uint8Array {
  const depends = new Uint8Array(wrt.reduce((most, node) => Math.max(most, node.id), output.id) + 1);
  for (const node of wrt) depends[node.id] = 1;
  for (const node of order) {
    if (depends[node.id] === 1) continue;
    if (node.inputs.some((input, index) => depends[input.id] === 1 && passes(node, index)))
      depends[node.id] = 1;
  }
  return depends;
}

/** Whether a node's operation has a derivative by this input at all. */
function passes(node: OperatorNode, index: number): boolean {
  const op = node.op as Op;
  return (op.kind === "scalar" ? op.partials[index] : op.vjp) !== null;
}

/** What a node adds to the `sum_grad` of one input, before un-broadcasting. */
function contribute(
  b: Calculus,
  node: OperatorNode,
  sumGrad: OperatorNode,
  index: number,
): OperatorNode | null {
  const op = node.op as Op;
  if (op.kind === "tensor") return op.vjp === null ? null : op.vjp(b, sumGrad, node, index);
  const rule = op.partials[index]!;
  return rule === null ? null : scale(b, sumGrad, rule(b, node.inputs, node));
}

function scale(b: Calculus, cotangent: OperatorNode, partial: Partial): OperatorNode {
  if (partial === 1) return cotangent;
  if (partial === -1) return b.neg(cotangent);
  // Not a product: 0 times an infinite cotangent would be NaN.
  if (partial === 0) return b.broadcastTo(0, cotangent.shape);
  if (typeof partial === "object" && "select" in partial) {
    const scaled = partial.scale === undefined ? cotangent : b.mul(cotangent, partial.scale);
    return b.where(partial.select, scaled, 0);
  }
  return b.mul(cotangent, partial);
}
