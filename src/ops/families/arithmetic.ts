import type { OperatorNode } from "../../graph/node.js";
import { type Partial, scalarOps } from "../op.js";
import type { Calculus, Operand } from "../vocabulary.js";

const real = [-3, 3] as const;
const positive = [0.2, 3] as const;
const signs = [0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** The value of a scalar constant, `undefined` for any other node. */
function constantValue(node: OperatorNode): number | undefined {
  const { value } = node.attributes;
  return node.op.name === "constant" && typeof value === "number" ? value : undefined;
}

/** The derivative of `maximum` and `minimum`: 1 for the side that is chosen, a half for each at a tie. */
const winner = (b: Calculus, isChosen: OperatorNode, x: OperatorNode, y: OperatorNode): Partial => ({
  select: isChosen,
  scale: b.where(b.equal(x, y), 0.5, 1),
});

/**
 * The derivative p·log x of p = x^(y − k) by y. At x = 0 its limit is 0 for y > k; y = k follows it, as in JAX and PyTorch.
 */
const byExponent = (b: Calculus, x: OperatorNode, y: OperatorNode, k: Operand, p: OperatorNode) =>
  b.where(b.and(b.equal(x, 0), b.greaterEqual(y, k)), 0, b.mul(p, b.log(x)));

export const arithmetic = scalarOps({
  neg: { sign: "-", args: ["x"], doc: "−x.", partials: [() => -1], domain: [real], special: signs },
  add: { sign: "+", args: ["x", "y"], doc: "x + y.", partials: [() => 1, () => 1], domain: [real, real] },
  sub: { sign: "-", args: ["x", "y"], doc: "x − y.", partials: [() => 1, () => -1], domain: [real, real] },
  mul: {
    sign: "*",
    args: ["x", "y"],
    doc: "Elementwise product.",
    partials: [(_, [, y]) => y!, (_, [x]) => x!],
    domain: [real, real],
  },
  div: {
    sign: "/",
    args: ["x", "y"],
    doc: "Elementwise quotient.",
    partials: [(b, [, y]) => b.reciprocal(y!), (b, [, y], q) => b.neg(b.div(q, y!))],
    domain: [real, positive],
  },
  pow: {
    sign: "^",
    args: ["x", "y"],
    doc: "x to the power y. A constant exponent is differentiated without a logarithm.",
    partials: [
      (b, [x, y]) => {
        const exponent = constantValue(y!);
        if (exponent === 0 || exponent === 1) return exponent;
        if (exponent === 2) return b.mul(2, x!);
        if (exponent !== undefined && exponent - 1 + 1 === exponent)
          return b.mul(exponent, b.pow(x!, exponent - 1));
        const slope = b.mul(y!, b.elementwise("shifted_power", x!, y!, 1));
        return exponent === undefined ? b.where(b.equal(y!, 0), 0, slope) : slope;
      },
      (b, [x, y], p) => byExponent(b, x!, y!, 0, p),
    ],
    domain: [positive, [-2, 3]],
    special: [
      [0, 2],
      [0, 1],
      [0, 0],
      [0, 0.5],
      [-2, 3],
    ],
  },
  shifted_power: {
    hidden: true,
    args: ["x", "y", "k"],
    doc: "x to the power y − k for a whole k, without the rounding of y − k.",
    partials: [
      (b, [x, y, k]) => {
        // The shift is whole and does not vary; rounding says so to those who vary it.
        const shift = constantValue(k!) ?? b.elementwise("round", k!);
        const slope = b.mul(b.sub(y!, shift), b.elementwise("shifted_power", x!, y!, b.add(shift, 1)));
        return b.where(b.equal(y!, shift), 0, slope);
      },
      (b, [x, y, k], p) => byExponent(b, x!, y!, k!, p),
      null,
    ],
    domain: [positive, [-2, 3], [1, 1]],
    special: [
      [0, 2, 1],
      [0, 1, 1],
      [-2, 3, 1],
      [2, 2 ** -60, 1],
    ],
  },
  square: {
    args: ["x"],
    doc: "x².",
    family: "elementwise",
    derivative: "2x",
    example: "z = square([1, -3])",
    partials: [(b, [x]) => b.mul(2, x!)],
    domain: [real],
    special: signs,
  },
  reciprocal: {
    args: ["x"],
    doc: "1 / x.",
    family: "elementwise",
    derivative: "-1 / x²",
    conventions: "±∞ at ±0.",
    defined: "x ≠ 0",
    example: "z = reciprocal(4)",
    partials: [(b, _x, y) => b.neg(b.square(y))],
    domain: [positive],
    special: signs,
  },
  sqrt: {
    args: ["x"],
    doc: "Square root; NaN for x < 0. The derivative at 0 is +∞.",
    family: "elementwise",
    derivative: "1 / (2·sqrt(x))",
    conventions: "The derivative at 0 is +∞.",
    defined: "x ≥ 0; NaN below",
    example: "z = sqrt(2)",
    partials: [(b, _x, y) => b.div(0.5, y)],
    domain: [positive],
    special: [0, -0, 1, Number.POSITIVE_INFINITY],
  },
  cbrt: {
    args: ["x"],
    doc: "Real cube root, also of negative numbers. The derivative at 0 is +∞.",
    family: "elementwise",
    derivative: "1 / (3·cbrt(x)²)",
    conventions: "The derivative at 0 is +∞.",
    example: "z = cbrt(-8)",
    partials: [(b, _x, y) => b.reciprocal(b.mul(3, b.square(y)))],
    branch: (b, [x]) => b.sign(x!),
    domain: [positive],
    special: [0, -8, 8],
  },
  abs: {
    args: ["x"],
    doc: "Absolute value. The derivative at 0 is 0.",
    family: "elementwise",
    derivative: "sign(x)",
    conventions: "The derivative at 0 is 0.",
    example: "z = abs(-2)",
    partials: [(b, [x]) => b.sign(x!)],
    branch: (b, [x]) => b.sign(x!),
    domain: [positive],
    special: signs,
  },
  sign: {
    args: ["x"],
    doc: "−1, 0 or 1. The derivative is 0 everywhere.",
    family: "elementwise",
    derivative: "0",
    conventions: "The derivative at 0, where the value jumps, is 0 too.",
    example: "z = sign([-2, 0, 3])",
    partials: [() => 0],
    branch: (_b, _x, y) => y,
    domain: [positive],
    special: signs,
  },
  hypot: {
    args: ["x", "y"],
    doc: "sqrt(x² + y²) without overflow. The derivative at (0, 0) is (0, 0).",
    family: "elementwise",
    derivative: "x / hypot(x, y) and y / hypot(x, y)",
    conventions: "The derivative at (0, 0) is (0, 0).",
    example: "z = hypot(3, 4)",
    partials: [
      (b, [x], h) => b.where(b.equal(h, 0), 0, b.div(x!, h)),
      (b, [, y], h) => b.where(b.equal(h, 0), 0, b.div(y!, h)),
    ],
    branch: (b, _x, h) => b.sign(h),
    domain: [real, real],
    special: [
      [0, 0],
      [3, -4],
      [1e200, 1e200],
    ],
  },
  maximum: {
    args: ["x", "y"],
    doc: "The larger of x and y; NaN if either is. At a tie each gets half of the derivative.",
    family: "elementwise",
    derivative: "1 for the larger argument, 0 for the other",
    conventions: "At a tie each gets ½.",
    example: "z = maximum([1, 5], 3)",
    partials: [
      (b, [x, y]) => winner(b, b.greaterEqual(x!, y!), x!, y!),
      (b, [x, y]) => winner(b, b.greaterEqual(y!, x!), x!, y!),
    ],
    branch: (b, [x, y]) => b.sign(b.sub(x!, y!)),
    domain: [
      [-3, -1.2],
      [-1, 2],
    ],
    special: [
      [1, 1],
      [0, -0],
      [2, 1],
      [-2, -1],
    ],
  },
  minimum: {
    args: ["x", "y"],
    doc: "The smaller of x and y; NaN if either is. At a tie each gets half of the derivative.",
    family: "elementwise",
    derivative: "1 for the smaller argument, 0 for the other",
    conventions: "At a tie each gets ½.",
    example: "z = minimum([1, 5], 3)",
    partials: [
      (b, [x, y]) => winner(b, b.greaterEqual(y!, x!), x!, y!),
      (b, [x, y]) => winner(b, b.greaterEqual(x!, y!), x!, y!),
    ],
    branch: (b, [x, y]) => b.sign(b.sub(x!, y!)),
    domain: [
      [-3, -1.2],
      [-1, 2],
    ],
    special: [
      [1, 1],
      [0, -0],
      [2, 1],
      [-2, -1],
    ],
  },
  mod: {
    args: ["x", "y"],
    doc: "Remainder with the sign of the divisor: x − y·floor(x / y).",
    family: "elementwise",
    derivative: "1 by x, -floor(x / y) by y",
    conventions: "The jumps at multiples of y are passed over.",
    defined: "y ≠ 0; NaN at 0",
    example: "z = mod(-1, 3)",
    partials: [() => 1, (b, [x, y]) => b.neg(b.elementwise("floor_quotient", x!, y!))],
    branch: (b, [x, y]) => b.elementwise("floor_quotient", x!, y!),
    domain: [
      [0.2, 0.8],
      [1, 2],
    ],
    special: [
      [-1, 3],
      [1, -3],
      [5, 3],
    ],
  },
  floor_quotient: {
    hidden: true,
    args: ["x", "y"],
    doc: "floor(x / y), also where the quotient rounds up to a whole number. The derivative is 0 everywhere.",
    partials: [() => 0, () => 0],
    branch: (_b, _x, y) => y,
    domain: [
      [0.2, 0.8],
      [1, 2],
    ],
    special: [
      [-1, 3],
      [1, -3],
      [5, 3],
    ],
  },
  floor: {
    args: ["x"],
    doc: "The largest whole number not above x. The derivative is 0 everywhere.",
    family: "elementwise",
    derivative: "0",
    conventions: "The jumps at whole numbers are passed over.",
    example: "z = floor(-1.5)",
    partials: [() => 0],
    branch: (_b, _x, y) => y,
    domain: [[0.1, 0.4]],
    special: [0, -0, -0.5, 2],
  },
  ceil: {
    args: ["x"],
    doc: "The smallest whole number not below x. The derivative is 0 everywhere.",
    family: "elementwise",
    derivative: "0",
    conventions: "The jumps at whole numbers are passed over.",
    example: "z = ceil(-1.5)",
    partials: [() => 0],
    branch: (_b, _x, y) => y,
    domain: [[0.1, 0.4]],
    special: [0, -0, -0.5, 2],
  },
  round: {
    args: ["x"],
    doc: "The nearest whole number, halves to even as in NumPy. The derivative is 0 everywhere.",
    family: "elementwise",
    derivative: "0",
    conventions: "The jumps at halves are passed over.",
    example: "z = round([0.5, 1.5, 2.6])",
    partials: [() => 0],
    branch: (_b, _x, y) => y,
    domain: [[0.1, 0.4]],
    special: [0.5, 1.5, 2.5, -0.5],
  },
});
