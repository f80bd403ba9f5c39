import { describe, expect, it } from "vitest";
import { forwardJacobians } from "../../src/autodiff/forward.js";
import { firstWrongNode } from "../../src/check/locate.js";
import { checkPairs } from "../../src/check/pairs.js";
import { tensorRegistry } from "../../src/ops/registry.js";
import { fromTensor } from "../../src/precise/tensor.js";
import { evaluator, inputNode, newCalculus } from "../support/graph.js";

/** What a check says of a Jacobian that comes of the forward rule of a cumulative sum, made larger by a factor. */
function checkedForward(factor: number) {
  const b = newCalculus();
  const x = inputNode(b, "x", [4]);
  const { jvp, ...others } = tensorRegistry.cumsum;
  const op = {
    ...others,
    jvp: (...[calculus, tangents, node]: Parameters<NonNullable<typeof jvp>>) =>
      calculus.mul(factor, jvp!(calculus, tangents, node)),
  };
  const outputNode = b.sin(b.builder.node(op, [b.exp(x)], { axes: [-1] }));
  const values = new Map([["x", { shape: [4], data: Float64Array.of(0.1, -0.3, 0.2, 0.7) }]]);
  const [node] = forwardJacobians(b, [outputNode], x);
  const [tensor] = evaluator([node!])(values);
  const gradient = { output: "y", input: "x", outputRank: 1, connected: true, tensor: tensor! };
  const pair = { output: "y", input: "x", outputNode, inputNode: x, gradient };
  const [result] = checkPairs(b, [pair], values, { seed: 1, exhaustive: false, verbose: false });
  const point = new Map([...values].map(([name, value]) => [name, fromTensor(value)]));
  return { verdict: result!.worst?.verdict, node: firstWrongNode(b, outputNode, x, point, 1) };
}

describe("forward rules", () => {
  it("pass where they are right", () => {
    expect(checkedForward(1)).toEqual({ verdict: "PASS", node: undefined });
  });

  it.each([1.01, 1 + 1e-4, 1 + 1e-7, -1, 0])(
    "are wrong by the factor %f, where the reverse rule is right",
    (factor) => {
      const { verdict, node } = checkedForward(factor);
      expect(verdict).toBe("WRONG");
      expect(node).toMatchObject({ op: "cumsum", operand: 0 });
    },
  );
});
