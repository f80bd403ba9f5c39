import { describe, expect, it } from "vitest";
import { jacobianTensors } from "../../src/autodiff/jacobian.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { topologicalOrder } from "../../src/graph/topology.js";
import { reassociate } from "../../src/rewrite/reassociate.js";
import { simplify } from "../../src/rewrite/simplify.js";
import { type Shape, sizeOf, type Tensor } from "../../src/tensor.js";
import { largestDifference } from "../support/differences.js";
import { evaluateOne, evaluator, graphOf, inputName, randomSource, sample } from "../support/graph.js";

/** An output and its Jacobian by the input x, forward, before and after. */
function reordered(text: string, shapes: Record<string, Shape>) {
  const { b, inputs, output } = graphOf(text, shapes);
  const x = inputs.filter((node) => inputName(node) === "x");
  const jacobian = jacobianTensors(b, output, x, evaluateOne, "forward");
  const before = simplify(b, { values: [output], derivatives: jacobian.map((node) => node!) });
  return { inputs, before, after: reassociate(b, before) };
}

function valuesOf(inputs: readonly OperatorNode[]): Map<string, Tensor> {
  const random = randomSource(7);
  return new Map(inputs.map((node) => [inputName(node), sample(random, node.shape, [-1, 2])]));
}

/** How many products of two numbers the products of matrices take. */
const termsOf = (roots: readonly OperatorNode[]) =>
  topologicalOrder(roots)
    .filter(({ op }) => op.name === "matmul")
    .reduce((sum, { inputs, shape }) => sum + sizeOf(shape) * inputs[0]!.shape.at(-1)!, 0);

describe("the order of products in a Jacobian", () => {
  // Every element depends on every other, so that there is one direction for each.
  const chain = "out = A @ (B @ (C @ reshape(softmax(x), 40, 3)))";
  const square: Shape = [40, 40];

  it.each<[what: string, text: string, Record<string, Shape>]>([
    ["matrices before a vector", chain, { x: [120], A: [4, 40], B: square, C: square }],
    [
      "matrices after a vector",
      "out = ((exp(x) @ A) @ B) @ C",
      { x: [30, 40], A: square, B: square, C: [40, 3] },
    ],
    [
      "on both sides",
      "out = A @ ((B @ cos(x)) @ C) @ D",
      { x: [30, 30], A: [2, 30], B: [30, 30], C: [30, 30], D: [30, 2] },
    ],
    [
      "of a batch, which the others lack",
      "out = A @ (B @ (sin(x) * sum(x))) @ C",
      { x: [4, 12, 12], A: [3, 12], B: [12, 12], C: [12, 2] },
    ],
    [
      "where axes of size 1 repeat",
      "out = A @ (B @ sin(x))",
      { x: [1, 24, 24], A: [5, 1, 24], B: [5, 24, 24] },
    ],
    [
      "of points that follow several frames",
      'out = einsum("kcb,bij,kcj->ci", w, sin(x) @ a, p)',
      { x: [8, 4, 4], w: [3, 60, 8], a: [8, 4, 4], p: [3, 60, 4] },
    ],
    [
      "across other shapes of the same elements",
      'out = reshape(einsum("abc,cd->abd", sin(x), A), 24, 15) @ B @ C',
      { x: [6, 4, 5], A: [5, 15], B: [15, 15], C: [15, 2] },
    ],
    [
      "across axes that turn out to be several",
      "out = transpose(reshape(reshape(sin(x), 6, 20) @ A, 2, 3, 2, 20), (2, 0, 1, 3)) @ B",
      { x: [2, 3, 20], A: [20, 40], B: [20, 2] },
    ],
  ])("is the cheapest, with the same result: %s", (_, text, shapes) => {
    const { inputs, before, after } = reordered(text, shapes);
    expect(termsOf(after.derivatives)).toBeLessThan(0.7 * termsOf(before.derivatives));
    const values = valuesOf(inputs);
    const [expected, actual] = [before, after].map(({ derivatives }) => evaluator(derivatives)(values));
    expected!.forEach((tensor, i) => {
      expect(actual![i]!.shape).toEqual(tensor.shape);
      const scale = tensor.data.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
      const scaled = (data: Float64Array) => data.map((x) => x / scale);
      expect(largestDifference(scaled(actual![i]!.data), scaled(tensor.data))).toBeLessThan(1e-14);
    });
  });

  it("leaves values as the script has them", () => {
    const { before, after } = reordered(chain, { x: [120], A: [4, 40], B: square, C: square });
    expect(after.values).toEqual(before.values);
    const alone = { values: before.derivatives, derivatives: [] };
    const { b } = graphOf(chain, { x: [120], A: [4, 40], B: square, C: square });
    expect(reassociate(b, alone)).toEqual(alone);
  });

  it.each<[why: string, text: string, Record<string, Shape>]>([
    [
      "it is the cheapest already",
      "out = (A @ (sin(x) * sum(x))) @ B",
      { x: [4, 12, 12], A: [3, 12], B: [12, 2] },
    ],
    ["there is one product", "out = A @ sin(x)", { x: [40, 30], A: [4, 40] }],
    ["little is to be spared", "out = A @ (B @ sin(x))", { x: [4, 4], A: [1, 4], B: [4, 4] }],
    [
      "something stands between the products",
      "out = A @ sin(B @ sin(C @ x))",
      { x: [40, 4], A: [4, 40], B: square, C: square },
    ],
    [
      "there is nothing to multiply",
      "out = A @ (B @ (C @ sin(x)))",
      { x: [40, 0], A: square, B: square, C: square },
    ],
  ])("stays where %s", (_, text, shapes) => {
    const { before, after } = reordered(text, shapes);
    expect(after).toEqual(before);
  });

  it("stays where others read what lies between", () => {
    const shapes = { x: [40, 30], A: [4, 40], B: square, C: square } satisfies Record<string, Shape>;
    const text = "y = C @ sin(x)\nz = B @ y\nout = A @ z + sum(y) * sum(z)";
    const { inputs, before, after } = reordered(text, shapes);
    const values = valuesOf(inputs);
    const [expected, actual] = [before, after].map(({ derivatives }) => evaluator(derivatives)(values));
    expect(largestDifference(actual![0]!.data, expected![0]!.data)).toBeLessThan(1e-12);
    expect(termsOf(after.derivatives)).toBeLessThanOrEqual(termsOf(before.derivatives));
  });
});
