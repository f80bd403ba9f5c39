import { type DoubleDouble, scaled, sub } from "../precise/double-double.js";
import { elementOf } from "../precise/tensor.js";
import type { Line } from "./directions.js";
import { isSamePiece, type Motion, type Sample } from "./motion.js";
import { extrapolated, type Limit } from "./richardson.js";
import { unitOfRounding } from "./rounding.js";

export interface Slope extends Limit {
  /** The largest value that it comes of, by the length of the line: rounding of that is what a slope of 0 is uncertain by. */
  readonly size: number;
  /** The same of all that it is made of on the way, more than that, where large terms cancel. */
  readonly terms: number;
  /** The longest step that it comes of. */
  readonly step: number;
}

/** By output: by how much rounding on the way may move each element. */
export type Rounding = readonly Float64Array[];

/** How often a step is halved. */
export const rungs = 6;

/** Steps below this one cannot be halved so often and divided by. */
export const leastStep = 2 ** (rungs + 1 - 1022);

/** A reference as good as this is not looked for any further. */
const goodEnough = 1e-15;

/** What rounding makes of a change of a value, with some more for digits lost on the way. */
const rounding = 2 ** -96;

/** The same of values so small that double-doubles have fewer digits, or none. */
export const underflow = 2 ** -1068;

/** Changes of a value below the normal numbers count as none. */
const leastTerm = 2 ** (53 - 1022);

/** By how much a value, or the difference of two, is uncertain. `known`: what the rounding of all terms tells. */
export const noiseOf = (known: number, change: number): number =>
  known + rounding * Math.abs(change) + underflow;

/** How large the terms are that a value is made of. */
export const termsOf = (x: number, known: number): number =>
  Math.max(Math.abs(x), known / unitOfRounding, leastTerm);

/** As good as that; or 0 as far as can be told, and below what rounding makes of a slope of such terms in float64. */
export const isGood = ({ value, bound, terms }: Slope): boolean =>
  bound <= goodEnough * Math.abs(value.hi) || (Math.abs(value.hi) <= bound && bound <= 2 ** -73 * terms);

export const all = (slopes: readonly Slope[][], holds: (slope: Slope) => boolean): boolean =>
  slopes.every((own) => own.every(holds));

/**
 * Central differences at a step and its halves, extrapolated; as few of them as make it good. `undefined` where the
 * first steps leave the pieces or the domain of the point.
 */
export function climbed(
  motion: Motion,
  line: Line,
  beginning: number,
  extra: Rounding,
): Slope[][] | undefined {
  const slopes: DoubleDouble[][][] = [];
  const noise: number[][][] = [];
  let first: Slope[][] = [];
  let limits: Slope[][] | undefined;
  for (let rung = 0; rung < rungs; rung++) {
    const found = differences(motion, line, beginning * 2 ** -rung, extra);
    if (found === undefined) return limits;
    slopes.push(found.map((own) => own.map(({ value }) => value)));
    noise.push(found.map((own) => own.map(({ bound }) => bound)));
    if (rung === 0) first = found;
    if (rung < 2) continue;
    limits = first.map((own, k) =>
      own.map(({ size, terms }, i) => ({
        ...extrapolated(
          slopes.map((one) => one[k]![i]!),
          noise.map((one) => one[k]![i]!),
          2,
        ),
        size,
        terms,
        step: beginning,
      })),
    );
    if (all(limits, isGood)) return limits;
  }
  return limits;
}

/** Central differences at one step; the bound is that of rounding alone. */
export function differences(
  motion: Motion,
  { direction, length }: Line,
  step: number,
  extra: Rounding,
): Slope[][] | undefined {
  const start = motion.start(direction);
  const [below, above] = [motion.at(direction, -step), motion.at(direction, step)];
  const isInside = [below, above].every((sample) => sample.isFinite && isSamePiece(sample, start));
  if (!isInside) return undefined;
  return each(above, (x, k, i) => {
    const other = elementOf(below.outputs[k]!, i);
    const size = Math.max(Math.abs(x.hi), Math.abs(other.hi));
    const known = extra[k]![i]!;
    const change = sub(x, other);
    return {
      value: scaled(change, 1 / (2 * step)),
      bound: noiseOf(known, change.hi) / step,
      size: size / length,
      terms: termsOf(size, known) / length,
      step,
    };
  });
}

/** What is made of each element of each output. */
export function each<Result>(
  { outputs }: Sample,
  make: (x: DoubleDouble, output: number, element: number) => Result,
): Result[][] {
  return outputs.map((tensor, k) => Array.from(tensor.hi, (_, i) => make(elementOf(tensor, i), k, i)));
}
