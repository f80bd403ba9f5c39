import type { Verdict } from "../check-results.js";
import { type DoubleDouble, sub } from "../precise/double-double.js";

/** What is compared with what. */
export interface TwoSides {
  readonly ours: Float64Array;
  readonly theirs: Float64Array;
  /** How far apart two numbers may be, by the larger of them. */
  readonly tolerance: number;
  /** An element in 32 digits; undefined where that is not known. */
  readonly truth: (element: number) => DoubleDouble | undefined;
  /** The size of which rounding makes an element that is truly 0. */
  readonly scale: (element: number) => number;
  /** Elements that may differ. */
  readonly excused?: ReadonlySet<number>;
}

/** What has come of comparing, with the element that is worst. */
export interface Agreement {
  readonly verdict: Extract<Verdict, "PASS" | "WRONG" | "NONFINITE">;
  /** By the larger of both, and at least by `tolerance` times the largest element: at most `tolerance` where they agree. */
  readonly error: number;
  readonly element: number;
  /** By how much the two numbers there might differ. */
  readonly allowed: number;
  /** How many elements do not agree. */
  readonly failed: number;
}

/** Of a number whose true value is 0, so much of its scale is rounding, as sums of a thousand terms have it. */
const rounding = 2 ** -43;

/** What is so much smaller than its scale is 0 but for the rounding of 32 digits. */
const zeroInTruth = 2 ** -80;

const largestOf = (data: Float64Array): number =>
  data.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);

/**
 * Compares two tensors. Numbers agree where they differ by at most `tolerance` of the larger one. Small ones beside large
 * ones are what rounding has left of sums of these, so an element counts as at least `tolerance` times the largest element
 * of the tensor: absolutely, `tolerance²` of the largest is always allowed (10⁻¹² of it where 10⁻⁶ is the tolerance). The
 * largest is that of the side on which it is smaller, so that an element which is far too large does not excuse the others.
 * Where the truth is 0, either side may have rounding instead.
 *
 * Every comparison is written so that NaN fails it.
 */
export function agreement({ ours, theirs, tolerance, truth, scale, excused }: TwoSides): Agreement {
  const floor = tolerance * Math.min(largestOf(ours), largestOf(theirs));
  let worst: Omit<Agreement, "failed"> = {
    verdict: "PASS",
    error: 0,
    element: 0,
    allowed: tolerance * floor,
  };
  let failed = 0;
  for (let i = 0; i < ours.length; i++) {
    const [a, b] = [ours[i]!, theirs[i]!];
    const size = Math.max(Math.abs(a), Math.abs(b), floor);
    const difference = Math.abs(a - b);
    const error = difference === 0 ? 0 : difference / size;
    if (error <= tolerance) {
      if (worst.verdict === "PASS" && error > worst.error)
        worst = { verdict: "PASS", error, element: i, allowed: tolerance * size };
      continue;
    }
    const areFinite = Number.isFinite(a) && Number.isFinite(b);
    if (areFinite && excused?.has(i)) continue;
    if (areFinite && isRounding(a, b, truth(i), scale(i))) continue;
    failed += 1;
    const verdict = areFinite ? "WRONG" : "NONFINITE";
    // Of what is not finite, the first one is as good as any other.
    const isWorse =
      worst.verdict === "PASS" ||
      (verdict === "WRONG" && (worst.verdict === "NONFINITE" || error > worst.error));
    if (isWorse)
      worst = { verdict, error: areFinite ? error : Number.NaN, element: i, allowed: tolerance * size };
  }
  return { ...worst, failed };
}

function isRounding(a: number, b: number, truth: DoubleDouble | undefined, scale: number): boolean {
  if (truth === undefined) return false;
  const isZero = Math.abs(truth.hi) <= zeroInTruth * scale;
  return isZero && Math.abs(a) <= rounding * scale && Math.abs(b) <= rounding * scale;
}

/** Which of two numbers is nearer to the truth; undefined where that cannot be told. */
export function nearer(ours: number, theirs: number, truth: DoubleDouble): "ours" | "theirs" | undefined {
  const distance = (x: number): DoubleDouble => {
    const { hi, lo } = sub(truth, { hi: x, lo: 0 });
    return hi < 0 ? { hi: -hi, lo: -lo } : { hi, lo };
  };
  const { hi } = sub(distance(ours), distance(theirs));
  if (hi < 0) return "ours";
  return hi > 0 ? "theirs" : undefined;
}
