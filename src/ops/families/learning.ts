import type { OperatorNode } from "../../graph/node.js";
import { scalarOps } from "../op.js";
import type { Calculus } from "../vocabulary.js";

const positive = [0.2, 3] as const;
const negative = [-3, -0.2] as const;
const infinity = Number.POSITIVE_INFINITY;

/** x where it is not positive, else 0: what exp may read of both sides without overflow. */
const belowZero = (b: Calculus, x: OperatorNode) => b.where(b.greater(x, 0), 0, x);

/** Activation functions of neural networks; `sigmoid`, `softplus` and `relu` stand with the exponentials. */
export const learning = scalarOps({
  leaky_relu: {
    family: "learning",
    args: ["x", "negative_slope"],
    defaults: { negative_slope: 0.01 },
    doc: "x where it is positive, negative_slope·x elsewhere.",
    derivative: "1 for x > 0, negative_slope for x < 0",
    conventions: "The derivative at 0 is negative_slope.",
    example: "z = leaky_relu([-1, 2], negative_slope=0.1)",
    partials: [
      (b, [x, slope]) => b.where(b.greater(x!, 0), 1, slope!),
      (b, [x]) => b.where(b.greater(x!, 0), 0, x!),
    ],
    branch: (b, [x]) => b.sign(x!),
    domain: [negative, positive],
    special: [
      [0, 0.5],
      [-0, 0.5],
      [2, 0.5],
      [infinity, 0],
    ],
  },
  elu: {
    family: "learning",
    args: ["x", "alpha"],
    defaults: { alpha: 1 },
    doc: "x where it is positive, alpha·(exp(x) − 1) elsewhere.",
    derivative: "1 for x > 0, alpha·exp(x) for x < 0",
    conventions: "The derivative at 0 is alpha.",
    example: "z = elu([-1, 2])",
    partials: [
      (b, [x, alpha]) => b.where(b.greater(x!, 0), 1, b.mul(alpha!, b.exp(belowZero(b, x!)))),
      (b, [x]) => b.elementwise("expm1", belowZero(b, x!)),
    ],
    branch: (b, [x]) => b.sign(x!),
    domain: [negative, positive],
    special: [
      [0, 1],
      [-0, 1],
      [1000, 2],
      [-1000, 2],
    ],
  },
  gelu: {
    family: "learning",
    args: ["x"],
    doc: "x·Φ(x), Φ the distribution function of the normal distribution. The exact form, by erf, not by tanh.",
    derivative: "Φ(x) + x·φ(x), φ = Φ′",
    example: "z = gelu([-1, 2])",
    partials: [
      (b, [x]) => b.add(b.elementwise("normal_cdf", x!), b.mul(x!, b.elementwise("normal_pdf", x!))),
    ],
    domain: [[-3, 3]],
    special: [0, -0, 40, -40, infinity, -infinity],
  },
  silu: {
    family: "learning",
    args: ["x"],
    doc: "x·sigmoid(x), also called swish.",
    derivative: "sigmoid(x)·(1 + x·sigmoid(-x))",
    example: "z = silu([-1, 2])",
    partials: [(b, [x]) => b.mul(b.sigmoid(x!), b.add(1, b.mul(x!, b.sigmoid(b.neg(x!)))))],
    domain: [[-3, 3]],
    special: [0, -0, 800, -800, infinity, -infinity],
  },
});
