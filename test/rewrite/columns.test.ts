import { describe, expect, it } from "vitest";
import { derivatives } from "../../src/autodiff/reverse.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { topologicalOrder } from "../../src/graph/topology.js";
import { isNarrow } from "../../src/rewrite/column-rules.js";
import { byColumns } from "../../src/rewrite/columns.js";
import type { Shape, Tensor } from "../../src/tensor.js";
import { largestDifference } from "../support/differences.js";
import { evaluator, graphOf, inputName, randomSource, sample } from "../support/graph.js";

/** An output, with its derivatives by all inputs, before and after. */
function split(text: string, shapes: Record<string, Shape>, isDifferentiated = true) {
  const { b, inputs, output } = graphOf(text, shapes);
  const derived = isDifferentiated ? derivatives(b, b.sum(output, null), inputs) : [];
  const before = [output, ...derived.map((node) => node!)];
  return { inputs, before, after: byColumns(b, before) };
}

function valuesOf(inputs: readonly OperatorNode[]): Map<string, Tensor> {
  const random = randomSource(5);
  return new Map(inputs.map((node) => [inputName(node), sample(random, node.shape, [-1, 2])]));
}

const rowsIn = (roots: readonly OperatorNode[], name: string) =>
  topologicalOrder(roots).filter(({ op, shape }) => op.name === name && isNarrow(shape) && shape.at(-1)! > 1)
    .length;

describe("tensors of many short rows", () => {
  const n = 600;
  const rows = JSON.stringify(Array.from({ length: n }, (_, i) => (i * i) % 7));
  it.each<[what: string, text: string, Record<string, Shape>]>([
    ["broadcast along rows", "out = x * y * (x - y)", { x: [n, 3], y: [n, 1] }],
    [
      "broadcast from one row",
      "out = sum(x * y * sin(x + y) / (x - y), axis=1) * sum(x + y, axis=1)",
      { x: [n, 3], y: [3] },
    ],
    [
      "broadcast from numbers of another batch",
      "out = sum(x * y + y * sin(x * y), axis=2)",
      { x: [n, 3], y: [2, 1, 1] },
    ],
    ["sums", "out = sum(x * sum(x, axis=1, keepdims=True), axis=1) * y", { x: [n, 4], y: [n] }],
    ["products and extrema", "out = prod(x, axis=1) * max(x, axis=1) - min(x, axis=1)", { x: [n, 3] }],
    [
      "sums along other axes",
      "out = sum(sum(x * y, axis=0) * y * mean(sum(x / y, axis=0)), axis=-1)",
      { x: [2, n, 3], y: [n, 1] },
    ],
    [
      "cross products",
      "c(a, b) = a[:, [1, 2, 0]] * b[:, [2, 0, 1]]\nout = c(x, y) - c(y, x)",
      { x: [n, 3], y: [n, 3] },
    ],
    ["cuts", "out = x[:, :2] / x[:, 2:] * x[:, ::-2][:, :1]", { x: [n, 3] }],
    ["cuts of rows and columns", "out = (x * y)[1:-1, 1:] * y[2:]", { x: [n, 3], y: [n, 1] }],
    [
      "gathered rows",
      `out = sum(x[${rows}] * y, axis=1, keepdims=True) * x[${rows}]`,
      { x: [7, 3], y: [n, 3] },
    ],
    ["an index twice", "out = x[:, [0, 2, 2, 1]] * y", { x: [n, 3], y: [n, 1] }],
    ["side by side", "out = concatenate((x * y, y, x), axis=1) * y", { x: [n, 3], y: [n, 1] }],
    [
      "below each other",
      "z = concatenate((x * y, x[:5], y / x))\nout = sum(z * z[:, :1] / z[:, 1:2], axis=1)",
      { x: [n, 3], y: [n, 1] },
    ],
    ["padded", "out = pad(x * y, 1)[:-2] * y", { x: [n, 3], y: [n, 1] }],
    ["flipped", "out = sum(flip(x * y, axis=1) * x, axis=1)", { x: [n, 3], y: [n, 1] }],
    [
      "other shapes",
      "out = reshape(x * reshape(y, n, 1), 2, 300, 3) * reshape(y, 2, 300, 1)\nconst n = 600",
      { x: [n, 3], y: [n] },
    ],
    [
      "rows taken for columns",
      "out = reshape(x * y, 1800, 1) * reshape(x * y, 1800)[:5]",
      { x: [n, 3], y: [n, 1] },
    ],
    ["a column taken for rows", "out = reshape(y * y, 600, 3) * x", { x: [n, 1], y: [1800, 1] }],
    ["in a product of matrices", "out = (x * y) @ z * y", { x: [n, 3], y: [n, 1], z: [3, 3] }],
    ["in a softmax", "out = softmax(x * y, axis=1) * y", { x: [n, 3], y: [n, 1] }],
    [
      "of matrices",
      "out = sum(sum(x * y, axis=2) * z, axis=1) / z[:, 0]",
      { x: [n, 2, 3], y: [n, 1, 3], z: [n, 1] },
    ],
    ["a choice", "out = where(y > 0, x * y, sqrt(abs(x)))", { x: [n, 3], y: [n, 1] }],
  ])("keep their values by columns: %s", (_, text, shapes) => {
    const { inputs, before, after } = split(text, shapes);
    expect(after, "some are taken apart").not.toEqual(before);
    const values = valuesOf(inputs);
    const [expected, actual] = [before, after].map((roots) => evaluator(roots)(values));
    expected!.forEach((tensor, i) => {
      expect(actual![i]!.shape).toEqual(tensor.shape);
      // Sums over all rows may run with other strips, and then add up in another order.
      expect(largestDifference(actual![i]!.data, tensor.data)).toBeLessThan(1e-14);
    });
  });

  it("are multiplied and summed in no rows any more", () => {
    const text = "out = sum(x * y, axis=1) * sum(y * x^2, axis=1)";
    const { before, after } = split(text, { x: [n, 3], y: [n, 1] });
    expect(rowsIn(before, "mul")).toBeGreaterThan(2);
    expect(rowsIn(after, "mul")).toBe(0);
  });

  it.each<[why: string, text: string, Record<string, Shape>]>([
    ["nothing is put together in them", "out = sin(x) * x + 2 * x", { x: [n, 3] }],
    ["their copies would cost more", "out = x * y", { x: [n, 3], y: [n, 1] }],
    ["they are few", "out = sum(x * y, axis=1) * sum(x * y^2, axis=1)", { x: [40, 3], y: [40, 1] }],
    ["they are long", "out = sum(x * y, axis=1) * sum(x * y^2, axis=1)", { x: [n, 40], y: [n, 1] }],
    ["there are none", "out = sum(x * y, axis=1) * sum(x * y^2, axis=1)", { x: [0, 3], y: [0, 1] }],
  ])("stay whole where %s", (_, text, shapes) => {
    const { before, after } = split(text, shapes, false);
    expect(after).toEqual(before);
  });
});
