import { fault, type Span } from "../diagnostics.js";
import { formatShape, type Shape } from "../tensor.js";

/**
 * Axes as negative numbers (counted from the end), ascending and distinct; `null` means all. In this form they stay
 * right when batch axes are put in front. Throws a `Fault` for an axis that is out of range or given twice.
 */
export function axesFromEnd(
  op: string,
  axes: readonly number[] | null,
  shape: Shape,
  span: Span | undefined,
): number[] {
  const rank = shape.length;
  if (axes === null) return shape.map((_, axis) => axis - rank);
  const fromEnd = axes.map((axis) => {
    if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
      throw fault("axis", { op: `\`${op}\``, axis, shape: formatShape(shape), rank }, span);
    }
    return axis < 0 ? axis : axis - rank;
  });
  if (new Set(fromEnd).size !== fromEnd.length) {
    throw fault(
      "shape-rule",
      { op: `\`${op}\``, reason: `the axes ${axes.join(", ")} name one axis twice` },
      span,
    );
  }
  return fromEnd.sort((a, b) => a - b);
}
