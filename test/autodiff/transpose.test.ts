import { describe, expect, it } from "vitest";
import { pushforward } from "../../src/autodiff/forward.js";
import { topologicalOrder } from "../../src/graph/topology.js";
import type { Op, TensorOp } from "../../src/ops/op.js";
import type { Shape } from "../../src/tensor.js";
import { largestDifference } from "../support/differences.js";
import { evaluator, graphOf, inputName, randomSource, sample } from "../support/graph.js";
import { allCases, operationOf, valuesOf } from "../support/operation-cases.js";
import { transposedPullback } from "../support/transposed-pullback.js";

describe("the forward rule is the transpose of the reverse rule", () => {
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
  ])("%s", (text, shapes) => {
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

  it.each(allCases)("in the table of operations: %s", (_title, one) => {
    const { b, x, op: node } = operationOf(one);
    const { vjp, jvp } = node.op as TensorOp;
    if (vjp === null || jvp === null) return expect.fail("a rule that is stated");
    const random = randomSource(19);
    const seed = b.constant(sample(random, [3, ...x.shape], [-1, 1]));
    // Tangents that inputs can have together: of symmetric matrices, symmetric ones.
    const tangents = pushforward(b, node.inputs, new Map([[x, seed]]));
    const stated = jvp(b, tangents, node);
    expect(stated.shape).toEqual([3, ...node.shape]);
    const derived = transposedPullback(b, vjp, tangents, node) ?? b.broadcastTo(0, stated.shape);
    const values = valuesOf(one, 0.75);
    // The pullback of `expm` holds the placeholder in a matrix that it exponentiates: linear, but only in value.
    for (const leaf of topologicalOrder([derived]).filter(({ op }) => op.name === "input")) {
      if (leaf !== x) values.set(inputName(leaf), sample(random, leaf.shape, [-1, 1]));
    }
    const [p, q] = evaluator([derived, stated])(values);
    expect(largestDifference(p!.data, q!.data)).toBeLessThan(1e-13);
  });
});
