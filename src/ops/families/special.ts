import type { OperatorNode } from "../../graph/node.js";
import { scalarOps } from "../op.js";
import type { Calculus } from "../vocabulary.js";

const real = [-3, 3] as const;
const positive = [0.2, 3] as const;
const infinity = Number.POSITIVE_INFINITY;
const twoOverSqrtPi = 2 / Math.sqrt(Math.PI);

/** The next derivative of a polygamma function; a constant order stays a constant. */
function nextPolygamma(b: Calculus, n: OperatorNode, x: OperatorNode): OperatorNode {
  const { value } = n.attributes;
  return b.elementwise("polygamma", typeof value === "number" ? value + 1 : b.add(n, 1), x);
}

/** The error and the gamma function with their relatives. */
export const special = scalarOps({
  erf: {
    family: "special",
    args: ["x"],
    doc: "The error function, 2/√π times the integral of exp(−t²) from 0 to x.",
    derivative: "2/√π·exp(-x²)",
    example: "z = erf(0.5)",
    partials: [(b, [x]) => b.mul(twoOverSqrtPi, b.elementwise("gaussian", x!))],
    domain: [real],
    special: [0, -0, 0.5, 6, -6, infinity, -infinity],
  },
  erfc: {
    family: "special",
    args: ["x"],
    doc: "1 − erf(x), accurate also where it is small.",
    derivative: "-2/√π·exp(-x²)",
    example: "z = erfc(5)",
    partials: [(b, [x]) => b.mul(-twoOverSqrtPi, b.elementwise("gaussian", x!))],
    domain: [real],
    special: [0, 0.5, 27, 30, -30, infinity, -infinity],
  },
  gammaln: {
    family: "special",
    args: ["x"],
    doc: "log |Γ(x)|; for whole n > 0, log (n − 1)!.",
    derivative: "digamma(x)",
    conventions:
      "+∞ at 0 and the negative whole numbers. Next to the zeros between them the absolute, not the relative error is small.",
    example: "z = gammaln(10)",
    partials: [(b, [x]) => b.elementwise("digamma", x!)],
    domain: [positive],
    special: [0, -0, 1, 2, -1, -1.5, 171, infinity],
  },
  digamma: {
    family: "special",
    args: ["x"],
    doc: "The derivative of gammaln: Γ′(x)/Γ(x).",
    derivative: "the trigamma function, Σ 1/(x + k)² over k = 0, 1, …",
    conventions: "∓∞ at ±0, NaN at the negative whole numbers.",
    defined: "all x but 0, -1, -2, …",
    example: "z = digamma(1)",
    partials: [(b, [x]) => b.elementwise("polygamma", 1, x!)],
    domain: [positive],
    special: [0, -0, 1, 2, -1, -1.5, infinity],
  },
  polygamma: {
    family: "special",
    args: ["n", "x"],
    doc: "The n-th derivative of digamma, for a whole n ≥ 1.",
    derivative: "polygamma(n + 1, x) by x; n is no variable",
    defined: "all x but 0, -1, -2, …",
    example: "z = polygamma(1, 2)",
    partials: [null, (b, [n, x]) => nextPolygamma(b, n!, x!)],
    domain: [[1, 1], positive],
    special: [
      [1, 1],
      [2, -0.5],
      [1, 0],
    ],
  },
  gaussian: {
    hidden: true,
    args: ["x"],
    doc: "exp(−x²), without the rounding of x².",
    partials: [(b, [x], y) => b.mul(-2, b.mul(x!, y))],
    domain: [real],
    special: [0, -0, 26, infinity],
  },
  normal_cdf: {
    hidden: true,
    args: ["x"],
    doc: "The distribution function of the standard normal distribution, ½·erfc(−x/√2).",
    partials: [(b, [x]) => b.elementwise("normal_pdf", x!)],
    domain: [real],
    special: [0, -38, 9, infinity, -infinity],
  },
  normal_pdf: {
    hidden: true,
    args: ["x"],
    doc: "The density of the standard normal distribution, exp(−x²/2)/√(2π).",
    partials: [(b, [x], y) => b.neg(b.mul(x!, y))],
    domain: [real],
    special: [0, 38, infinity],
  },
});
