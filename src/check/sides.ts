import { type DoubleDouble, scaled, sub } from "../precise/double-double.js";
import { elementOf } from "../precise/tensor.js";
import { all, each, isGood, leastStep, noiseOf, rungs, type Slope, termsOf } from "./differences.js";
import type { Line } from "./directions.js";
import { isSamePiece, type Motion, type Sample } from "./motion.js";
import { isHidden, shorter } from "./resolution.js";
import { extrapolated, type Limit } from "./richardson.js";

/** One side of a border: from below, or from above. */
export interface Side {
  /** `outside`: values are not finite, as outside of a domain. `narrow`: pieces end sooner than steps can be made. */
  readonly kind: "inside" | "outside" | "narrow";
  /** By element: towards the point, and of the value there. */
  readonly slopes: readonly Slope[];
  readonly values: readonly Limit[];
}

/** A side that is not there. */
export const nowhere: Side = { kind: "outside", slopes: [], values: [] };

/** A slope that grows by more than this from the longest steps to the shortest has no limit. */
const steep = 2 ** 30;

/**
 * The steps from a border into one of its sides, as parts of the length of a line: short ones for a piece that ends soon,
 * and very short ones for slopes that grow like a root.
 */
const fromBorder = [20, 32, 44, 58, 120, 240, 480].map((exponent) => 2 ** -exponent);

/** The same where parts of the length are a long way. */
const shortStep = 2 ** -20;

/** The same where parts of the length are too short to be made: the first that stays in a piece. */
const longSteps = [980, 800, 500].map((exponent) => 2 ** -exponent);

/** Slopes and values of the one output of a motion at one side of the point, from points of that side alone. */
export function sideOf(motion: Motion, line: Line, sign: -1 | 1): Side {
  const parts = fromBorder.map((part) => part * line.length).filter((step) => step >= leastStep);
  const isLong = fromBorder[0]! * line.length > shortStep;
  const steps = isLong ? [...parts, shortStep].sort((p, q) => q - p) : parts;
  let first: Side | undefined;
  let best: Side | undefined;
  let isOutside = true;
  for (const step of steps.length > 0 ? steps : longSteps) {
    const samples = Array.from({ length: rungs + 1 }, (_, rung) =>
      motion.at(line.direction, sign * step * 2 ** -rung),
    );
    const areFinite = samples.every((sample) => sample.isFinite);
    isOutside &&= !areFinite;
    if (!areFinite || !samples.every((sample) => isSamePiece(sample, samples[0]!))) continue;
    const found = seen(
      motion,
      line,
      sign * step,
      sideFrom(samples, sign * step, line.length, motion.rounding()[0]!),
    );
    first ??= found;
    best = best === undefined ? found : steeper(better(best, found), first, found, line.length);
    if (all([[...best.slopes]], isGood)) break;
  }
  return best ?? (isOutside ? nowhere : { kind: "narrow", slopes: [], values: [] });
}

/** Slopes with bounds that tell of what even the shortest step cannot see. */
function seen(motion: Motion, { direction }: Line, signed: number, side: Side): Side {
  const from = signed * 2 ** -rungs;
  const short = from * (1 + shorter);
  if (Math.abs(from) * shorter < leastStep) return side;
  const hidden = motion.hidden(direction, [from, 2 * from], [from, short])?.[0];
  if (hidden === undefined) return side;
  const slopes = side.slopes.map((slope, i) =>
    isHidden(slope, hidden[i]) ? { ...slope, bound: Number.POSITIVE_INFINITY } : slope,
  );
  return { ...side, slopes };
}

/** From values at a step and its halves, all of one side: the value at the point itself may belong to the other one. */
function sideFrom(samples: readonly Sample[], signed: number, length: number, extra: Float64Array): Side {
  const at = (rung: number, i: number): DoubleDouble => elementOf(samples[rung]!.outputs[0]!, i);
  const steps = samples.map((_, rung) => signed * 2 ** -rung);
  const noise = steps.map((_, rung) =>
    Array.from(extra, (known, i) => noiseOf(known, sub(at(rung, i), at(rungs, i)).hi)),
  );
  const [slopes] = each(samples[0]!, (x, _, i) => ({
    // (f(2h) − f(h)) / h.
    ...extrapolated(
      steps.slice(1).map((step, rung) => scaled(sub(at(rung, i), at(rung + 1, i)), 1 / step)),
      steps.slice(1).map((step, rung) => noise[rung]![i]! / Math.abs(step)),
      1,
    ),
    size: Math.abs(x.hi) / length,
    terms: termsOf(x.hi, extra[i]!) / length,
    step: Math.abs(signed),
  }));
  const [values] = each(samples[0]!, (_x, _k, i) =>
    extrapolated(
      steps.map((_, rung) => at(rung, i)),
      noise.map((own) => own[i]!),
      1,
    ),
  );
  return { kind: "inside", slopes: slopes!, values: values! };
}

/**
 * Slopes of a point inside of a piece, next to a border, by differences with points of one side: they may go farther than
 * central ones. `undefined` where they leave the piece.
 */
export function slopesFrom(motion: Motion, line: Line, signed: number): Slope[][] | undefined {
  const start = motion.start(line.direction);
  const samples = Array.from({ length: rungs + 1 }, (_, rung) =>
    motion.at(line.direction, signed * 2 ** -rung),
  );
  if (!samples.every((sample) => sample.isFinite && isSamePiece(sample, start))) return undefined;
  return motion.rounding().map((extra, k) => [
    ...sideFrom(
      samples.map((sample) => ({ ...sample, outputs: [sample.outputs[k]!] })),
      signed,
      line.length,
      extra,
    ).slopes,
  ]);
}

/** Infinite slopes where those of shorter steps are so much larger, and come of more than rounding. */
function steeper(side: Side, long: Side, short: Side, length: number): Side {
  const slopes = side.slopes.map((slope, i) => {
    const [p, { value, step, size }] = [long.slopes[i]!.value.hi, short.slopes[i]!];
    const isKnown = p !== 0 && Number.isFinite(long.slopes[i]!.bound);
    const isSteep = isKnown && value.hi / p > steep && Math.abs(value.hi) * step > 2 ** -70 * size * length;
    if (!isSteep) return slope;
    return { ...slope, value: { hi: value.hi * Number.POSITIVE_INFINITY, lo: 0 }, bound: 0 };
  });
  return { ...side, slopes };
}

/** By element, each estimate that has the smaller bound. */
function better(p: Side, q: Side): Side {
  const smaller = <One extends Limit>(one: One, other: One) => (other.bound < one.bound ? other : one);
  return {
    kind: "inside",
    slopes: p.slopes.map((slope, i) => ({
      ...smaller(slope, q.slopes[i]!),
      size: Math.max(slope.size, q.slopes[i]!.size),
      terms: Math.max(slope.terms, q.slopes[i]!.terms),
    })),
    values: p.values.map((value, i) => smaller(value, q.values[i]!)),
  };
}
