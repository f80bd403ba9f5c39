import { describe, expect, it } from "vitest";
import { countInstructions } from "../../src/engine/instruction-count.js";
import { measureCosts } from "../../src/engine/op-costs.js";
import { plan } from "../../src/engine/plan.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { defaultLimits } from "../../src/limits.js";
import { graphOf, inputNode, newCalculus } from "../support/graph.js";

const planOf = (...nodes: OperatorNode[]) => plan(nodes, defaultLimits, { marks: true });

describe("counting instructions", () => {
  it("reads every instruction to its end", () => {
    const texts = [
      "y = sum(sin(x) + 1, axis=0) @ ones(4)",
      "y = scan((h, a) -> (tanh(h + a), h * 2), x[0], x)[1]",
      "y = solve(x @ x' + eye(3), x) + cumsum(x, axis=1) + softmax(x)",
      "y = take(ravel(x), [3, 1, 3])[::2] * rand(2, seed=1) + flip(arange(2))",
      "y = where(x > 0, clip(x, 0, 1), x^3)",
      "y = grad(sum(tanh(x) ^ 2), x)",
    ];
    for (const text of texts) {
      const { code, marks } = planOf(graphOf(text, { x: [3, 4] }).output);
      const parts = marks.map(({ start, end }) => countInstructions(code.subarray(start, end)).written);
      expect(countInstructions(code).written).toBe(parts.reduce((sum, count) => sum + count, 0));
      expect(marks.map(({ start }) => start)).toEqual([0, ...marks.slice(0, -1).map(({ end }) => end)]);
      expect(marks.at(-1)!.end).toBe(code.length);
    }
  });

  it("counts strips and steps of loops as often as they run", () => {
    const wide = planOf(graphOf("y = sum(exp(x) * 2)", { x: [3000] }).output);
    expect(countInstructions(wide.code)).toEqual({ written: 1, run: 1, fused: 1, strips: 12 });
    const rows = planOf(graphOf("y = max(exp(x) * 2, axis=1)", { x: [10, 600] }).output);
    expect(countInstructions(rows.code)).toMatchObject({ fused: 1, strips: 30 });
    const loop = planOf(graphOf("y = iterate(h -> sum(exp(h) * 2) + h, x, 7)", { x: [3000] }).output);
    expect(countInstructions(loop.code)).toMatchObject({ fused: 1, strips: 7 * 12 });
  });
});

describe("the costs of operations", () => {
  it("are those of the elementwise ones and of reductions", () => {
    const b = newCalculus();
    const x = inputNode(b, "x", [10]);
    const [sin, sum, reshaped] = [b.sin(x), b.sum(x, null), b.reshape(x, [2, 5])];
    const costOf = measureCosts([sin, sum, reshaped], false);
    for (const node of [sin, sum, reshaped]) {
      expect(costOf(node, 0)).toBeGreaterThan(0);
      expect(costOf(node, 1e6)).toBeGreaterThanOrEqual(costOf(node, 1000));
    }
  });
});
