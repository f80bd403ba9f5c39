import { expect } from "vitest";
import { forwardJacobians, pushforward } from "../../src/autodiff/forward.js";
import { hessians } from "../../src/autodiff/hessian.js";
import { asTensor } from "../../src/autodiff/jacobian.js";
import { derivatives, pullback } from "../../src/autodiff/reverse.js";
import { patternsOf } from "../../src/autodiff/sparsity/analysis.js";
import { colorColumns, colorRows } from "../../src/autodiff/sparsity/coloring.js";
import { copiesRead } from "../../src/autodiff/sparsity/copies.js";
import { merged, mergedElements } from "../../src/autodiff/sparsity/merged.js";
import { beside, elementsOf, rowsOf } from "../../src/autodiff/sparsity/pattern.js";
import { assemble, forwardElements } from "../../src/autodiff/sparsity/sweeps.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { sizeOf, type Tensor } from "../../src/tensor.js";
import { differences, largestDifference } from "./differences.js";
import { evaluateOne, evaluator, inputName, randomSource, sample, type TestGraph } from "./graph.js";

/** What differences reach where the function is smooth over their steps. */
const tolerance = 1e-8;

/** Both modes apply the same partials; they differ in the order of products and sums only. */
const modesTolerance = 1e-13;
const secondTolerance = 1e-11;

/**
 * Forward against reverse: equal Jacobians, and <u, J v> = <J^T u, v> for a random u and random v that move all inputs
 * at once.
 */
export function checkModes(graph: TestGraph, values: ReadonlyMap<string, Tensor>): void {
  const { b, inputs, output } = graph;
  derivatives(b, output, inputs).forEach((reverse, i) => {
    const [forward] = forwardJacobians(b, [output], inputs[i]!);
    const name = `∂/∂${inputName(inputs[i]!)}`;
    expect(forward === null, `${name} is a structural zero in both modes`).toBe(reverse === null);
    if (forward === null || reverse === null) return;
    expect(forward!.shape, name).toEqual(reverse.shape);
    const [p, q] = evaluator([forward!, reverse])(values);
    expect(largestDifference(p!.data, q!.data), `forward and reverse ${name}`).toBeLessThan(modesTolerance);
  });
  const random = randomSource(11);
  const direction = (node: OperatorNode) => b.constant(sample(random, node.shape, [-1, 1]));
  const tangents = new Map(inputs.map((node) => [node, direction(node)]));
  const [pushed] = pushforward(b, [output], tangents);
  if (pushed === null) return;
  expect(pushed!.shape).toEqual(output.shape);
  const cotangent = direction(output);
  const pulled = pullback(b, output, cotangent, inputs);
  const left = b.sum(b.mul(cotangent, pushed!), null);
  const right = [...pulled].reduce(
    (sum, [node, grad]) => b.add(sum, b.sum(b.mul(grad, tangents.get(node)!), null)),
    b.node(0),
  );
  const [p, q] = evaluator([left, right])(values);
  expect(largestDifference(p!.data, q!.data), "<u, J v> and <J^T u, v>").toBeLessThan(modesTolerance);
}

/**
 * The pattern of each Jacobian holds every element that is not 0, and the elements that colored sweeps give, in either
 * mode, are those of the whole Jacobian.
 */
export function checkStructure({ b, inputs, output }: TestGraph, values: ReadonlyMap<string, Tensor>): void {
  const [patterns] = patternsOf(b, [output], inputs, evaluateOne)!;
  const rows = sizeOf(output.shape);
  const widths = inputs.map(({ shape }) => sizeOf(shape));
  const elements = patterns!.map((pattern) => (pattern === null ? null : elementsOf(pattern)));
  const copies = copiesRead(b, output, inputs, evaluateOne);
  const read = [...new Set(copies.flat().map(({ node }) => node))];
  const byRead = patternsOf(b, [output], read, evaluateOne)![0]!.map(
    (pattern) => pattern && elementsOf(pattern),
  );
  const readWidths = read.map(({ shape }) => sizeOf(shape));
  const rowColors = colorRows(
    beside(byRead, readWidths, rows),
    readWidths.reduce((sum, width) => sum + width, 0),
  )!;
  const parts = inputs.map((_, k) => {
    const own = copies[k]!.map(({ node }) => byRead[read.indexOf(node)]!);
    return own.every((part) => part === null) ? null : merged(copies[k]!, own, rows, widths[k]!);
  });
  const reverse = mergedElements(b, output, copies, parts, rowColors);
  derivatives(b, output, inputs).forEach((jacobian, k) => {
    const input = inputs[k]!;
    const name = `∂/∂${inputName(input)}`;
    const own = elements[k]!;
    expect(own === null, `${name} has a pattern where it is connected`).toBe(jacobian === null);
    expect(parts[k]?.elements ?? null, `${name} has the same pattern by copies`).toEqual(own);
    if (own === null || jacobian === null) return;
    const forward = forwardElements(b, [output], input, [own], colorColumns(own, widths[k]!)!)[0];
    const whole = (found: OperatorNode) =>
      assemble(b, found, own, widths[k]!, [...output.shape, ...input.shape]);
    const [dense, p, q] = evaluator([jacobian, whole(forward!), whole(reverse[k]!)])(values);
    expect(largestDifference(p!.data, dense!.data), `${name} by columns`).toBeLessThan(modesTolerance);
    expect(largestDifference(q!.data, dense!.data), `${name} by rows`).toBeLessThan(modesTolerance);
    const listed = new Set(rowsOf(own).map((row, i) => row * widths[k]! + own.columns[i]!));
    const missing = [...dense!.data.keys()].filter((at) => dense!.data[at] !== 0 && !listed.has(at));
    expect(missing, `elements of ${name} beside its pattern`).toEqual([]);
  });
}

/**
 * The Hessian of a weighed sum of the output, forward over reverse: equal to reverse over reverse, which is compared with
 * differences elsewhere, and symmetric.
 */
export function checkHessians(graph: TestGraph, values: ReadonlyMap<string, Tensor>): void {
  const { b, inputs, output } = graph;
  const total = b.sum(b.mul(output, b.constant(sample(randomSource(13), output.shape, [0.5, 1.5]))), null);
  const blocks = hessians(b, total, inputs, evaluateOne).map((row, i) =>
    row.map((block, j) => asTensor(b, block, inputs[i]!.shape, inputs[j]!.shape)),
  );
  const value = (node: OperatorNode | null, [p, q]: readonly [OperatorNode, OperatorNode]) => {
    if (node === null) return new Float64Array(sizeOf(p.shape) * sizeOf(q.shape));
    expect(node.shape).toEqual([...p.shape, ...q.shape]);
    return evaluator([node])(values)[0]!.data;
  };
  derivatives(b, total, inputs).forEach((gradient, i) => {
    const rows = gradient === null ? inputs.map(() => null) : derivatives(b, gradient, inputs);
    inputs.forEach((second, j) => {
      const first = inputs[i]!;
      const what = `∂²/∂${inputName(first)}∂${inputName(second)}`;
      const found = value(blocks[i]![j]!, [first, second]);
      const reverse = value(rows[j]!, [first, second]);
      expect(largestDifference(found, reverse), what).toBeLessThan(secondTolerance);
      const other = value(blocks[j]![i]!, [second, first]);
      const columns = sizeOf(second.shape);
      const mirrored = found.map(
        (_, at) => other[(at % columns) * sizeOf(first.shape) + Math.floor(at / columns)]!,
      );
      expect(largestDifference(found, mirrored), `${what} is symmetric`).toBeLessThan(secondTolerance);
    });
  });
}

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
