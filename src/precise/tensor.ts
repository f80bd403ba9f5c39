import { type Shape, sizeOf, type Tensor } from "../tensor.js";
import type { DoubleDouble } from "./double-double.js";

/** A tensor of double-doubles in row-major order. Values do not change once a node has them. */
export interface PreciseTensor {
  readonly shape: Shape;
  readonly hi: Float64Array;
  readonly lo: Float64Array;
}

export function preciseTensor(shape: Shape): PreciseTensor {
  const size = sizeOf(shape);
  return { shape, hi: new Float64Array(size), lo: new Float64Array(size) };
}

export const fromTensor = ({ shape, data }: Tensor): PreciseTensor => ({
  shape,
  hi: data,
  lo: new Float64Array(data.length),
});

/** Each element as the double next to it. */
export const toTensor = ({ shape, hi }: PreciseTensor): Tensor => ({ shape, data: hi });

export const elementOf = ({ hi, lo }: PreciseTensor, i: number): DoubleDouble => ({ hi: hi[i]!, lo: lo[i]! });

export function setElement({ hi, lo }: PreciseTensor, i: number, value: DoubleDouble): void {
  hi[i] = value.hi;
  lo[i] = value.lo;
}
