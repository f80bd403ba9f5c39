import type { DoubleDouble } from "../../src/precise/double-double.js";
import { type Real, real, withDigits } from "../accuracy/decimal.js";
import { neighbour } from "../accuracy/samples.js";
import { subjects } from "../accuracy/subjects.js";
import { randomSource } from "../support/random.js";

export type PrecisePoint = readonly DoubleDouble[];

/** Where one formula takes over from another: sampled on both sides, for every function of one argument. */
const joints = [
  ...[2 ** -170, 2 ** -110, 2 ** -60, 2 ** -56, 2 ** -30, 2 ** -7, Math.LN2 / 128, 1 / 32, 0.25, 0.35, 0.5],
  ...[Math.SQRT1_2, 0.785, Math.PI / 4, 1, 1.3616, 1.4616321449683622, 1.5, 1.5616, Math.SQRT2, 2, 2.5],
  ...[Math.PI / 0.34375, 20, 21, 40, 56, 1500, 1.6e6, 2 ** 20 * Math.PI, 2 ** 56, 1e150, 1e-150],
];

/** Half a unit in the last place or less; sometimes far less, as far as the references can follow, sometimes nothing. */
export function restOf(random: () => number, hi: number): number {
  const choice = random();
  const unit = neighbour(Math.abs(hi), 1) - Math.abs(hi);
  // Below the normal numbers there is nothing left.
  if (choice < 0.05 || !Number.isFinite(unit) || unit < 2 ** -1050) return 0;
  const size = choice < 0.2 ? 2 ** -Math.floor(50 * random()) : 1;
  const lo = (random() - 0.5) * 0.999 * unit * size;
  return hi + lo === hi ? lo : 0;
}

/** The double-double next to a number. */
const nearest = (x: Real): DoubleDouble => {
  const hi = x.toNumber();
  return { hi, lo: x.minus(real(hi)).toNumber() };
};

/** A little more than a number and a little less, of all sizes of little. */
const closeTo = (x: number, places = [54, 60, 75, 90, 105, 130, 200], from = 0): DoubleDouble[] =>
  places.flatMap((k) => [2 ** -k, -(2 ** -k)]).map((lo) => ({ hi: x, lo: from + lo }));
/** Where the references have fewer digits. */
const closeRather = [54, 60, 75, 90, 105];

const Long = withDigits(400);
const halfPi = Long.acos(-1).div(2);

/** Next to multiples of π/2, also of huge ones, hardly anything of an angle is left. */
const turns = [1, 2, 3, 4, 17, 1001, 2 ** 20 + 1, 2 ** 30 + 1, 2 ** 52 + 1, 1e25, 1e100, 1e300].map((n) =>
  nearest(halfPi.times(real(n))),
);
/** Next to zeros, all digits come from the second double. */
const zeros: Readonly<Record<string, readonly DoubleDouble[]>> = {
  sin: turns,
  cos: turns,
  tan: turns,
  log: closeTo(1),
  log2: closeTo(1),
  log10: closeTo(1),
  arccos: closeTo(1),
  arccosh: closeTo(1),
  gammaln: [...closeTo(1, closeRather), ...closeTo(2, closeRather), ...closeTo(-3)],
  digamma: [...closeTo(1.4616321449683622, [55, 60, 80], 9.549995429965697e-17), ...closeTo(-3)],
  log1p: closeTo(-1),
  one_minus_square: closeTo(1),
  arctanh: closeTo(-1),
};

/** Values that the references have though the operations do not: what a second double has moved out of the domain. */
const outside: Readonly<Record<string, (x: DoubleDouble) => boolean>> = {
  arccosh: ({ hi, lo }) => hi < 1 || (hi === 1 && lo < 0),
  arccos: ({ hi, lo }) => Math.abs(hi) > 1 || (Math.abs(hi) === 1 && hi * lo > 0),
};

/** Exponents of a negative base have to stay whole, and what is taken from an exponent is. */
const isWholeExponent = (op: string, [base]: readonly number[], k: number): boolean =>
  (op === "pow" || op === "shifted_power") && (k === 2 || (k === 1 && base! < 0));

/** The points of the accuracy of doubles, about 2n for each of an operation's subjects, and more, with a second double. */
export function precisePoints(op: string, n: number): PrecisePoint[] {
  const random = randomSource(4711);
  const number = (hi: number) => ({ hi, lo: 0 });
  const widened = (hi: number) => ({ hi, lo: restOf(random, hi) });
  const points = subjects
    .filter((subject) => subject.op === op)
    .flatMap(({ points, constants = [] }) =>
      points(n).map((at) => [
        ...at.map((x, k) => (isWholeExponent(op, at, k) ? number(x) : widened(x))),
        ...constants.map(number),
      ]),
    );
  const around = joints.flatMap((x) => [x, neighbour(x, -2), neighbour(x, 3), -x, -neighbour(x, 1)]);
  const isUnary = points[0]!.length === 1;
  const all = isUnary
    ? [...points, ...around.map((x) => [widened(x)]), ...(zeros[op] ?? []).map((x) => [x])]
    : points;
  return all.filter(([x]) => !outside[op]?.(x!));
}
