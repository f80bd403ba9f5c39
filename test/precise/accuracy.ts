import type { ScalarOpName } from "../../src/ops/registry.js";
import type { DoubleDouble } from "../../src/precise/double-double.js";
import { preciseScalars } from "../../src/precise/scalars.js";
import { type Real, Reals, real } from "../accuracy/decimal.js";
import { arccos, arccosh, arctanh, ln, log1p, one } from "../accuracy/elementary.js";
import { references } from "../accuracy/reference.js";
import { digamma, gammaln, polygamma } from "../accuracy/special.js";
import { subjects } from "../accuracy/subjects.js";
import { isNormalised, realOf, relativeError } from "./exact.js";
import { type PrecisePoint, precisePoints } from "./points.js";

export interface Measured {
  readonly points: number;
  readonly worst: number;
  readonly at: PrecisePoint | undefined;
  readonly unnormalised: readonly PrecisePoint[];
}

/** Without the rounding to 60 digits that the references begin with: next to zeros and poles, more digits count. */
const unrounded: Partial<Record<ScalarOpName, (...x: Real[]) => Real>> = {
  log: ln,
  log2: (x) => ln(x).div(ln(new Reals(2))),
  log10: (x) => ln(x).div(ln(new Reals(10))),
  log1p,
  arccos,
  arccosh,
  // Odd, and without cancellation for positive arguments.
  arctanh: (x) => arctanh(x.abs()).times(x.s),
  one_minus_square: (x) => one.minus(x).times(one.plus(x)),
  gammaln,
  digamma,
  polygamma: (n, x) => polygamma(n!.toNumber(), x!),
};

const overflow = real(2 ** 1023).times(2);
const zero: DoubleDouble = { hi: 0, lo: 0 };

/** Counts where the exact result is a number that a double-double can hold. */
export function measurePrecisely(op: ScalarOpName, points: readonly PrecisePoint[]): Measured {
  const value = unrounded[op] ?? references.get(op)!.value;
  const f = preciseScalars[op];
  const regions = subjects
    .filter((subject) => subject.op === op)
    .flatMap(({ regions = [] }) => regions)
    .filter(({ of }) => of === "value");
  let worst = 0;
  let at: PrecisePoint | undefined;
  let counted = 0;
  const unnormalised: PrecisePoint[] = [];
  for (const point of points) {
    const x = point.map(realOf);
    const exact = value(...x);
    if (!exact.isFinite() || exact.abs().gte(overflow)) continue;
    const sample = { at: point.map(({ hi }) => hi), x, value: exact, exact };
    const scale = regions.find(({ when }) => when(sample))?.scale?.(sample) ?? exact;
    const computed = f(point[0]!, point[1] ?? zero, point[2] ?? zero);
    const error = relativeError(computed, exact, largest(scale, exact));
    counted++;
    if (!isNormalised(computed)) unnormalised.push(point);
    if (error > worst || at === undefined) {
      worst = error;
      at = point;
    }
  }
  return { points: counted, worst, at, unnormalised };
}

const largest = (x: Real, y: Real): Real => Reals.max(x.abs(), y.abs());

export const measuredAt = (op: ScalarOpName, n: number): Measured =>
  measurePrecisely(op, precisePoints(op, n));
