import { add, exactProduct } from "../precise/double-double.js";
import { elementOf, preciseTensor, setElement } from "../precise/tensor.js";
import type { Point } from "./rounding.js";

/** By input: how far each element moves when the whole moves by 1. Inputs that are not named stay. */
export type Direction = ReadonlyMap<string, Float64Array>;

/** A small generator (Marsaglia's xorshift32): whoever has the seed has the numbers. */
export function randomSource(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A seed for a text (FNV-1a, 32 bits), so that a check of one script makes the same choices every time. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Elements of an input that are smaller than this part of its largest one move as if they were so large. */
const smallest = 2 ** -10;

/** Parts of a smaller scale would soon be below all numbers. */
const leastScale = 2 ** -990;

/**
 * By how much each element of an input moves in a step of 1: about its own size, as a power of 2, so that steps are exact.
 * Elements that are 0 move by what the others do, and by 1 where all are.
 */
export function scalesOf(point: Point, name: string): Float64Array {
  const { hi } = point.get(name)!;
  const largest = hi.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
  const floor = largest === 0 ? 1 : Math.max(largest * smallest, leastScale);
  return hi.map((x) => 2 ** Math.floor(Math.log2(Math.max(Number.isFinite(x) ? Math.abs(x) : 0, floor))));
}

/** One element moves. */
export function coordinate(scales: Float64Array, element: number): Float64Array {
  const speeds = new Float64Array(scales.length);
  speeds[element] = scales[element]!;
  return speeds;
}

/** All elements move, each up or down and by one to two times its scale, so that no two errors cancel by symmetry. */
export function everywhere(scales: Float64Array, random: () => number): Float64Array {
  return scales.map((scale) => (random() < 0.5 ? -1 : 1) * scale * (1 + Math.floor(random() * 1024) / 1024));
}

/** A straight line through a point along which one input moves. */
export interface Line {
  /** Scaled so that the fastest element moves by 1 to 2 in a step of 1. */
  readonly direction: Direction;
  /** The speeds in it. */
  readonly speeds: Float64Array;
  /** How large a step is that moves elements by about their own size: a power of 2. */
  readonly length: number;
}

export function along(name: string, speeds: Float64Array): Line {
  const fastest = speeds.reduce((most, speed) => Math.max(most, Math.abs(speed)), 0);
  const length = fastest === 0 ? 1 : 2 ** Math.floor(Math.log2(fastest));
  const scaled = speeds.map((speed) => speed / length);
  return { direction: new Map([[name, scaled]]), speeds: scaled, length };
}

/** The point, moved along a direction. */
export function moved(point: Point, direction: Direction, step: number): Point {
  const result = new Map(point);
  for (const [name, speeds] of direction) {
    const from = point.get(name)!;
    const to = preciseTensor(from.shape);
    to.hi.set(from.hi);
    to.lo.set(from.lo);
    for (const [i, speed] of speeds.entries()) {
      if (speed !== 0) setElement(to, i, add(elementOf(from, i), exactProduct(speed, step)));
    }
    result.set(name, to);
  }
  return result;
}
