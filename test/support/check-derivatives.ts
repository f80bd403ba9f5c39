import { expect } from "vitest";
import { derivatives } from "../../src/autodiff/reverse.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { sizeOf, type Tensor } from "../../src/tensor.js";
import { differences, largestDifference } from "./differences.js";
import { evaluator, inputName, randomSource, sample, type TestGraph } from "./graph.js";

/** What differences reach where the function is smooth over their steps. */
const tolerance = 1e-8;

/** Compares the derivative of the output by every input with differences, then does the same for the derivatives. */
export function checkDerivatives(graph: TestGraph, values: ReadonlyMap<string, Tensor>, step?: number): void {
  checkFirstOrder(graph, values, "first order", step);
  const { b, inputs, output } = graph;
  // A scalar that weighs every element of the derivative differently, so that errors cannot cancel.
  const random = randomSource(7);
  const weigh = (node: OperatorNode) =>
    b.sum(b.mul(node, b.constant(sample(random, node.shape, [0.5, 1.5]))), null);
  const total = weigh(output);
  for (const derivative of derivatives(b, total, inputs)) {
    if (derivative !== null)
      checkFirstOrder({ b, inputs, output: weigh(derivative) }, values, "second order", step);
  }
}

function checkFirstOrder(
  { b, inputs, output }: TestGraph,
  values: ReadonlyMap<string, Tensor>,
  what: string,
  step?: number,
): void {
  const f = evaluator([output]);
  derivatives(b, output, inputs).forEach((derivative, i) => {
    const name = inputName(inputs[i]!);
    const expected = differences((at) => f(at)[0]!.data, values, name, step).flatMap((row) => [...row]);
    if (derivative === null) {
      expect(
        largestDifference(
          expected,
          expected.map(() => 0),
        ),
        `${what}, ∂/∂${name}: not connected`,
      ).toBe(0);
      return;
    }
    expect(derivative.shape, `${what}, ∂/∂${name}`).toEqual([...output.shape, ...inputs[i]!.shape]);
    const [actual] = evaluator([derivative])(values);
    expect(actual!.data.length).toBe(sizeOf(derivative.shape));
    expect(largestDifference(actual!.data, expected), `${what}, ∂/∂${name}`).toBeLessThan(tolerance);
  });
}
