import type { OperatorNode } from "../../graph/node.js";
import { sizeOf } from "../../tensor.js";
import { axesFromEnd } from "../axes.js";
import { builtin, optional, required } from "../builtin.js";
import { tensorOps } from "../op.js";
import { ofOneInput } from "../tangents.js";
import type { Calculus } from "../vocabulary.js";
import { reducedShape, reducing, restored, spread, sumLike } from "./reduction.js";

/** x / norm; at 0, where the norm has a tip, 0. Both sides of the choice are finite, so its derivatives are too. */
function direction(b: Calculus, node: OperatorNode): OperatorNode {
  const norm = restored(b, node, node);
  const isTip = b.equal(norm, 0);
  return b.where(isTip, 0, b.div(node.inputs[0]!, b.where(isTip, 1, norm)));
}

export const statistics = tensorOps({
  norm: {
    doc: "sqrt(sum(x²)) over the axes, without overflow; 0 over nothing.",
    shape: reducedShape,
    vjp: (b, cotangent, node) => b.mul(restored(b, cotangent, node), direction(b, node)),
    jvp: ofOneInput((b, tangent, node) => sumLike(b, b.mul(tangent, direction(b, node)), node)),
    live: spread,
    branch: (b, _x, y) => b.sign(y),
  },
});

/** The mean over the axes; NaN over nothing. */
export function mean(
  b: Calculus,
  x: OperatorNode,
  axes: readonly number[] | null,
  keepdims: boolean,
): OperatorNode {
  const total = b.sum(x, axes, keepdims);
  return b.div(total, sizeOf(x.shape) / sizeOf(total.shape));
}

/** Deviations from the mean, the axes they run over, and the number that squared deviations are divided by. */
function deviations(b: Calculus, op: string, x: OperatorNode, axis: readonly number[] | null, ddof: number) {
  const axes = axesFromEnd(op, axis, x.shape, b.builder.span);
  const count = axes.reduce((product, one) => product * x.shape.at(one)!, 1);
  return { axes, deviation: b.sub(x, mean(b, x, axes, true)), divisor: Math.max(0, count - ddof) };
}

const parameters = {
  x: required("tensor"),
  axis: optional("axes", null),
  keepdims: optional("flag", false),
  ddof: optional("number", 0),
};

export const statisticsFunctions = [
  reducing("norm", {
    doc: "The 2-norm, sqrt(sum(x²)), over the axes, without overflow. Of a matrix, the Frobenius norm.",
    derivative: "x / norm(x)",
    conventions: "The derivative at 0 is 0.",
    example: "z = norm([3, 4])",
  }),
  builtin({
    name: "mean",
    family: "reductions",
    doc: "The sum over the axes divided by the number of elements; NaN over nothing.",
    derivative: "1 / n for each of the n elements",
    example: "z = mean([[1, 2], [3, 4]], axis=0)",
    parameters: { x: required("tensor"), axis: optional("axes", null), keepdims: optional("flag", false) },
    build: (b, { x, axis, keepdims }) => mean(b, x, axis, keepdims),
  }),
  builtin({
    name: "var",
    family: "reductions",
    doc: "The variance over the axes. Squared deviations from the mean are summed and divided by n − ddof.",
    derivative: "2·(x - mean(x)) / (n - ddof)",
    defined: "n > ddof",
    example: "z = var([1, 2, 4])",
    parameters,
    build: (b, { x, axis, keepdims, ddof }) => {
      const { axes, deviation, divisor } = deviations(b, "var", x, axis, ddof);
      return b.div(b.sum(b.square(deviation), axes, keepdims), divisor);
    },
  }),
  builtin({
    name: "std",
    family: "reductions",
    doc: "The standard deviation over the axes: the square root of var.",
    derivative: "(x - mean(x)) / ((n - ddof)·std(x))",
    conventions: "Where every element equals the mean, the derivative is 0.",
    defined: "n > ddof",
    example: "z = std([1, 2, 4], ddof=1)",
    parameters,
    build: (b, { x, axis, keepdims, ddof }) => {
      const { axes, deviation, divisor } = deviations(b, "std", x, axis, ddof);
      return b.div(b.reduce("norm", deviation, axes, keepdims), Math.sqrt(divisor));
    },
  }),
];
