import { describe, expect, it } from "vitest";
import { pushforward } from "../../src/autodiff/forward.js";
import { transposedPullback } from "../../src/autodiff/transpose.js";
import { topologicalOrder } from "../../src/graph/topology.js";
import type { Op } from "../../src/ops/op.js";
import type { Shape } from "../../src/tensor.js";
import { evaluator, graphOf, inputName, randomSource, sample } from "../support/graph.js";

describe("a forward rule that is derived from the reverse rule", () => {
  it.each<[string, Record<string, Shape>]>([
    ["softmax(x, axis=0)", { x: [3, 2] }],
    ["logsumexp(x, axis=1, keepdims=1)", { x: [3, 2] }],
    ["max(x, axis=0)", { x: [3, 2] }],
    ["sum(x, axis=0)", { x: [3, 2] }],
    ["x @ y", { x: [2, 1, 2, 3], y: [2, 3, 2] }],
    ["x'", { x: [3, 2] }],
    ["broadcast_to(x, [4, 3, 2])", { x: [3, 1] }],
    ["x[1:, ::-1]", { x: [3, 2] }],
    ["concatenate((x, y), axis=1)", { x: [2, 1], y: [2, 3] }],
  ])("is the one that is stated: %s", (text, shapes) => {
    const { b, inputs, output } = graphOf(`out = ${text}`, shapes);
    const op = output.op as Op;
    if (op.kind !== "tensor" || op.vjp === null) return expect.fail("a tensor operation with a derivative");
    const random = randomSource(17);
    const tangents = inputs.map((node) => b.constant(sample(random, [4, ...node.shape], [-1, 1])));
    const derived = transposedPullback(b, op.vjp, tangents, output)!;
    const [stated] = pushforward(b, [output], new Map(inputs.map((node, i) => [node, tangents[i]!])));
    expect(derived.shape).toEqual([4, ...output.shape]);
    const leaves = topologicalOrder([derived]).filter((node) => node.op.name === "input");
    expect(leaves.every((node) => inputs.includes(node))).toBe(true);
    const values = new Map(inputs.map((node) => [inputName(node), sample(random, node.shape, [-1, 1])]));
    const [p, q] = evaluator([derived, stated!])(values);
    p!.data.forEach((value, i) => {
      expect(value).toBeCloseTo(q!.data[i]!, 13);
    });
  });
});
