/** Sizes of the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** A float64 tensor in row-major order. */
export interface Tensor {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** Number of elements of a tensor of this shape. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const axis of shape) size *= axis;
  return size;
}

/** `()`, `(3,)`, `(2, 3)`: a shape as NumPy writes it. */
export function formatShape(shape: readonly (number | string)[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a === b || (a.length === b.length && a.every((axis, i) => axis === b[i]));
}

export function scalar(value: number): Tensor {
  return { shape: [], data: Float64Array.of(value) };
}

/** The indices, one an axis, of an element by its position in row-major order. */
export function indexAt(position: number, shape: Shape): number[] {
  const index: number[] = new Array(shape.length);
  let rest = position;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}

/** `W[2,1]`: an element by its position in row-major order; a scalar is its name. */
export const elementName = (name: string, shape: Shape, position: number): string =>
  shape.length === 0 ? name : `${name}[${indexAt(position, shape).join(",")}]`;
