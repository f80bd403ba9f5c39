import { scalarOperations } from "../../src/ops/registry.js";
import type { Real } from "./decimal.js";
import { one, square } from "./elementary.js";
import {
  angles,
  bothSizes,
  errorFunction,
  exponents,
  gamma,
  hyperbolic,
  logarithmsOfSums,
  nearMultiples,
  normal,
  notZero,
  positive,
  powers,
  real,
  tiny,
  unit,
  whole,
} from "./grids.js";
import type { Region, Sample, Subject } from "./measure.js";
import { logistic, radius } from "./reference.js";
import { alternating, cancelling, overflowing, reflected, subnormal } from "./regions.js";
import { type Grid, type Point, pairs, sampleGrid } from "./samples.js";
import { digamma, gammaln, normalCdf, normalPdf } from "./special.js";

/** How every operation is sampled, and where its error is measured against something else, with the reason. */

/** Operations whose value is 0 or 1, or one of their arguments. */
const discrete = /^(less|greater)(_equal)?$|equal$|^logical_|^where$/;

/** The operations that are measured: those that compute something. */
export const computing = scalarOperations.map(({ name }) => name).filter((name) => !discrete.test(name));

const infinity = Number.POSITIVE_INFINITY;

const seedOf = (name: string) =>
  [...name].reduce((seed, letter) => (seed * 31 + letter.charCodeAt(0)) | 0, 7);

const unary = (op: Subject["op"], grid: Grid, regions: readonly Region[] = []): Subject => ({
  op,
  points: (n) => sampleGrid(grid, n, seedOf(op)).map((x) => [x]),
  regions,
});

const binary = (
  op: Subject["op"],
  first: Grid,
  second: Grid,
  more: (n: number) => readonly Point[] = () => [],
  regions: readonly Region[] = [],
): Subject => ({
  op,
  points: (n) => [
    ...pairs(
      sampleGrid(first, n / 2, seedOf(op)),
      sampleGrid(second, n / 2, seedOf(`${op}2`)),
      seedOf(`${op}3`),
    ),
    ...more(n),
  ],
  regions,
});

const itsValue = ({ value }: Sample) => value;
const ties = (): Point[] => [
  [1, 1],
  [-2, -2],
  [0, 0],
];

/** x^(y − k − 1), of which the derivative of x^(y − k) by x is a multiple. */
const powerBelow = ({ exact, x: [, y, k] }: Sample): Real => exact.div(k === undefined ? y! : y!.minus(k));
const powerRegions: readonly Region[] = [
  overflowing(0, "the power below", powerBelow, infinity, "x^(y − 1) overflows before it is multiplied by y"),
  subnormal(0, "the power below", powerBelow),
  subnormal(1, "the power", itsValue),
];
/** A power with a constant exponent, which is differentiated in another way. */
const constantPower = (y: number): Subject => ({
  op: "pow",
  name: `pow(x, ${y})`,
  constants: [y],
  points: (n) => {
    const grid: Grid = {
      ...real,
      ranges: [
        [-2, 2],
        [0, 100],
      ],
      defined: (x) => x > 0 || (x < 0 && Number.isInteger(y)),
    };
    return sampleGrid(grid, n / 2, seedOf(`pow${y}`)).map((x) => [x]);
  },
  regions: powerRegions,
});

const distance = ({ x: [y, x] }: Sample) => radius(x!, y!);

export const subjects: readonly Subject[] = [
  unary("neg", real),
  binary("add", real, real, bothSizes),
  binary("sub", real, real, bothSizes),
  binary("mul", real, real),
  binary("div", real, notZero, bothSizes, [subnormal(1, "x / y", itsValue)]),
  { op: "pow", points: powers, regions: powerRegions },
  ...[2, 3, -1, -2, 0.5, -0.5, 1.5, 0.3, 2.7, 10].map(constantPower),
  {
    op: "shifted_power",
    points: (n) => powers(n).map(([x, y], i) => [x!, y!, (i % 3) + 1]),
    regions: powerRegions,
  },
  unary("square", { ...real, special: [2 ** 512, 2 ** -511, 2 ** -537] }),
  unary("reciprocal", { ...notZero, special: [2 ** -1024, tiny, 2 ** 1022] }),
  unary("sqrt", positive),
  unary("cbrt", { ...real, special: [8, -8, 27, 1e-3, tiny] }),
  unary("abs", real),
  unary("sign", real),
  binary("hypot", real, real, bothSizes, [
    subnormal(0, "the radius", itsValue),
    subnormal(1, "the radius", itsValue),
  ]),
  binary("maximum", real, real, ties),
  binary("minimum", real, real, ties),
  binary("mod", real, notZero, nearMultiples),
  binary("floor_quotient", real, notZero, nearMultiples),
  unary("floor", whole),
  unary("ceil", whole),
  unary("round", whole),

  unary("exp", exponents),
  unary("expm1", exponents),
  unary("log", { ...positive, special: [1, tiny, Math.SQRT1_2, Math.SQRT2, Math.E] }),
  unary("log1p", {
    ranges: [
      [-1, 1],
      [-1, 100],
    ],
    special: [-1, -0.2929, 0.41422, 1, 2 ** -29, -(2 ** -29), 2 ** -54, 2 ** 53],
    defined: (x) => x > -1,
  }),
  unary("log2", { ...positive, special: [1, 2, 8, tiny, Math.SQRT1_2, Math.SQRT2] }),
  unary("log10", { ...positive, special: [1, 10, 1000, 1e22, 0.1, tiny] }),
  binary("logaddexp", exponents, exponents, logarithmsOfSums, [
    cancelling(
      "value",
      ({ x: [x, y] }) => (x!.gt(y!) ? x! : y!),
      "it is the larger argument plus a positive logarithm, and 0 on the curve e^x + e^y = 1",
    ),
  ]),
  binary("sigmoid_of_difference", exponents, exponents, logarithmsOfSums),
  unary("sigmoid", exponents),
  unary("sigmoid_slope", exponents),
  unary("softplus", exponents),
  unary("relu", real),
  binary("leaky_relu", real, real),
  binary("elu", exponents, real, undefined, [
    subnormal(0, "exp(x)", ({ x: [x, alpha], exact }) => (x!.gt(0) ? one : exact.div(alpha!))),
  ]),
  unary("gelu", normal, [
    subnormal(0, "φ(x)", ({ x: [x] }) => normalPdf(x!)),
    cancelling(0, ({ x: [x] }) => normalCdf(x!), "it is Φ(x) − |x|·φ(x), 0 at −0.7518", 1 / 2),
  ]),
  unary("silu", exponents, [
    subnormal(0, "σ(x)", ({ x: [x] }) => logistic(x!)),
    cancelling(0, ({ x: [x] }) => logistic(x!), "it is σ(x) − |x|·σ(x)·σ(−x), 0 at −1.2785", 1 / 2),
  ]),

  unary("erf", errorFunction),
  unary("erfc", errorFunction),
  unary("gammaln", gamma, [reflected("value", gammaln), reflected(0, digamma)]),
  unary("digamma", gamma, [reflected("value", digamma)]),
  {
    op: "polygamma",
    points: (n) =>
      [1, 2, 3, 4, 5, 6].flatMap((order) =>
        sampleGrid(gamma, n / 4, seedOf(`polygamma${order}`)).map((x) => [order, x]),
      ),
    regions: [alternating("value", 0), alternating(1, 1)],
  },
  unary("gaussian", errorFunction, [subnormal(0, "exp(−x²)", itsValue)]),
  unary("normal_cdf", normal),
  unary("normal_pdf", normal, [subnormal(0, "φ(x)", itsValue)]),

  unary("sin", angles),
  unary("cos", angles),
  unary("tan", angles),
  unary("arcsin", unit),
  unary("arccos", unit),
  unary("arctan", { ...real, special: [7 / 16, 11 / 16, 19 / 16, 39 / 16, 1, -1, 2 ** 66, 1e154, tiny] }, [
    overflowing(
      0,
      "x²",
      ({ x: [x] }) => square(x!),
      0,
      "x² overflows; the derivative, below 2^−1024, becomes 0",
    ),
  ]),
  binary(
    "arctan2",
    real,
    real,
    bothSizes,
    [0, 1].flatMap((of) => [
      overflowing(
        of,
        "the radius",
        distance,
        0,
        "the radius overflows; the derivative, below 2^−1024, becomes 0",
      ),
      subnormal(of, "the radius", distance),
      subnormal(of, "the quotient by the radius", (sample) => sample.exact.times(distance(sample))),
    ]),
  ),
  unary("sinh", hyperbolic),
  unary("cosh", hyperbolic),
  unary("tanh", hyperbolic),
  unary("one_minus_square", unit),
  unary("sech_squared", hyperbolic),
  unary("arcsinh", { ...real, special: [2 ** -28, 2, 2 ** 28, 1] }),
  unary("arccosh", {
    ranges: [
      [1, 3],
      [1, 100],
    ],
    special: [1, 1 + 2 ** -52, 2, 2 ** 28],
    defined: (x) => x >= 1,
  }),
  unary("arctanh", unit),
];
