import { scalarOps } from "../op.js";
import type { Calculus, Operand } from "../vocabulary.js";

const real = [-3, 3] as const;
const unit = [-0.9, 0.9] as const;

/** 1 − x², without cancellation near ±1. */
const oneMinusSquare = (b: Calculus, x: Operand) => b.mul(b.sub(1, x), b.add(1, x));

export const trigonometric = scalarOps({
  sin: {
    args: ["x"],
    doc: "Sine; x in radians.",
    partials: [(b, [x]) => b.cos(x!)],
    domain: [real],
    special: [0, -0, Math.PI / 2],
  },
  cos: {
    args: ["x"],
    doc: "Cosine; x in radians.",
    partials: [(b, [x]) => b.neg(b.sin(x!))],
    domain: [real],
    special: [0, -0, Math.PI],
  },
  tan: {
    args: ["x"],
    doc: "Tangent; x in radians.",
    partials: [(b, _x, y) => b.add(1, b.square(y))],
    domain: [[-1.2, 1.2]],
    special: [0, -0, Math.PI / 4],
  },
  arcsin: {
    args: ["x"],
    doc: "Inverse sine, in radians from −π/2 to π/2; NaN outside [−1, 1].",
    partials: [(b, [x]) => b.reciprocal(b.sqrt(oneMinusSquare(b, x!)))],
    domain: [unit],
    special: [0, -0, 1, -1],
  },
  arccos: {
    args: ["x"],
    doc: "Inverse cosine, in radians from 0 to π; NaN outside [−1, 1].",
    partials: [(b, [x]) => b.neg(b.reciprocal(b.sqrt(oneMinusSquare(b, x!))))],
    domain: [unit],
    special: [0, 1, -1],
  },
  arctan: {
    args: ["x"],
    doc: "Inverse tangent, in radians from −π/2 to π/2.",
    partials: [(b, [x]) => b.reciprocal(b.add(1, b.square(x!)))],
    domain: [real],
    special: [0, -0, Number.POSITIVE_INFINITY],
  },
  arctan2: {
    args: ["y", "x"],
    doc: "The angle of the point (x, y), in radians from −π to π.",
    // Divided twice by the radius rather than once by its square, which overflows and underflows sooner.
    partials: [
      (b, [y, x]) => b.div(b.div(x!, b.hypot(x!, y!)), b.hypot(x!, y!)),
      (b, [y, x]) => b.neg(b.div(b.div(y!, b.hypot(x!, y!)), b.hypot(x!, y!))),
    ],
    domain: [
      [0.2, 3],
      [-3, 3],
    ],
    special: [
      [0, 1],
      [1, 0],
      [0, -1],
      [-1, -1],
    ],
  },
  sinh: {
    args: ["x"],
    doc: "Hyperbolic sine.",
    partials: [(b, [x]) => b.cosh(x!)],
    domain: [real],
    special: [0, -0, 1e-10, 20],
  },
  cosh: {
    args: ["x"],
    doc: "Hyperbolic cosine.",
    partials: [(b, [x]) => b.sinh(x!)],
    domain: [real],
    special: [0, -0, 20],
  },
  tanh: {
    args: ["x"],
    doc: "Hyperbolic tangent.",
    // sech²(x), not 1 − tanh²(x): the difference has no digits left for |x| > 19.
    partials: [(b, [x]) => b.square(b.reciprocal(b.cosh(x!)))],
    domain: [real],
    special: [0, -0, 20, -20, Number.POSITIVE_INFINITY],
  },
  arcsinh: {
    args: ["x"],
    doc: "Inverse hyperbolic sine.",
    partials: [(b, [x]) => b.reciprocal(b.hypot(1, x!))],
    domain: [real],
    special: [0, -0, 1e200],
  },
  arccosh: {
    args: ["x"],
    doc: "Inverse hyperbolic cosine; NaN for x < 1.",
    partials: [(b, [x]) => b.reciprocal(b.mul(b.sqrt(b.sub(x!, 1)), b.sqrt(b.add(x!, 1))))],
    domain: [[1.2, 3]],
    special: [1, 1e200],
  },
  arctanh: {
    args: ["x"],
    doc: "Inverse hyperbolic tangent; ±∞ at ±1, NaN outside.",
    partials: [(b, [x]) => b.reciprocal(oneMinusSquare(b, x!))],
    domain: [unit],
    special: [0, -0, 1, -1],
  },
});
