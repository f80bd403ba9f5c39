import type { OperatorNode } from "../../graph/node.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { type Shape, sizeOf } from "../../tensor.js";
import { pushforward } from "../forward.js";
import type { Coloring } from "./coloring.js";
import { type Elements, rowsOf } from "./pattern.js";

/**
 * The elements, as one vector in the order of `elements`, of the Jacobian of each output by `wrt`: one forward sweep with
 * a batch entry for each color, whose tangent is 1 for all columns of that color (Curtis, Powell and Reid 1974).
 * `elements` has the rows of all outputs, one behind the other.
 */
export function forwardElements(
  b: Calculus,
  outputs: readonly OperatorNode[],
  wrt: OperatorNode,
  elements: readonly (Elements | null)[],
  coloring: Coloring,
): (OperatorNode | null)[] {
  const tangents = pushforward(b, outputs, new Map([[wrt, coloredSeed(b, wrt.shape, coloring)]]));
  return outputs.map((output, k) => {
    const [own, tangent] = [elements[k]!, tangents[k]!];
    if (own === null || tangent === null) return null;
    const size = sizeOf(output.shape);
    const rows = rowsOf(own);
    return pick(b, tangent, (i) => coloring.colors[own.columns[i]!]! * size + rows[i]!, own.columns.length);
  });
}

/** The matrix of these elements, with 0 everywhere else, under the shape of a Jacobian. */
export function assemble(
  b: Calculus,
  values: OperatorNode,
  elements: Elements,
  columns: number,
  shape: Shape,
): OperatorNode {
  const rows = rowsOf(elements);
  const size = sizeOf(shape);
  const at = Float64Array.from(rows, (row, i) => row * columns + elements.columns[i]!);
  if (isCounting(at) && at.length === size) return b.reshape(values, shape);
  const index = b.constant({ shape: [at.length], data: at });
  return b.reshape(b.apply("scatter_add", [values, index], { axis: -1, size }), shape);
}

/** One row for each color: 1 for the elements of that color, 0 for the others; the shape `[count, ...shape]`. */
export function coloredSeed(b: Calculus, shape: Shape, { count, colors }: Coloring): OperatorNode {
  if (count === 1) return b.broadcastTo(1, [1, ...shape]);
  const own = b.constant({ shape: [1, colors.length], data: Float64Array.from(colors) });
  const seed = b.equal(own, b.reshape(b.iota(count), [count, 1]));
  return b.reshape(seed, [count, ...shape]);
}

/** The elements of x at these positions in row-major order, as a vector. */
export function pick(
  b: Calculus,
  x: OperatorNode,
  positionOf: (i: number) => number,
  count: number,
): OperatorNode {
  const flat = b.reshape(x, [sizeOf(x.shape)]);
  const at = Float64Array.from({ length: count }, (_, i) => positionOf(i));
  if (isCounting(at) && count === flat.shape[0]) return flat;
  return b.apply("gather", [flat, b.constant({ shape: [count], data: at })], { axis: -1 });
}

const isCounting = (at: Float64Array) => at.every((position, i) => position === i);
