import { pushforward } from "../autodiff/forward.js";
import { Fault } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import { type DoubleDouble, sub } from "../precise/double-double.js";
import { evaluatePrecisely } from "../precise/evaluate.js";
import { type PreciseTensor, preciseTensor } from "../precise/tensor.js";
import { directionTolerance } from "./judge.js";
import type { Point } from "./rounding.js";

/** How outputs change along directions, by forward accumulation in double-doubles: of all outputs in one sweep. */
export class ForwardRules {
  readonly #b: Calculus;
  readonly #outputs: readonly OperatorNode[];
  readonly #point: Point;
  readonly #known = new WeakMap<Float64Array, readonly PreciseTensor[] | undefined>();

  constructor(b: Calculus, outputs: readonly OperatorNode[], point: Point) {
    this.#b = b;
    this.#outputs = outputs;
    this.#point = point;
  }

  /** Of the shape of the output. `undefined` where an operation on the way has no derivative there. */
  along(output: number, input: OperatorNode, speeds: Float64Array): PreciseTensor | undefined {
    if (!this.#known.has(speeds)) this.#known.set(speeds, this.#sweep(input, speeds));
    return this.#known.get(speeds)?.[output];
  }

  #sweep(input: OperatorNode, speeds: Float64Array): readonly PreciseTensor[] | undefined {
    const b = this.#b;
    const seed = b.constant({ shape: input.shape, data: speeds });
    const tangents = pushforward(b, this.#outputs, new Map([[input, seed]]));
    try {
      const values = evaluatePrecisely(
        tangents.filter((tangent) => tangent !== null),
        this.#point,
      );
      let next = 0;
      return tangents.map((tangent, k) =>
        tangent === null ? preciseTensor(this.#outputs[k]!.shape) : values[next++]!,
      );
    } catch (error) {
      // As where two singular values are one, and what is made of their vectors is masked in reverse.
      if (error instanceof Fault) return undefined;
      throw error;
    }
  }
}

/** A slope along a direction, and the sizes of what it is the sum of. */
export interface Along {
  readonly value: DoubleDouble;
  readonly size: number;
}

/** One slope, along any direction, both ways. */
interface Sides {
  readonly forward: (speeds: Float64Array) => DoubleDouble | undefined;
  readonly reverse: (speeds: Float64Array) => Along;
}

/** Numbers below this have fewer than 32 digits. */
const underflow = 2 ** -960;

/** The elements of a direction by which forward and reverse rules differ, each found by halves when it is asked for. */
export function* disagreeing(sides: Sides, speeds: Float64Array): Generator<number> {
  const isSame = (part: Float64Array): boolean => {
    const { value, size } = sides.reverse(part);
    // What is infinite or NaN in reverse is told anyway.
    if (!Number.isFinite(size)) return true;
    const forward = sides.forward(part);
    return forward === undefined || Math.abs(sub(forward, value).hi) <= directionTolerance * size + underflow;
  };
  function* within(from: number, to: number, part: Float64Array): Generator<number> {
    if (isSame(part)) return;
    if (to - from === 1) {
      yield from;
      return;
    }
    const middle = Math.floor((from + to) / 2);
    for (const [start, end] of [
      [from, middle],
      [middle, to],
    ] as const)
      yield* within(
        start,
        end,
        speeds.map((speed, i) => (i >= start && i < end ? speed : 0)),
      );
  }
  yield* within(0, speeds.length, speeds);
}
