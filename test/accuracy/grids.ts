import { randomSource } from "../support/random.js";
import { type Grid, magnitude, neighbour, type Point } from "./samples.js";

/** Where the samples of each kind of function lie: ranges, zeros, poles, thresholds, and where kernels change formula. */

export const largest = Number.MAX_VALUE;
/** The smallest normal number. */
export const tiny = 2 ** -1022;
const sqrtHalf = Math.SQRT1_2;
const halfPi = Math.PI / 2;

export const real: Grid = { ranges: [[-10, 10]], special: [tiny, largest, 1, -1] };
export const positive: Grid = { ranges: [[0, 10]], special: [tiny, largest, 1], defined: (x) => x > 0 };
export const notZero: Grid = { ...real, defined: (x) => x !== 0 };
export const whole: Grid = {
  ranges: [[-10, 10]],
  special: [0.5, 1, 1.5, 2, 2.5, -0.5, -1.5, 2 ** 51, 2 ** 52, 2 ** 53],
};

export const angles: Grid = {
  ranges: [
    [-4, 4],
    [-100, 100],
    [-1e6, 1e6],
  ],
  special: [
    ...Array.from({ length: 12 }, (_, k) => (k + 1) * halfPi),
    ...[Math.PI / 4, -halfPi, 1e5 * Math.PI, 2 ** 19 * halfPi, 2 ** 20 * Math.PI, 2 ** 52, 2 ** 53, 1e22],
    // The double that lies closest to a multiple of π/2.
    ...[6381956970095103 * 2 ** 797, 0.67434, 2 ** -26, 2 ** -27, 2 ** 200, largest],
  ],
};
export const unit: Grid = {
  ranges: [[-1, 1]],
  special: [1, -1, 0.5, -0.5, 0.975, sqrtHalf, tiny, 2 ** -27],
  defined: (x) => Math.abs(x) <= 1,
};

export const exponents: Grid = {
  ranges: [
    [-3, 3],
    [-40, 40],
    [-750, 712],
  ],
  special: [
    ...[Math.LN2, -Math.LN2, Math.LN2 / 2, 1.5 * Math.LN2, 709.78, -708.39, -745.13, 36.7, -36.7, -40],
    ...[2 ** -28, 2 ** -54, 1, -1.278464542761074],
  ],
};
export const hyperbolic: Grid = {
  ranges: [
    [-3, 3],
    [-25, 25],
    [-712, 712],
  ],
  special: [
    ...[1, -1, 0.55, 0.75, 19, 20, 22, 709.78, 710.4, 710.4758600739439, -710.4758600739439, 354.9, 372.5],
    ...[2 ** -28, 2 ** -54],
  ],
};

export const errorFunction: Grid = {
  ranges: [
    [-1, 1],
    [-7, 7],
    [-28, 28],
  ],
  special: [0.25, 0.5, -0.5, 1, 2.5, 4, 6, -6, 5.9, 26.54, 26.64, 27.22, 27.3, 27.8, 1e-10],
};
export const normal: Grid = {
  ranges: [
    [-2, 2],
    [-9, 9],
    [-39, 39],
  ],
  special: [
    ...[
      sqrtHalf,
      -sqrtHalf,
      -0.7517916,
      2.5 / sqrtHalf,
      -2.5 / sqrtHalf,
      -8.3,
      8.3,
      -37.5,
      -38.4,
      38.4,
      37.6,
    ],
  ],
};
export const gamma: Grid = {
  ranges: [
    [0, 4],
    [0, 20],
    [-5, 0],
    [-50, 0],
    [20, 1000],
  ],
  special: [
    ...[0.75, 1, 1.25, 1.4616321449683622, 1.5, 1.75, 2, 3, 12, 14, 16, 18, 171.6, 2.55e305, 1e-20, 2 ** 52],
    ...[-1e-20, -1, -2, -3, -0.5, -1.5, -2.5, -10, -20, -170, -2.4570247382208006, -0.504083008264455],
    // Where many random points have shown errors beyond the bound: of gammaln, and of digamma.
    ...[1.8292020563729241, 1.83126964410816, 17.43674949354252, -2.2465673013012335, -2.2570785864183112],
    ...[-10.755440859493246, -5.56829511729049, -2.777573996808975],
    // Where the formula changes.
    ...[2.25, 5, 8, -0.25, -1.75, -11],
    // Where ψ is infinite.
    ...[-(2 ** -1030), 2 ** -1030],
  ],
  defined: (x) => x > 0 || !Number.isInteger(x),
};

/** n / 2 points of two arguments that depend on each other. */
export const together =
  (f: (random: () => number) => Point) =>
  (n: number): Point[] => {
    const random = randomSource(97);
    return Array.from({ length: n / 2 }, () => f(random));
  };

const signed = (random: () => number, x: number) => (random() < 0.5 ? -x : x);

/** Both of one size, and of sizes that differ by up to 2^60. */
export const bothSizes = together((random) => {
  const x = magnitude(random, -1070, 1023);
  const other = signed(random, x * magnitude(random, -60, 1));
  return random() < 0.5 ? [x, other] : [other, x];
});

/** The first a few doubles away from a multiple of the second. */
export const nearMultiples = together((random) => {
  const y = signed(random, magnitude(random, -20, 20));
  const k = signed(random, Math.round(magnitude(random, 0, 60)));
  return [neighbour(k * y, Math.round(4 * random() - 2)), y];
});

/** Exponents at any distance, and on the curve e^x + e^y = 1 or near it. */
export const logarithmsOfSums = together((random) => {
  const x = signed(random, magnitude(random, -40, 10));
  const choice = random();
  if (choice < 0.5) return [x, x + signed(random, magnitude(random, -60, 10))];
  const y = -Math.abs(x);
  return [y, Math.log1p(-Math.exp(y)) * (1 + (choice < 0.7 ? 0 : 0.2 * random()))];
});

const powerSeed = 8191;

/** Bases and exponents for powers of any size from underflow to overflow. */
export function powers(n: number): Point[] {
  const random = randomSource(powerSeed);
  const points: Point[] = [];
  const exponentFor = (x: number) => (random() * 1460 - 748) / Math.log(x);
  for (let i = 0; i < n / 6; i++) {
    const x = magnitude(random);
    const near = 1 + (random() - 0.5) * 2 ** (-53 * random());
    const common = random() * 10;
    points.push(
      [x, exponentFor(x)],
      [near, exponentFor(near)],
      [common, random() * 20 - 10],
      [common, Math.round(random() * 40 - 20)],
      [x, magnitude(random, -80, 1)],
      [-x, Math.round(exponentFor(x))],
      [-common, Math.round(random() * 40 - 20)],
      [Math.round(random() * 30), Math.round(random() * 20)],
    );
  }
  // The ends of the intervals of the table of logarithms.
  for (let k = 0; k <= 64; k += n < 1000 ? 7 : 1) {
    const at = sqrtHalf + (k / 64) * sqrtHalf;
    points.push([at, random() * 1000], [neighbour(at, 1), -random() * 1000], [1 + k / 64, random() * 500]);
  }
  for (const y of [1, 2, 3, 0.5, -0.5, -1, 1 / 3, 22, 1023, -1074])
    for (const x of [0, 0.5, 1, 2, 3, 9, 10]) points.push([x, y]);
  return points.filter(([x, y]) => Number.isFinite(x!) && Number.isFinite(y!) && (x !== 0 || y! > 0));
}
