import { type DoubleDouble, scaled, sub } from "../precise/double-double.js";
import { elementOf } from "../precise/tensor.js";
import { type Direction, isSamePiece, type Motion, type Sample } from "./motion.js";
import { extrapolated, type Limit } from "./richardson.js";

/** The derivatives of each element of an output along a direction, by differences. */
export type Reference =
  /** Both sides belong to the same pieces as the point, as far as the steps went. */
  | { readonly kind: "smooth"; readonly slopes: readonly Slope[] }
  /** The point lies on the border of two pieces, or next to it. */
  | { readonly kind: "border"; readonly sides: readonly [Side, Side] };

export interface Slope extends Limit {
  /** The largest value that it comes of: rounding of that is what a slope of 0 is uncertain by. */
  readonly size: number;
}

/** One side of a border: from below, or from above. */
export interface Side {
  /** False where values are not finite, as outside of a domain. */
  readonly isInside: boolean;
  /** By element: towards the point, and of the value there. */
  readonly slopes: readonly Slope[];
  readonly values: readonly Limit[];
}

/** The first steps that are tried, one after the other, as parts of the direction: 2⁻¹⁰, …; each begins a ladder. */
const beginnings = [10, 18, 28, 40, 54, 66].map((exponent) => 2 ** -exponent);

/** How often a step is halved. */
const rungs = 6;

/** A reference as good as this is not looked for any further. */
const goodEnough = 1e-15;

/** What rounding makes of a value of 32 digits, and some more for those that cancel on the way. */
const rounding = 2 ** -96;

/** By output: differences of values along a direction, central ones, or from both sides at a border. */
export function referencesAlong(motion: Motion, direction: Direction): Reference[] {
  const smooth = smoothSlopes(motion, direction);
  if (smooth !== undefined) return smooth.map((slopes) => ({ kind: "smooth", slopes }));
  // A border that one output has need not be one of the others.
  if (motion.count > 1) return motion.each().flatMap((own) => referencesAlong(own, direction));
  return [{ kind: "border", sides: [sideOf(motion, direction, -1), sideOf(motion, direction, 1)] }];
}

/** By output, by element; `undefined` where the point lies on a border. */
function smoothSlopes(motion: Motion, direction: Direction): Slope[][] | undefined {
  let best: Slope[][] | undefined;
  for (const beginning of beginnings) {
    const found = ladder(motion, direction, beginning);
    if (found === undefined) continue;
    best =
      best === undefined ? found : best.map((own, k) => own.map((slope, i) => better(slope, found[k]![i]!)));
    if (best.every((own) => own.every(isGood))) break;
  }
  return best;
}

const better = (p: Slope, q: Slope): Slope => ({
  ...(q.bound < p.bound ? q : p),
  size: Math.max(p.size, q.size),
});

/** As good as that, or far below what rounding makes of it in float64. */
const isGood = ({ value, bound, size }: Slope) =>
  bound <= goodEnough * Math.abs(value.hi) || bound <= 2 ** -73 * size;

/** Central differences from a step on, each time halved; `undefined` where the first step leaves the piece. */
function ladder(motion: Motion, direction: Direction, beginning: number): Slope[][] | undefined {
  const start = motion.start();
  const slopes: DoubleDouble[][][] = [];
  const noise: number[][][] = [];
  let limits: Slope[][] | undefined;
  let sizes: number[][] = [];
  for (let rung = 0; rung < rungs; rung++) {
    const step = beginning * 2 ** -rung;
    const [below, above] = [motion.at(direction, -step), motion.at(direction, step)];
    const isInside = [below, above].every((sample) => sample.isFinite && isSamePiece(sample, start));
    if (!isInside) return limits;
    slopes.push(each(above, (x, k, i) => scaled(sub(x, elementOf(below.outputs[k]!, i)), 1 / (2 * step))));
    if (rung === 0)
      sizes = each(above, (x, k, i) => Math.max(Math.abs(x.hi), Math.abs(below.outputs[k]!.hi[i]!)));
    noise.push(each(above, (x) => (rounding * Math.abs(x.hi)) / step));
    if (rung < 2) continue;
    limits = each(above, (_, k, i) => ({
      ...extrapolated(
        slopes.map((one) => one[k]![i]!),
        noise.map((one) => one[k]![i]!),
        2,
      ),
      size: sizes[k]![i]!,
    }));
    if (limits.every((own) => own.every(isGood))) return limits;
  }
  return limits;
}

/** What is made of each element of each output. */
function each<Result>(
  { outputs }: Sample,
  make: (x: DoubleDouble, output: number, element: number) => Result,
): Result[][] {
  return outputs.map((tensor, k) => Array.from(tensor.hi, (_, i) => make(elementOf(tensor, i), k, i)));
}

/** The steps from a border into one of its sides: short enough for a piece that ends soon. */
const fromBorder = [20, 32, 44, 58].map((exponent) => 2 ** -exponent);

/** Slopes and values of the one output of a motion at one side of the point, from points of that side alone. */
function sideOf(motion: Motion, direction: Direction, sign: -1 | 1): Side {
  for (const beginning of fromBorder) {
    const samples = Array.from({ length: rungs + 1 }, (_, rung) =>
      motion.at(direction, sign * beginning * 2 ** -rung),
    );
    const isOnePiece = samples.every((sample) => sample.isFinite && isSamePiece(sample, samples[0]!));
    if (!isOnePiece) continue;
    const at = (rung: number, i: number) => elementOf(samples[rung]!.outputs[0]!, i);
    const steps = samples.map((_, rung) => beginning * 2 ** -rung);
    const noiseAt = (i: number) =>
      steps.slice(1).map((step, rung) => (rounding * Math.abs(at(rung, i).hi)) / step);
    // (f(2h) − f(h)) / h, from two points of the same side: the value at the point may belong to the other one.
    const slopes = each(samples[0]!, (x, _, i) => ({
      ...extrapolated(
        steps.slice(1).map((step, rung) => scaled(sub(at(rung, i), at(rung + 1, i)), sign / step)),
        noiseAt(i),
        1,
      ),
      size: Math.abs(x.hi),
    }));
    const values = each(samples[0]!, (_x, _k, i) =>
      extrapolated(
        steps.map((_, rung) => at(rung, i)),
        steps.map((_, rung) => rounding * Math.abs(at(rung, i).hi)),
        1,
      ),
    );
    return { isInside: true, slopes: slopes[0]!, values: values[0]! };
  }
  return { isInside: false, slopes: [], values: [] };
}
