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

/**
 * The forward rule of an operation that is linear in each of its inputs alone and broadcasts leading axes, such as a
 * product: the sum of the operation with one input at a time replaced by its tangent (Leibniz).
 */
export const multilinear: Pushforward = (b, tangents, node) =>
  tangents
    .flatMap((tangent, index) => {
      if (tangent === null) return [];
      const { shape } = node.inputs[index]!;
      const aligned = alignTangent(b, tangent, shape, node.shape.length);
      const inputs = node.inputs.map((input, i) => (i === index ? aligned : input));
      return [b.apply(node.op.name, inputs, node.attributes)];
    })
    .reduce((sum, term) => b.add(sum, term));
