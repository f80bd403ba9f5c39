import { isSamePiece, type Motion, type Sample } from "../../../src/check/motion.js";
import type { Verdict } from "../../../src/check-results.js";
import { sub } from "../../../src/precise/double-double.js";
import { elementOf } from "../../../src/precise/tensor.js";

/** Which verdicts a right derivative may get at a point of some kind, and why no other. */
interface Allowed {
  readonly verdicts: readonly Verdict[];
  readonly reason: string;
}

export const allowed = {
  inside: {
    verdicts: ["PASS"],
    reason:
      "value and derivative are numbers, and the same piece lies at both sides: there is nothing to excuse",
  },
  subnormal: {
    verdicts: ["PASS", "UNSTABLE"],
    reason: "below the normal numbers, float64 has fewer digits than 16, so the number has lost some",
  },
  seam: {
    verdicts: ["PASS"],
    reason: "two pieces meet with one value and one slope, which is the derivative",
  },
  corner: {
    verdicts: ["KINK"],
    reason: "two pieces meet with one value and two slopes, and every convention lies between these",
  },
  jump: {
    verdicts: ["DISCONTINUOUS"],
    reason: "the value is not what it tends to at a side, so no number is its derivative",
  },
  edge: {
    verdicts: ["PASS"],
    reason: "only one side has values; the slope at that side is a number, and the derivative",
  },
  flat: {
    verdicts: ["INCONCLUSIVE"],
    reason:
      "a slope of 0 in a piece this narrow cannot be told from a ripple below the rounding of the value",
  },
  dense: {
    verdicts: ["INCONCLUSIVE"],
    reason:
      "pieces follow one another within any step that can be made, so there are no differences within one",
  },
  "no number": {
    verdicts: ["NONFINITE"],
    reason: "the argument, the value or the derivative is infinite or NaN, which never passes",
  },
} satisfies Record<string, Allowed>;

export type Kind = keyof typeof allowed;

export const isAllowed = (kind: Kind, verdict: Verdict): boolean =>
  (allowed[kind].verdicts as readonly Verdict[]).includes(verdict);

const leastNormal = 2 ** -1022;

/** Steps to the sides, as parts of an argument: such short ones that a piece next to the point is not left. */
const [near, nearer] = [2 ** -70, 2 ** -90];

/** Pieces that end within this part of an argument are too narrow for a slope of 0: at a border, and inside of one. */
const [narrowBeside, narrowInside] = [2 ** -40, 2 ** -20];

interface Place {
  /** Of the argument that moves, and how large arguments are where it is 0. */
  readonly x: number;
  readonly size: number;
  readonly value: number;
  readonly derivative: number;
}

/** The kind of a point for one argument, by what the value is next to it; the check has no part in that. */
export function kindOf(motion: Motion, input: string, { x, size, value, derivative }: Place): Kind {
  if (![x, value, derivative].every(Number.isFinite)) return "no number";
  const scale = Math.max(Math.abs(x) || size, 2 ** -980);
  const direction = new Map([[input, Float64Array.of(1)]]);
  const at = (step: number) => motion.at(direction, step);
  const start = at(0);
  /** Whether one piece comes after another up to a distance. */
  const hasMany = (distance: number) =>
    [-1, 1].some((side) => {
      const steps = [1 / 8, 1 / 4, 1 / 2, 1].map((part) => at(side * scale * distance * part));
      return steps.slice(1).every((sample, k) => !isSamePiece(sample, steps[k]!));
    });
  if (hasMany(near)) return "dense";
  if (derivative === 0 && hasMany(narrowBeside)) return "flat";
  const sides = [-1, 1].map((side) => sideAt(start, at, side * scale));
  const isEdge = sides.includes(undefined);
  // Within a piece, what looks like a jump is a value that goes up and down in shorter steps.
  if (sides.some((side) => side?.jumps && (isEdge || !side.isOwn))) return "jump";
  if (isEdge) return "edge";
  if (derivative === 0 && hasMany(narrowInside)) return "flat";
  const [below, above] = sides as [Side, Side];
  if (below.isOwn && above.isOwn)
    return Math.abs(derivative) < leastNormal && derivative !== 0 ? "subnormal" : "inside";
  const steepest = Math.max(Math.abs(below.slope), Math.abs(above.slope));
  return Math.abs(below.slope - above.slope) <= 1e-6 * steepest ? "seam" : "corner";
}

interface Side {
  readonly slope: number;
  readonly jumps: boolean;
  /** Whether it belongs to the piece of the point. */
  readonly isOwn: boolean;
}

/** `undefined` where values are not finite. */
function sideAt(start: Sample, at: (step: number) => Sample, signed: number): Side | undefined {
  const [first, half, close] = [near, near / 2, nearer].map((part) => at(signed * part)) as [
    Sample,
    Sample,
    Sample,
  ];
  if (![first, half, close].every((sample) => sample.isFinite)) return undefined;
  const from = (sample: Sample, other: Sample) =>
    sub(elementOf(sample.outputs[0]!, 0), elementOf(other.outputs[0]!, 0)).hi;
  const [far, left] = [Math.abs(from(first, start)), Math.abs(from(close, start))];
  return {
    slope: from(first, half) / (signed * near * 0.5),
    // What is left of a jump nearer by 20 powers of 2 is all of it; of rounding, which may be, too, it is nothing.
    jumps: left > far / 2 && left > 2 ** -80 * Math.abs(start.outputs[0]!.hi[0]!),
    isOwn: isSamePiece(first, start),
  };
}
