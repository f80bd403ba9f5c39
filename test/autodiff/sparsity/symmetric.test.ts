import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hessians } from "../../../src/autodiff/hessian.js";
import { asTensor } from "../../../src/autodiff/jacobian.js";
import { derivatives } from "../../../src/autodiff/reverse.js";
import { colorSymmetric, symmetrised } from "../../../src/autodiff/sparsity/symmetric.js";
import { topologicalOrder } from "../../../src/graph/topology.js";
import { type Shape, sizeOf } from "../../../src/tensor.js";
import { largestDifference } from "../../support/differences.js";
import {
  evaluateOne,
  evaluator,
  graphOf,
  inputName,
  randomSource,
  sample,
  type TestGraph,
} from "../../support/graph.js";

const size = 12;
const edges = fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 25 });

/** A symmetric pattern with these elements, their mirror images and the diagonal. */
function patternOf(pairs: readonly (readonly [number, number])[], n = size) {
  const rows = Array.from({ length: n }, () => new Set<number>());
  for (const [i, j] of pairs) rows[i]!.add(j);
  const sorted = rows.map((row) => [...row].sort((a, b) => a - b));
  const starts = new Int32Array(n + 1);
  sorted.forEach((row, i) => {
    starts[i + 1] = starts[i]! + row.length;
  });
  return symmetrised({ starts, columns: Int32Array.from(sorted.flat()) });
}

describe("groups of rows of a symmetric matrix", () => {
  it("let every element be read from its row or its column", () => {
    fc.assert(
      fc.property(edges, (pairs) => {
        const pattern = patternOf(pairs);
        const { colors } = colorSymmetric(pattern)!;
        const row = (i: number) => [...pattern.columns.slice(pattern.starts[i], pattern.starts[i + 1])];
        const isAlone = (i: number, j: number) => row(i).filter((k) => colors[k] === colors[j]).length === 1;
        for (let i = 0; i < size; i++) {
          expect(isAlone(i, i), "the diagonal").toBe(true);
          for (const j of row(i)) expect(isAlone(i, j) || isAlone(j, i), `${i}, ${j}`).toBe(true);
        }
      }),
    );
  });

  it("are two for an arrow, and few for bands", () => {
    const n = 50;
    const arrow = patternOf(
      Array.from({ length: n }, (_, i) => [0, i] as const),
      n,
    );
    expect(colorSymmetric(arrow)!.count).toBe(2);
    // Two rows that nearly all others are connected to, among so many that pairs of them could not be looked at.
    const wide = 30_000;
    const two = Array.from({ length: wide }, (_, i) => [[0, i] as const, [wide - 1, i] as const]).flat();
    expect(colorSymmetric(patternOf(two, wide))!.count).toBeLessThanOrEqual(3);
    const chain = patternOf(
      Array.from({ length: n - 1 }, (_, i) => [i, i + 1] as const),
      n,
    );
    expect(colorSymmetric(chain)!.count).toBe(3);
    expect(colorSymmetric(patternOf([], n))!.count).toBe(1);
  });
});

/** How many elements the largest node has that the Hessian adds to the graph. */
function largestNode({ b, inputs, output }: TestGraph): number {
  const before = b.builder.size;
  const found = hessians(b, output, inputs, evaluateOne)
    .flat()
    .flatMap((one) => (one === null ? [] : [one.kind === "tensor" ? one.node : one.values]));
  const made = topologicalOrder(found).filter(({ id }) => id >= before);
  return Math.max(...made.map(({ shape }) => sizeOf(shape)));
}

describe("Hessians with structure", () => {
  it.each<[string, Record<string, Shape>]>([
    ["x[0] * sum(x[1:]^2) + sum(x^4)", { x: [40] }],
    ["sum((x - m)^2 * s) + m^4 / s", { x: [40], m: [], s: [] }],
    ["sum(sin(x[1:] * x[:-1])) + sum(x * y)^2", { x: [30], y: [30] }],
    ["sum(exp(x) * reshape(y, 4, 1)) + m^2", { x: [4, 5], y: [4], m: [] }],
    ["sum(x^3) * m[0] + m[1]^2 * m[0] + sum(x[1:] * x[:-1]) * m[2]", { x: [40], m: [3] }],
    ["logsumexp(x) + sum(x^3)", { x: [20] }],
    ["sum(x^3) + 0 * sum(y)", { x: [20], y: [20] }],
  ])("are those of reverse over reverse: %s", (text, shapes) => {
    const graph = graphOf(`out = ${text}`, shapes);
    const { b, inputs, output } = graph;
    const random = randomSource(3);
    const values = new Map(inputs.map((node) => [inputName(node), sample(random, node.shape, [0.3, 1.2])]));
    const blocks = hessians(b, output, inputs, evaluateOne);
    derivatives(b, output, inputs).forEach((gradient, i) => {
      const rows = derivatives(b, gradient!, inputs);
      inputs.forEach((second, k) => {
        const { shape } = inputs[i]!;
        const found = asTensor(b, blocks[i]![k]!, shape, second.shape);
        const zero = b.broadcastTo(0, [...shape, ...second.shape]);
        const [p, q] = evaluator([found ?? zero, rows[k] ?? zero])(values);
        expect(p!.shape).toEqual(q!.shape);
        expect(largestDifference(p!.data, q!.data), `block ${i}, ${k}`).toBeLessThan(1e-13);
      });
    });
  });

  it("take as many sweeps as colors, where one variable meets all others, too", () => {
    const n = 2000;
    expect(largestNode(graphOf("out = x[0] * sum(x[1:]^2) + sum(x^4)", { x: [n] }))).toBeLessThan(5 * n);
    expect(largestNode(graphOf("out = sum((x - m)^2 * s) + m^4 / s", { x: [n], m: [], s: [] }))).toBeLessThan(
      5 * n,
    );
    expect(largestNode(graphOf("out = sum(x[1:]^2 * x[:-1])", { x: [n] }))).toBeLessThan(5 * n);
  });

  it("keep both sides of what a stated rule makes asymmetric", () => {
    const script = `f(x, y) = x * y
derivative f(x, y; dx, dy) = dx * y^2 + dy * x
out = sum(f(m, x))`;
    const graph = graphOf(script, { x: [20], m: [] });
    const { b, inputs, output } = graph;
    const [m, x] = [
      inputs.find(({ shape }) => shape.length === 0)!,
      inputs.find(({ shape }) => shape.length > 0)!,
    ];
    const blocks = hessians(b, output, [m, x], evaluateOne);
    const [mx, xm] = [asTensor(b, blocks[0]![1]!, [], [20])!, asTensor(b, blocks[1]![0]!, [20], [])!];
    const values = new Map([
      [inputName(m), { shape: [], data: Float64Array.of(2) }],
      [inputName(x), sample(randomSource(1), [20], [1, 2])],
    ]);
    const [p, q] = evaluator([mx, xm])(values);
    // ∂f/∂m = y², so ∂²f/∂m∂y = 2y by the rule; ∂f/∂y = m, and ∂²f/∂y∂m = 1.
    expect(
      largestDifference(
        p!.data,
        values.get(inputName(x))!.data.map((y) => 2 * y),
      ),
    ).toBe(0);
    expect([...q!.data]).toEqual(new Array(20).fill(1));
  });
});
