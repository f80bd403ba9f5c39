import { type Shape, sizeOf, type Tensor } from "../tensor.js";
import type { DoubleDouble } from "./double-double.js";

/** A tensor of double-doubles in row-major order. Values do not change once a node has them. */
export interface PreciseTensor extends Elements {
  readonly shape: Shape;
}

/** Double-doubles side by side. */
export interface Elements {
  readonly hi: Float64Array;
  readonly lo: Float64Array;
}

export const elements = (count: number): Elements => ({
  hi: new Float64Array(count),
  lo: new Float64Array(count),
});

export function preciseTensor(shape: Shape): PreciseTensor {
  return { shape, ...elements(sizeOf(shape)) };
}

export const fromTensor = ({ shape, data }: Tensor): PreciseTensor => ({
  shape,
  hi: data,
  lo: new Float64Array(data.length),
});

/** Each element as the double next to it. */
export const toTensor = ({ shape, hi }: PreciseTensor): Tensor => ({ shape, data: hi });

export const elementOf = ({ hi, lo }: Elements, i: number): DoubleDouble => ({ hi: hi[i]!, lo: lo[i]! });

export function setElement({ hi, lo }: Elements, i: number, value: DoubleDouble): void {
  hi[i] = value.hi;
  lo[i] = value.lo;
}
