import type { OperatorNode } from "../graph/node.js";
import { type Shape, sameShape } from "../tensor.js";
import type { Calculus } from "./vocabulary.js";

/**
 * Sums (or otherwise reduces) a cotangent of shape batch + s over the axes along which an input of the shape `target` was
 * repeated to reach s: the transpose of broadcasting. The result has the shape batch + target.
 */
export function unbroadcast(
  b: Calculus,
  cotangent: OperatorNode,
  target: Shape,
  batchRank: number,
  reduction: "sum" | "max" = "sum",
): OperatorNode {
  const batch = cotangent.shape.slice(0, batchRank);
  const wanted = [...batch, ...target];
  if (sameShape(cotangent.shape, wanted)) return cotangent;
  const trailing = cotangent.shape.length - batchRank;
  const axes: number[] = [];
  for (let axis = -trailing; axis < 0; axis++) {
    const isNew = -axis > target.length;
    if (isNew || (target.at(axis) === 1 && cotangent.shape.at(axis) !== 1)) axes.push(axis);
  }
  return b.reshape(axes.length === 0 ? cotangent : b.reduce(reduction, cotangent, axes), wanted);
}
