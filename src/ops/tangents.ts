import type { Attributes, OperatorNode } from "../graph/node.js";
import type { Shape } from "../tensor.js";
import type { Pushforward } from "./op.js";
import type { Calculus } from "./vocabulary.js";

/** The batch axes that a tangent or cotangent has in front of the shape of the value that it belongs to. */
export const batchOf = (tangent: OperatorNode, shape: Shape): Shape =>
  tangent.shape.slice(0, tangent.shape.length - shape.length);

/**
 * A tangent (batch + shape) with axes of size 1 between the batch and the shape, so that the shape takes up `rank` axes
 * and broadcasts against values of that rank without meeting the batch.
 */
export function alignTangent(b: Calculus, tangent: OperatorNode, shape: Shape, rank: number): OperatorNode {
  const ones = new Array<number>(Math.max(0, rank - shape.length)).fill(1);
  return b.reshape(tangent, [...batchOf(tangent, shape), ...ones, ...shape]);
}

/** The forward rule of an operation of one input. */
export const ofOneInput =
  (rule: (b: Calculus, tangent: OperatorNode, node: OperatorNode) => OperatorNode): Pushforward =>
  (b, [tangent], node) =>
    rule(b, tangent!, node);

/**
 * The forward rule of an operation that is linear in all of its inputs together: the operation applied to the tangents.
 * `attributes` brings attributes that speak of every axis, not of trailing ones, in line with the batch axes.
 */
export const linear =
  (attributes: (node: OperatorNode, batch: Shape) => Attributes = (node) => node.attributes): Pushforward =>
  (b, tangents, node) => {
    const moving = tangents.findIndex((tangent) => tangent !== null);
    const batch = batchOf(tangents[moving]!, node.inputs[moving]!.shape);
    const inputs = node.inputs.map(({ shape }, i) => tangents[i] ?? b.broadcastTo(0, [...batch, ...shape]));
    return b.apply(node.op.name, inputs, attributes(node, batch));
  };

/** The sum over the inputs that move of a term in the tangent of each, which broadcasts against the node. */
export const sumOverInputs =
  (
    term: (b: Calculus, tangent: OperatorNode, node: OperatorNode, index: number) => OperatorNode,
  ): Pushforward =>
  (b, tangents, node) =>
    tangents
      .flatMap((tangent, index) => {
        if (tangent === null) return [];
        return [term(b, alignTangent(b, tangent, node.inputs[index]!.shape, node.shape.length), node, index)];
      })
      .reduce((sum, one) => b.add(sum, one));

/**
 * The forward rule of an operation that is linear in each of its inputs alone and broadcasts leading axes, such as a
 * product: the sum of the operation with one input at a time replaced by its tangent (Leibniz).
 */
export const multilinear: Pushforward = sumOverInputs((b, tangent, node, index) =>
  b.apply(
    node.op.name,
    node.inputs.map((input, i) => (i === index ? tangent : input)),
    node.attributes,
  ),
);

/**
 * The forward rule of the solution X of A X = B: dX = A⁻¹ (dB − dA X), and A⁻ᵀ (dB − dAᵀ X) where the node's attributes
 * say `transposed` (Giles 2008, "Collected matrix derivative results", sec. 2.3.1). `solve` solves for another right
 * side; `read` is the part of A that is read.
 */
export const throughSolution =
  (
    solve: (b: Calculus, node: OperatorNode, right: OperatorNode) => OperatorNode,
    read: (b: Calculus, a: OperatorNode) => OperatorNode = (_b, a) => a,
  ): Pushforward =>
  (b, tangents, node) => {
    const aligned = (index: 0 | 1) => {
      const tangent = tangents[index] ?? null;
      return tangent && alignTangent(b, tangent, node.inputs[index]!.shape, node.shape.length);
    };
    const [da, db] = [aligned(0), aligned(1)];
    if (da === null) return solve(b, node, db!);
    const moved = node.attributes.transposed ? b.matrixTranspose(read(b, da)) : read(b, da);
    const product = b.matmul(moved, node);
    return solve(b, node, db === null ? b.neg(product) : b.sub(db, product));
  };
