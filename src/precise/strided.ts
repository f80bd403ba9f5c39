import { broadcastStrides, collapse } from "../engine/layout.js";
import { contiguousStrides } from "../graph/shape.js";
import { type Shape, sameShape, sizeOf } from "../tensor.js";
import { type Elements, type PreciseTensor, preciseTensor } from "./tensor.js";

/** Where the elements of a part of a tensor lie. */
export interface Strides {
  readonly offset: number;
  readonly strides: readonly number[];
}

/**
 * Calls `visit` for every index over the axes, in row-major order, with the number of the turn and where each operand is
 * then; the list is the same one each time.
 */
export function walk(
  sizes: Shape,
  operands: readonly Strides[],
  visit: (at: readonly number[], turn: number) => void,
): void {
  if (sizes.includes(0)) return;
  const nest = collapse(
    sizes,
    operands.map(({ strides }) => strides),
  );
  const at = operands.map(({ offset }) => offset);
  const counter = nest.sizes.map(() => 0);
  for (let turn = 0; ; turn++) {
    visit(at, turn);
    let axis = counter.length - 1;
    for (; axis >= 0; axis--) {
      const size = nest.sizes[axis]!;
      for (let k = 0; k < at.length; k++) at[k]! += nest.strides[k]![axis]!;
      counter[axis]! += 1;
      if (counter[axis]! < size) break;
      counter[axis] = 0;
      for (let k = 0; k < at.length; k++) at[k]! -= size * nest.strides[k]![axis]!;
    }
    if (axis < 0) return;
  }
}

/** Copies the elements of a part of x, in this shape, to a part of `to`. */
export function copy(shape: Shape, to: Elements, target: Strides, x: Elements, source: Strides): void {
  if (sizeOf(shape) === 0) return;
  const { sizes, strides } = collapse(shape, [target.strides, source.strides]);
  const [ds, xs] = strides as [number[], number[]];
  const count = sizes.at(-1) ?? 1;
  const step = ds.at(-1) ?? 1;
  const xStep = xs.at(-1) ?? 1;
  const outer = [
    { offset: target.offset, strides: ds.slice(0, -1) },
    { offset: source.offset, strides: xs.slice(0, -1) },
  ];
  walk(sizes.slice(0, -1), outer, ([d, a]) => {
    for (let i = 0; i < count; i++) {
      to.hi[d! + i * step] = x.hi[a! + i * xStep]!;
      to.lo[d! + i * step] = x.lo[a! + i * xStep]!;
    }
  });
}

/** A tensor of the elements of a part of x. */
export function taken(x: Elements, shape: Shape, source: Strides): PreciseTensor {
  const d = preciseTensor(shape);
  copy(shape, d, whole(shape), x, source);
  return d;
}

/** All elements of a tensor of this shape. */
export const whole = (shape: Shape): Strides => ({ offset: 0, strides: contiguousStrides(shape) });

export const transposed = (x: PreciseTensor, permutation: readonly number[]): PreciseTensor => {
  if (permutation.every((axis, i) => axis === i)) return x;
  const strides = contiguousStrides(x.shape);
  return taken(
    x,
    permutation.map((axis) => x.shape[axis]!),
    { offset: 0, strides: permutation.map((axis) => strides[axis]!) },
  );
};

/** How a tensor of one shape is read as one of a larger shape. */
export const broadcasting = (shape: Shape, target: Shape): Strides => ({
  offset: 0,
  strides: broadcastStrides(shape, contiguousStrides(shape), target),
});

export const broadcastTo = (x: PreciseTensor, shape: Shape): PreciseTensor =>
  sameShape(x.shape, shape) ? x : taken(x, shape, broadcasting(x.shape, shape));
