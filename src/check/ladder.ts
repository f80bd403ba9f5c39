import { type DoubleDouble, sub } from "../precise/double-double.js";
import {
  all,
  climbed,
  differences,
  isGood,
  leastStep,
  type Rounding,
  rungs,
  type Slope,
  underflow,
} from "./differences.js";
import type { Line } from "./directions.js";
import { isSamePiece, type Motion } from "./motion.js";
import { isHidden, shorter } from "./resolution.js";
import type { Limit } from "./richardson.js";
import { nowhere, type Side, sideOf, slopesFrom } from "./sides.js";

/** The derivatives of each element of an output along a line, by differences. */
export type Reference =
  /** Both sides belong to the same pieces as the point, as far as the steps went. */
  | {
      readonly kind: "smooth";
      readonly slopes: readonly Slope[];
      /** How many steps of 1 it is to the next piece, where that is nearer than steps would have gone. */
      readonly border: number | undefined;
    }
  /** The point lies on the border of two pieces, or next to it. */
  | { readonly kind: "border"; readonly sides: readonly [Side, Side] };

/** The first steps that are tried, as parts of the length of a line; each begins a ladder. */
const beginnings = [10, 18, 28, 40, 54, 66].map((exponent) => 2 ** -exponent);

/** Of a line that is longer, a part of it may be a long way: one more ladder begins here. */
const shortStep = 2 ** -10;

/** Of a line that is shorter, such parts may change too little to be seen beside the value: these ladders are longer. */
const longSteps = [700, 500, 350, 250, 180, 130, 90, 64, 44, 30, 20, 12, 8].map((exponent) => 2 ** -exponent);

/**
 * The shortest step of a difference that has to agree with what a ladder says: a ripple that is shorter than its steps and
 * smaller than its differences is not seen by it.
 */
const shortestProbe = 2 ** -56;

/** The longest and the shortest part of the first step of a ladder by which a probe tells more than it does. */
const longestPart = 2 ** -7;
const shortestPart = 2 ** -14;

/** How many times smaller than a slope the rounding of its probe has to be. */
const clarity = 2 ** 24;

/** How many times their bounds, added up, two estimates may be apart before the one of shorter steps is believed alone. */
const disbelief = 64;

/** By output: differences of values along a line, central ones, or from both sides at a border. */
export function referencesAlong(motion: Motion, line: Line): Reference[] {
  if (!motion.isDefinedAlong(line.direction))
    return motion.each().map(() => ({ kind: "border", sides: [nowhere, nowhere] }));
  const smooth = smoothSlopes(motion, line);
  const strayed = smooth && motion.strayed(line.direction);
  if (smooth !== undefined && (strayed === undefined || motion.count === 1)) {
    const border = nearestBorder(motion, line);
    const known = strayed === undefined ? smooth : smooth.map((own, k) => astray(own, strayed[k]!));
    return known.map((slopes) => ({ kind: "smooth", slopes, border }));
  }
  // A border that one output has need not be one of the others, nor need rounding that leaves its pieces.
  if (motion.count > 1) return motion.each().flatMap((own) => referencesAlong(own, line));
  return [{ kind: "border", sides: [sideOf(motion, line, -1), sideOf(motion, line, 1)] }];
}

const unbounded = (slope: Slope): Slope => ({ ...slope, bound: Number.POSITIVE_INFINITY });

/** Slopes of values that rounding may move so far: by that, divided by the shortest of their steps. */
const astray = (slopes: readonly Slope[], strayed: Float64Array): Slope[] =>
  slopes.map((slope, i) => ({
    ...slope,
    bound: Math.max(slope.bound, strayed[i]! / (slope.step * 2 ** -rungs)),
  }));

/** How often the way to a border is halved: three digits of it are enough. */
const halvings = 12;

/** The distance to the next piece along a line to either side, where it is less than the first step of a ladder. */
function nearestBorder(motion: Motion, { direction, length }: Line): number | undefined {
  const start = motion.start(direction);
  if (start.pieces.length === 0) return undefined;
  const leaves = (step: number) =>
    [-step, step].some((signed) => !isSamePiece(motion.at(direction, signed), start));
  let far = beginnings[0]! * length;
  if (!leaves(far)) return undefined;
  // From far off, it is near by many powers of two.
  while (far > leastStep && leaves(far / 2)) far /= 2;
  let near = far / 2;
  for (let k = 0; k < halvings; k++) {
    const middle = near + (far - near) / 2;
    if (leaves(middle)) far = middle;
    else near = middle;
  }
  return far;
}

/** By output, by element; `undefined` where the point lies on a border. */
function smoothSlopes(motion: Motion, line: Line): Slope[][] | undefined {
  const { length } = line;
  const parts = beginnings.map((part) => part * length).filter((step) => step >= leastStep);
  const isLong = length * beginnings[0]! > shortStep;
  const steps = isLong ? [...parts, shortStep].sort((p, q) => q - p) : parts;
  let best: Slope[][] | undefined;
  for (const step of steps) {
    const found = climbed(motion, line, step, motion.rounding());
    if (found === undefined) continue;
    best = best === undefined ? found : merged(best, found);
    if (all(best, isGood) && all(probed(motion, line, best), isGood)) return best;
  }
  for (const step of longSteps) {
    if (best === undefined || all(best, isGood)) break;
    if (step <= length * beginnings[0]!) continue;
    const found =
      climbed(motion, line, step, motion.rounding()) ??
      slopesFrom(motion, line, -step) ??
      slopesFrom(motion, line, step);
    if (found === undefined) break;
    best = merged(found, best);
  }
  return best && probed(motion, line, best);
}

/** Slopes with bounds that reach to what a difference of a much shorter step says, where it says another thing. */
function probed(motion: Motion, line: Line, found: Slope[][]): Slope[][] {
  const rounding = motion.rounding();
  const least = Math.max(line.length * beginnings.at(-1)!, leastStep);
  const probes = new Map<number, Probe | undefined>();
  const probeAt = (step: number): Probe | undefined => {
    // Where a border is nearer, a shorter one tells less, but more than nothing.
    if (!probes.has(step))
      probes.set(step, probeBy(motion, line, step, rounding) ?? probeBy(motion, line, least, rounding));
    return probes.get(step);
  };
  return found.map((own, k) =>
    own.map((slope, i) => {
      const step = probeStep(line, slope, rounding[k]![i]!);
      const probe = probeAt(step);
      const other = probe?.slopes[k]?.[i];
      // Where values have no digits left for a probe, they have none for the slope between two of them.
      if (other === undefined || !(step <= Math.max(longestPart * slope.step, leastStep)))
        return unbounded(slope);
      if (isHidden(slope, probe?.hidden?.[k]?.[i])) return unbounded(slope);
      const off = distance(slope.value, other.value);
      return agree(slope, other) ? slope : { ...slope, bound: Math.max(slope.bound, off) };
    }),
  );
}

/** What a difference of a short step says, and what it cannot. */
interface Probe {
  readonly slopes: Slope[][];
  readonly hidden: Float64Array[] | undefined;
}

function probeBy(motion: Motion, line: Line, step: number, rounding: Rounding): Probe | undefined {
  const slopes = differences(motion, line, step, rounding);
  if (slopes === undefined) return undefined;
  const short = step * shorter;
  const isLong = short >= leastStep;
  const hidden = isLong ? motion.hidden(line.direction, [-step, step], [-short, short]) : undefined;
  return { slopes, hidden };
}

/** A power of 2, so that many elements have the same. */
function probeStep({ length }: Line, { value, terms, step }: Slope, rounding: number): number {
  const shortest = Math.max(Math.min(shortestProbe * length, shortestPart * step), leastStep);
  if (rounding <= underflow) return shortest;
  // Of a slope that is 0, it is enough to see that, as `isGood` has it.
  const need = Math.min((rounding * clarity) / Math.abs(value.hi), rounding / (2 ** -73 * terms));
  return need <= shortest ? shortest : 2 ** Math.ceil(Math.log2(need));
}

/** The better ones of two estimates, as far as they agree; else those of the shorter steps. */
function merged(long: readonly Slope[][], short: readonly Slope[][]): Slope[][] {
  return long.map((own, k) =>
    own.map((slope, i) => {
      const other = short[k]![i]!;
      const size = Math.max(slope.size, other.size);
      const terms = Math.max(slope.terms, other.terms);
      return { ...(agree(slope, other) && slope.bound <= other.bound ? slope : other), size, terms };
    }),
  );
}

const distance = (p: DoubleDouble, q: DoubleDouble) => Math.abs(sub(p, q).hi);

const agree = (p: Limit, q: Limit): boolean => distance(p.value, q.value) <= disbelief * (p.bound + q.bound);
