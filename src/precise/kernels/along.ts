import type { OperatorNode } from "../../graph/node.js";
import { type Shape, sizeOf } from "../../tensor.js";
import type { PreciseKernel, PreciseScalars } from "../kernel.js";
import { transposed } from "../strided.js";
import { type Elements, type PreciseTensor, preciseTensor } from "../tensor.js";

// Operations along axes. The axes are moved behind the others, so that each kernel runs over rows of contiguous elements.

interface Axes {
  /** The axes that the operation does not run along, then those that it does. */
  readonly order: readonly number[];
  readonly kept: Shape;
  /** Elements of a row. */
  readonly count: number;
}

function axesOf(node: OperatorNode, { shape }: PreciseTensor): Axes {
  const along = node.attributes.axes as readonly number[];
  const all = shape.map((_, axis) => axis);
  const isAlong = (axis: number) => along.includes(axis - shape.length);
  const kept = all.filter((axis) => !isAlong(axis));
  const order = [...kept, ...all.filter(isAlong)];
  const sizes = (axes: readonly number[]) => axes.map((axis) => shape[axis]!);
  return { order, kept: sizes(kept), count: sizeOf(sizes(all.filter(isAlong))) };
}

/** `count` elements of x from `from` on to the one element of d at `to`. */
export type Reducer = (
  d: Elements,
  to: number,
  x: Elements,
  from: number,
  count: number,
  scalars: PreciseScalars,
) => void;

export const reducing =
  (reduce: Reducer): PreciseKernel =>
  (node, [x], { scalars }) => {
    const { order, count } = axesOf(node, x!);
    const d = preciseTensor(node.shape);
    const moved = transposed(x!, order);
    for (let i = 0; i < d.hi.length; i++) reduce(d, i, moved, i * count, count, scalars);
    return d;
  };

/** `count` elements of each operand from `at` on to as many of d; there is at least one. */
export type Runner = (
  d: Elements,
  at: number,
  operands: readonly Elements[],
  count: number,
  scalars: PreciseScalars,
) => void;

/** The operands have the shape of the node. */
export const running =
  (run: Runner) =>
  (node: OperatorNode, operands: readonly PreciseTensor[], scalars: PreciseScalars): PreciseTensor => {
    const { order, kept, count } = axesOf(node, operands[0]!);
    const moved = operands.map((x) => transposed(x, order));
    const d = preciseTensor(moved[0]!.shape);
    if (count > 0) for (let row = 0; row < sizeOf(kept); row++) run(d, row * count, moved, count, scalars);
    return transposed(
      d,
      order.map((_, axis) => order.indexOf(axis)),
    );
  };
