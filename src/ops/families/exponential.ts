import { scalarOps } from "../op.js";

const real = [-3, 3] as const;
const positive = [0.2, 3] as const;
const infinity = Number.POSITIVE_INFINITY;

export const exponential = scalarOps({
  exp: {
    args: ["x"],
    doc: "e to the power x.",
    partials: [(_b, _x, y) => y],
    domain: [real],
    special: [0, -0, 1, 710, -750, infinity, -infinity],
  },
  expm1: {
    args: ["x"],
    doc: "exp(x) − 1, accurate near 0.",
    // exp(x), not y + 1: the sum would lose the small derivative at very negative x.
    partials: [(b, [x]) => b.exp(x!)],
    domain: [real],
    special: [0, -0, 1e-10, -40],
  },
  log: {
    args: ["x"],
    doc: "Natural logarithm; −∞ at 0, NaN below.",
    partials: [(b, [x]) => b.reciprocal(x!)],
    domain: [positive],
    special: [0, 1, infinity],
  },
  log1p: {
    args: ["x"],
    doc: "log(1 + x), accurate near 0.",
    partials: [(b, [x]) => b.reciprocal(b.add(1, x!))],
    domain: [[-0.5, 3]],
    special: [0, -0, 1e-10, -1],
  },
  log2: {
    args: ["x"],
    doc: "Logarithm to base 2.",
    partials: [(b, [x]) => b.reciprocal(b.mul(Math.LN2, x!))],
    domain: [positive],
    special: [0, 1, 8],
  },
  log10: {
    args: ["x"],
    doc: "Logarithm to base 10.",
    partials: [(b, [x]) => b.reciprocal(b.mul(Math.LN10, x!))],
    domain: [positive],
    special: [0, 1, 1000],
  },
  logaddexp: {
    args: ["x", "y"],
    doc: "log(exp(x) + exp(y)) without overflow.",
    partials: [(b, [x, y]) => b.sigmoid(b.sub(x!, y!)), (b, [x, y]) => b.sigmoid(b.sub(y!, x!))],
    domain: [real, real],
    special: [
      [0, 0],
      [1000, 1000],
      [-1000, 1000],
    ],
  },
  sigmoid: {
    args: ["x"],
    doc: "1 / (1 + exp(−x)). The derivative is σ(x)·σ(−x), which keeps its digits for large |x|.",
    partials: [(b, [x], y) => b.mul(y, b.sigmoid(b.neg(x!)))],
    domain: [real],
    special: [0, -0, 40, -40, 800, -800],
  },
  softplus: {
    args: ["x"],
    doc: "log(1 + exp(x)) without overflow.",
    partials: [(b, [x]) => b.sigmoid(x!)],
    domain: [real],
    special: [0, 800, -800],
  },
  relu: {
    args: ["x"],
    doc: "max(x, 0). The derivative at 0 is 0.",
    partials: [(b, [x]) => ({ select: b.greater(x!, 0) })],
    domain: [positive],
    special: [0, -0, 1, -1],
  },
});
