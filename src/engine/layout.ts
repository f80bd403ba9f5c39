import { contiguousStrides } from "../graph/shape.js";
import { type Shape, sizeOf } from "../tensor.js";

/**
 * Where a node's value lies in the arena. Reshaping, transposing, broadcasting (stride 0) and slicing (any stride, also
 * negative) only make another view of the same storage.
 */
export interface View {
  /** Index of the storage that holds the elements. */
  readonly storage: number;
  /** Of the first element, from the arena's start. */
  readonly offset: number;
  readonly strides: readonly number[];
}

/** A loop nest over several operands at once; the last loop is the inner one. */
export interface Nest {
  readonly sizes: readonly number[];
  /** Strides of each operand, one for each loop. */
  readonly strides: readonly (readonly number[])[];
}

export function isContiguous(shape: Shape, strides: readonly number[]): boolean {
  let expected = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && strides[i] !== expected) return false;
    expected *= shape[i]!;
  }
  return true;
}

/** Strides under which a view of `shape` is read as the larger shape `target`: 0 where it repeats. */
export function broadcastStrides(shape: Shape, strides: readonly number[], target: Shape): number[] {
  const shift = target.length - shape.length;
  return target.map((size, axis) =>
    axis < shift || (shape[axis - shift] === 1 && size !== 1) ? 0 : strides[axis - shift]!,
  );
}

/** The same loops with as few levels as possible: loops of one turn go, loops that continue each other merge. */
export function collapse(sizes: readonly number[], strides: readonly (readonly number[])[]): Nest {
  const merged: number[] = [];
  const steps: number[][] = strides.map(() => []);
  for (let i = sizes.length - 1; i >= 0; i--) {
    const size = sizes[i]!;
    if (size === 1) continue;
    const inner = merged.at(-1);
    if (inner !== undefined && strides.every((s, k) => s[i] === steps[k]!.at(-1)! * inner)) {
      merged[merged.length - 1] = inner * size;
    } else {
      merged.push(size);
      strides.forEach((s, k) => {
        steps[k]!.push(s[i]!);
      });
    }
  }
  merged.reverse();
  for (const s of steps) s.reverse();
  return { sizes: merged, strides: steps };
}

/**
 * Strides that read the elements of a view, taken in row-major order, under another shape; `undefined` where no strides
 * can and the elements must be copied first.
 */
export function reshapeStrides(
  shape: Shape,
  strides: readonly number[],
  target: Shape,
): number[] | undefined {
  if (sizeOf(target) === 0) return contiguousStrides(target);
  const { sizes, strides: collapsed } = collapse(shape, [strides]);
  const source = collapsed[0]!;
  const result: number[] = new Array(target.length).fill(0);
  let axis = target.length - 1;
  for (let i = sizes.length - 1; i >= 0; i--) {
    let filled = 1;
    while (filled < sizes[i]!) {
      if (axis < 0) return undefined;
      result[axis] = source[i]! * filled;
      filled *= target[axis]!;
      axis -= 1;
    }
    if (filled !== sizes[i]) return undefined;
  }
  return result;
}
