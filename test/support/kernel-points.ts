import type { ScalarOp } from "../../src/ops/op.js";

const edges = [
  0,
  5e-324,
  1e-310,
  2.2250738585072014e-308,
  1e-160,
  2 ** -27,
  0.1,
  0.5,
  0.75,
  1,
  1.5,
  2,
  2.5,
  3,
  7,
  19,
  20,
  40,
  170.5,
  709.5,
  710.2,
  745.2,
  750,
  1000,
  2 ** 31,
  2 ** 52,
  2 ** 53 + 2,
  1e16,
  1e22,
  1e100,
  1e160,
  1e300,
  Number.MAX_VALUE,
  Number.POSITIVE_INFINITY,
];
const special = [
  ...edges.flatMap((x) => [x, -x]),
  Number.NaN,
  1 - 2 ** -53,
  1 + 2 ** -52,
  Math.PI,
  Math.PI / 2,
  // Where reductions are hard: multiples of π/2, the double closest to one, ends of the quick ways' intervals.
  ...[1, 2, 3, 5, 64, 4074].map((k) => (k * Math.PI) / 2),
  ...[6381956970095103 * 2 ** 797, 6399.9, 6400.1, 7e5, 1e9],
  ...[Math.SQRT1_2, Math.SQRT2, Math.LN2 / 128, Math.LN2 / 2, 8.98846567431158e307, 4.49423283715579e307],
  ...[
    -745.1, -708, -707.9, -707.4967040367335, -706.6718692305362, 707.9, 708, 709.78, 710.47, 26, 26.5, 27.3,
    36, 37.6, 38.6, -38.6,
  ],
  ...[0.015625, 0.25, 0.375, 32, 31.999, 171.6, -170.5, 1e-120, 1e120],
];

/** A generator of its own, so that every run sees the same numbers (xorshift32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Arguments for a kernel, as one list for each: special points with each other, and many random ones of all sizes. */
export function points({ args, domain, special: own }: ScalarOp, random = 20_000): Float64Array[] {
  const tuples: number[][] = own.map((point) => args.map((_, k) => point[k] ?? 0));
  if (args.length === 1) for (const x of special) tuples.push([x]);
  else
    for (const x of special)
      for (const y of special) tuples.push([x, y, args.length > 2 ? tuples.length % 3 : 0]);
  const next = generator(12_345);
  for (let i = 0; i < random; i++) {
    const inDomain = args.map((_, k) => {
      const [low, high] = domain[k]!;
      return low + (high - low) * next();
    });
    const anySize = args.map(() => (next() - 0.5) * 2 ** Math.round(next() * 40 - 20));
    tuples.push(i % 2 === 0 ? inDomain : anySize);
  }
  if (tuples.length % 2 === 0) tuples.pop();
  return args.map((_, k) => Float64Array.from(tuples, (tuple) => tuple[k]!));
}
