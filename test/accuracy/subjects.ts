import { randomSource } from "../support/graph.js";
import type { Subject } from "./measure.js";
import { type Grid, magnitude, neighbour, type Point, pairs, sampleGrid } from "./samples.js";

/** How every operation is sampled, and where its error is measured in another unit, with the reason. */

const largest = Number.MAX_VALUE;
const tiny = 2 ** -1022;

const seedOf = (name: string) =>
  [...name].reduce((seed, letter) => (seed * 31 + letter.charCodeAt(0)) | 0, 7);

const unary = (op: Subject["op"], grid: Grid, regions: Subject["regions"] = []): Subject => ({
  op,
  points: (n) => sampleGrid(grid, n, seedOf(op)).map((x) => [x]),
  regions,
});

const binary = (
  op: Subject["op"],
  [first, second]: readonly [Grid, Grid],
  more: Partial<Subject> & { extra?: (n: number) => readonly Point[] } = {},
): Subject => {
  const { extra, ...rest } = more;
  return {
    op,
    points: (n) => [
      ...pairs(
        sampleGrid(first, n / 2, seedOf(op)),
        sampleGrid(second, n / 2, seedOf(`${op}2`)),
        seedOf(`${op}3`),
      ),
      ...(extra?.(n) ?? []),
    ],
    ...rest,
  };
};

const real: Grid = { ranges: [[-10, 10]], special: [tiny, largest, 1, -1] };
const positive: Grid = { ranges: [[0, 10]], special: [tiny, largest, 1], defined: (x) => x > 0 };
const notZero: Grid = { ...real, defined: (x) => x !== 0 };
const overlapping = (f: (random: () => number) => Point) => (n: number) => {
  const random = randomSource(97);
  return Array.from({ length: n / 2 }, () => f(random));
};

const halfPi = Math.PI / 2;
const angles: Grid = {
  ranges: [
    [-4, 4],
    [-100, 100],
    [-1e6, 1e6],
  ],
  special: [
    ...Array.from({ length: 12 }, (_, k) => (k + 1) * halfPi),
    Math.PI / 4,
    -halfPi,
    1e5 * Math.PI,
    2 ** 19 * halfPi,
    2 ** 20 * Math.PI,
    2 ** 52,
    2 ** 53,
    1e22,
    2 ** 200,
    // The double that lies closest to a multiple of π/2.
    6381956970095103 * 2 ** 797,
    0.67434,
    2 ** -26,
    2 ** -27,
    largest,
  ],
};
const unit: Grid = {
  ranges: [[-1, 1]],
  special: [1, -1, 0.5, -0.5, 0.975, Math.SQRT1_2, tiny, 2 ** -27],
  defined: (x) => Math.abs(x) <= 1,
};

const exponent: Grid = {
  ranges: [
    [-3, 3],
    [-40, 40],
    [-750, 712],
  ],
  special: [
    Math.LN2,
    -Math.LN2,
    Math.LN2 / 2,
    1.5 * Math.LN2,
    709.78,
    -708.39,
    -745.13,
    36.7,
    -36.7,
    2 ** -28,
    2 ** -54,
    1,
  ],
};
const hyperbolic: Grid = {
  ranges: [
    [-3, 3],
    [-25, 25],
    [-712, 712],
  ],
  special: [
    1,
    -1,
    0.5,
    0.55,
    22,
    19.06,
    18.7,
    709.78,
    710.4,
    710.4758600739439,
    -710.4758600739439,
    354.9,
    372.5,
    2 ** -28,
    2 ** -54,
  ],
};
const sqrtHalf = Math.SQRT1_2;
const errorFunction: Grid = {
  ranges: [
    [-1, 1],
    [-7, 7],
    [-28, 28],
  ],
  special: [0.5, -0.5, 1, 2.5, 4, 6, -6, 5.9, 26.54, 26.64, 27.22, 27.3, 27.8, 1e-10],
};
const normal: Grid = {
  ranges: [
    [-2, 2],
    [-9, 9],
    [-39, 39],
  ],
  special: [
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
};
const gamma: Grid = {
  ranges: [
    [0, 4],
    [0, 20],
    [-5, 0],
    [-50, 0],
    [20, 1000],
  ],
  special: [
    0.75,
    1,
    1.25,
    1.4616321449683622,
    1.5,
    1.75,
    2,
    3,
    12,
    14,
    16,
    18,
    171.6,
    2.55e305,
    1e-20,
    -1e-20,
    -1,
    -2,
    -3,
    -0.5,
    -1.5,
    -2.5,
    -10,
    -20,
    -170,
    -2.4570247382208006,
    -0.504083008264455,
    2 ** 52,
  ],
  defined: (x) => x > 0 || !Number.isInteger(x),
};

const orders = [1, 2, 3, 4, 5, 6];

/** Exponents for a base such that the power has any size from underflow to overflow. */
const powerPoints = (n: number): Point[] => {
  const random = randomSource(seedOf("pow"));
  const points: Point[] = [];
  for (let i = 0; i < n / 2; i++) {
    const x = magnitude(random);
    points.push([x, (random() * 1460 - 748) / Math.log(x)]);
    const near = 1 + (random() - 0.5) * 2 ** (-53 * random());
    points.push([near, (random() * 1460 - 748) / Math.log(near)]);
    const common = random() * 10;
    points.push([common, random() * 20 - 10], [common, Math.round(random() * 40 - 20)]);
    points.push([x, magnitude(random, -80, 1)], [-x, Math.round((random() * 1460 - 748) / Math.log(x))]);
    points.push(
      [-common, Math.round(random() * 40 - 20)],
      [Math.round(random() * 30), Math.round(random() * 20)],
    );
  }
  // The ends of the table's intervals, and exact powers.
  for (let k = 0; k <= 64; k++) {
    const at = Math.SQRT1_2 + (k / 64) * Math.SQRT1_2;
    points.push([at, random() * 1000], [neighbour(at, 1), -random() * 1000], [1 + k / 64, random() * 500]);
  }
  for (const y of [1, 2, 3, 0.5, -0.5, -1, 1 / 3, 22, 1023, -1074])
    points.push([2, y], [10, y], [3, y], [9, y], [0, y], [1, y], [0.5, y]);
  return points.filter(([x, y]) => Number.isFinite(x!) && Number.isFinite(y!) && (x !== 0 || y! > 0));
};

const constantPower = (y: number): Subject => ({
  op: "pow",
  name: `pow(x, ${y})`,
  constants: [y],
  points: (n) =>
    sampleGrid(
      {
        ...real,
        ranges: [
          [-2, 2],
          [0, 100],
        ],
        defined: (x) => x > 0 || (x < 0 && Number.isInteger(y)),
      },
      n / 2,
      seedOf(`pow${y}`),
    ).map((x) => [x]),
});

/** Both of one size, and of sizes that differ by any factor. */
const bothSizes = overlapping((random) => {
  const x = magnitude(random, -1070, 1023);
  const ratio = magnitude(random, -60, 1) * (random() < 0.5 ? -1 : 1);
  return random() < 0.5 ? [x, x * ratio] : [x * ratio, x];
});

export const subjects: readonly Subject[] = [
  unary("neg", real),
  binary("add", [real, real], { extra: bothSizes }),
  binary("sub", [real, real], { extra: bothSizes }),
  binary("mul", [real, real]),
  binary("div", [real, notZero], { extra: bothSizes }),
  { op: "pow", points: powerPoints },
  ...[2, 3, -1, -2, 0.5, -0.5, 1.5, 0.3, 2.7, 10].map(constantPower),
  unary("square", { ...real, special: [2 ** 512, 2 ** -511, 2 ** -537] }),
  unary("reciprocal", { ...notZero, special: [2 ** -1024, tiny, largest] }),
  unary("sqrt", positive),
  unary("cbrt", { ...real, special: [8, -8, 27, 1e-3, tiny, largest] }),
  unary("abs", real),
  unary("sign", real),
  binary("hypot", [real, real], { extra: bothSizes }),
  binary("maximum", [real, real], {
    extra: () => [
      [1, 1],
      [-2, -2],
      [0, 0],
    ],
  }),
  binary("minimum", [real, real], {
    extra: () => [
      [1, 1],
      [-2, -2],
      [0, 0],
    ],
  }),
  binary("mod", [real, notZero], {
    extra: overlapping((random) => {
      const y = magnitude(random, -20, 20) * (random() < 0.5 ? -1 : 1);
      const k = Math.round(magnitude(random, 0, 60)) * (random() < 0.5 ? -1 : 1);
      return [neighbour(k * y, Math.round(4 * random() - 2)), y];
    }),
  }),
  unary("floor", { ...real, special: [0.5, 1, 2, 2 ** 52, 2 ** 53] }),
  unary("ceil", { ...real, special: [0.5, 1, 2, 2 ** 52, 2 ** 53] }),
  unary("round", { ...real, special: [0.5, 1.5, 2.5, -0.5, -1.5, 1, 2 ** 51, 2 ** 52, 2 ** 53] }),

  unary("exp", exponent),
  unary("expm1", exponent),
  unary("log", {
    ...positive,
    ranges: [
      [0, 2],
      [0, 100],
    ],
    special: [1, tiny, largest, sqrtHalf, Math.SQRT2, Math.E],
  }),
  unary("log1p", {
    ranges: [
      [-1, 1],
      [-1, 100],
    ],
    special: [-1, -0.2929, 0.41422, 1, 2 ** -29, -(2 ** -29), 2 ** -54, 2 ** 53, largest],
    defined: (x) => x > -1,
  }),
  unary("log2", {
    ...positive,
    ranges: [
      [0, 2],
      [0, 100],
    ],
    special: [1, 2, 8, tiny, largest, sqrtHalf, Math.SQRT2],
  }),
  unary("log10", {
    ...positive,
    ranges: [
      [0, 2],
      [0, 1000],
    ],
    special: [1, 10, 1000, 1e22, 0.1, tiny, largest],
  }),
  binary("logaddexp", [exponent, exponent], {
    extra: overlapping((random) => {
      const x = magnitude(random, -40, 10) * (random() < 0.5 ? -1 : 1);
      const choice = random();
      // Any distance; and the curve on which the result is 0.
      if (choice < 0.5) return [x, x + magnitude(random, -60, 10) * (choice < 0.25 ? -1 : 1)];
      const y = -Math.abs(x);
      return [y, Math.log1p(-Math.exp(y)) * (1 + (choice < 0.7 ? 0 : 0.2 * random()))];
    }),
  }),
  unary("sigmoid", exponent),
  unary("softplus", exponent),
  unary("relu", real),
  binary("leaky_relu", [real, real]),
  binary("elu", [exponent, real]),
  unary("gelu", normal),
  unary("silu", { ...exponent, special: [...exponent.special!, -1.278464542761074] }),

  unary("erf", errorFunction),
  unary("erfc", errorFunction),
  unary("gammaln", gamma),
  unary("digamma", gamma),
  {
    op: "polygamma",
    points: (n) =>
      orders.flatMap((order) => sampleGrid(gamma, n / 4, seedOf(`polygamma${order}`)).map((x) => [order, x])),
  },
  unary("gaussian", errorFunction),
  unary("normal_cdf", normal),
  unary("normal_pdf", normal),

  unary("sin", angles),
  unary("cos", angles),
  unary("tan", angles),
  unary("arcsin", unit),
  unary("arccos", unit),
  unary("arctan", { ...real, special: [7 / 16, 11 / 16, 19 / 16, 39 / 16, 1, -1, 2 ** 66, 1e154, tiny] }),
  binary("arctan2", [real, real], { extra: bothSizes }),
  unary("sinh", hyperbolic),
  unary("cosh", hyperbolic),
  unary("tanh", hyperbolic),
  unary("arcsinh", { ...real, special: [2 ** -28, 2, 2 ** 28, 1, largest] }),
  unary("arccosh", {
    ranges: [
      [1, 3],
      [1, 100],
    ],
    special: [1, 1 + 2 ** -52, 2, 2 ** 28, largest],
    defined: (x) => x >= 1,
  }),
  unary("arctanh", unit),
];
