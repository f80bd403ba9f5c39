import { fault, type Span } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { broadcast, contiguousStrides } from "../graph/shape.js";
import { gatherAxis } from "../ops/families/indexing.js";
import type { Calculus } from "../ops/vocabulary.js";
import { formatShape, type Shape, sizeOf, type Tensor } from "../tensor.js";

/** Whole numbers from 0 on that choose along one axis; one number chooses as a tensor without axes. */
export interface AxisIndex {
  readonly axis: number;
  readonly index: Tensor;
}

/**
 * NumPy's rule for index vectors: those of several axes are broadcast together and walked side by side. The axes of the
 * result stand where the indexed axes stood if these are neighbours, in front otherwise.
 */
export function gatherVectors(
  b: Calculus,
  x: OperatorNode,
  indices: readonly AxisIndex[],
  span: Span,
): OperatorNode {
  const joint = indices.reduce((shape: Shape, { index }) => {
    const joined = broadcast(shape, index.shape);
    if (joined !== undefined) return joined;
    throw fault(
      "broadcast",
      { op: "indexing", left: formatShape(shape), right: formatShape(index.shape) },
      span,
    );
  }, []);
  const indexed = indices.map(({ axis }) => axis);
  const others = x.shape.map((_, axis) => axis).filter((axis) => !indexed.includes(axis));
  const areNeighbours = indexed.at(-1)! - indexed[0]! === indexed.length - 1;
  const place = areNeighbours ? indexed[0]! : 0;
  const moved = b.transpose(x, [...others.slice(0, place), ...indexed, ...others.slice(place)]);
  // The indexed axes as one, with one index into it for each choice of theirs.
  const sizes = indexed.map((axis) => x.shape[axis]!);
  const steps = contiguousStrides(sizes);
  const data = new Float64Array(sizeOf(joint));
  indices.forEach(({ index }, k) => {
    const elements = broadcastElements(index, joint);
    for (let i = 0; i < data.length; i++) data[i]! += elements[i]! * steps[k]!;
  });
  const merged = b.reshape(moved, [
    ...moved.shape.slice(0, place),
    sizeOf(sizes),
    ...moved.shape.slice(place + sizes.length),
  ]);
  return gatherAxis(b, merged, { shape: joint, data }, place - merged.shape.length);
}

/** The elements of a tensor in row-major order after broadcasting. */
function broadcastElements({ shape, data }: Tensor, target: Shape): Float64Array {
  const strides = contiguousStrides(shape);
  const steps = contiguousStrides(target);
  const shift = target.length - shape.length;
  return Float64Array.from({ length: sizeOf(target) }, (_, i) => {
    const at = shape.reduce((sum, size, axis) => {
      const position = Math.floor(i / steps[axis + shift]!) % target[axis + shift]!;
      return size === 1 ? sum : sum + position * strides[axis]!;
    }, 0);
    return data[at]!;
  });
}
