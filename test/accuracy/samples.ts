import { randomSource } from "../support/random.js";

/** Points at which an operation is measured; the same ones in every run. */

export type Point = readonly number[];

/** Where the samples of one argument lie. */
export interface Grid {
  /** Dense uniform samples lie in these intervals. */
  readonly ranges: readonly (readonly [low: number, high: number])[];
  /** Zeros, poles, thresholds, and the places at which kernels change their formula: sampled on both sides. */
  readonly special?: readonly number[];
  readonly defined?: (x: number) => boolean;
}

const words = new DataView(new ArrayBuffer(8));

/** The double that lies `steps` doubles away from zero's side of x; negative steps go towards zero. */
export function neighbour(x: number, steps: number): number {
  words.setFloat64(0, x);
  words.setBigInt64(0, words.getBigInt64(0) + BigInt(steps));
  return words.getFloat64(0);
}

/** A magnitude from 2^low to 2^high, on a logarithmic scale. */
export const magnitude = (random: () => number, low = -1074, high = 1024): number => {
  const exponent = Math.floor(low + (high - low) * random());
  return (1 + random()) * 2 ** Math.max(exponent, -1074) || Number.MIN_VALUE;
};

/** x itself, a few doubles around it, and its multiples by 1 ± 2^−j. */
function around(x: number): number[] {
  const near = [0, 1, -1, 2, -2, 3, -3, 10, -10].map((steps) => neighbour(x, steps));
  const further = Array.from({ length: 17 }, (_, j) => 2 ** (-3 * j - 1)).flatMap((rest) => [
    x * (1 + rest),
    x * (1 - rest),
  ]);
  return [...near, ...further];
}

/** Every so many, so that about n remain. */
const thinned = <T>(list: readonly T[], n: number): T[] => {
  const step = Math.max(1, list.length / n);
  return Array.from({ length: Math.ceil(list.length / step) }, (_, i) => list[Math.floor(i * step)]!);
};

/** About 2n samples of one argument: half around special places, a quarter uniform, a quarter logarithmic. */
export function sampleGrid(
  { ranges, special = [], defined = () => true }: Grid,
  n: number,
  seed: number,
): number[] {
  const random = randomSource(seed);
  const points = [0, 1, -1, ...special, ...thinned(special.flatMap(around), n)];
  for (const [low, high] of ranges)
    for (let i = 0; i < n / (2 * ranges.length); i++) points.push(low + (high - low) * random());
  for (let i = 0; i < n / 2; i++) points.push(magnitude(random) * (i % 2 === 0 ? 1 : -1));
  return points.filter((x) => Number.isFinite(x) && defined(x));
}

/** Samples of two arguments, independent of each other, each list as long as the longer one. */
export function pairs(first: readonly number[], second: readonly number[], seed: number): Point[] {
  const random = randomSource(seed);
  const pick = (list: readonly number[]) => list[Math.floor(random() * list.length)]!;
  return [...first.map((x) => [x, pick(second)]), ...second.map((y) => [pick(first), y])];
}
