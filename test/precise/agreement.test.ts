import { describe, expect, it } from "vitest";
import { derivatives } from "../../src/autodiff/reverse.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { topologicalOrder } from "../../src/graph/topology.js";
import { isLoop } from "../../src/ops/loop.js";
import { tensorOperations } from "../../src/ops/registry.js";
import { formatShape, type Shape, type Tensor } from "../../src/tensor.js";
import { evaluator, graphOf, inputName, type TestGraph } from "../support/graph.js";
import { allCases, operationOf, valuesOf } from "../support/operation-cases.js";
import { precisely } from "../support/precise.js";
import { tensorCases, valuesFor } from "../support/tensor-cases.js";

/**
 * The largest difference, relative to the largest element; NaN and infinities have to be the same. What is 0 but for
 * rounding, such as the determinant of a singular matrix, is compared as a number of about 1.
 */
function difference(found: ArrayLike<number>, expected: Float64Array): number {
  let largest = 0;
  let most = 0.01;
  expected.forEach((y, i) => {
    const x = found[i]!;
    if (Object.is(x, y)) return;
    const error = Math.abs(x - y);
    largest = Math.max(largest, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  });
  for (const y of expected) if (Number.isFinite(y)) most = Math.max(most, Math.abs(y));
  return largest / most;
}

function expectAgreement(
  roots: readonly OperatorNode[],
  values: ReadonlyMap<string, Tensor>,
  tolerance: number,
): void {
  const found = precisely(roots, values);
  const expected = evaluator(roots)(values);
  found.forEach((x, i) => {
    const { shape, data } = expected[i]!;
    expect(x.shape).toEqual(shape);
    expect(x.hi.length, formatShape(shape)).toBe(data.length);
    expect(difference(x.hi, data), `${roots[i]!.op.name} ${formatShape(shape)}`).toBeLessThanOrEqual(
      tolerance,
    );
  });
}

describe("each operation gives what the engine's gives", () => {
  it.each(allCases)("%s", (_title, one) => {
    const { op } = operationOf(one);
    for (const atDead of [0.5, 1]) expectAgreement([op], valuesOf(one, atDead), 1e-13);
  });
});

/** Scripts whose graphs have loops and what else no operation of the tables has. */
const scripts: readonly (readonly [text: string, shapes: Readonly<Record<string, Shape>>])[] = [
  ["out = fold((h, a) -> 1 / (1 + (h * y + a)^2), 0.5, x)", { x: [5], y: [] }],
  ["out = fold((h, r) -> (h * r)' + y, [[1, 2], [3, 4]], x)", { x: [3], y: [2, 2] }],
  ["out = scan((h, a) -> (h * a + y, [h^2, a]), y, x)[1]", { x: [4], y: [] }],
  ["out = iterate(a -> (a + 2 / (2 + a^2)) / 2, x, 4)", { x: [2, 2] }],
  ["out = while(a -> sum(a) < 30, a -> abs(a) * 2 + y^2, x)", { x: [3], y: [] }],
  ["out = while(a -> sum(a) < -30, a -> a * 2, x)", { x: [3] }],
  ["out = if sum(x) > 0 then x * y else sqrt(y^2) * x^2", { x: [3], y: [] }],
  ["out = map(a -> if a > 0 then sqrt(a) * y else a^2, x)", { x: [4], y: [] }],
  ["out = fold((h, r) -> h + fold((g, a) -> 1 / (1 + (g * a + y)^2), h, r), 0.25, x)", { x: [3, 2], y: [] }],
  ["out = fold((h, a) -> solve([[9, a], [a, 8]], h), [y, 1], x)", { x: [3], y: [] }],
  ["out = fold((h, a) -> h * a, y, x[:0]) * x", { x: [3], y: [] }],
  ["s = fold((h, a) -> h * a, y, x); out = grad(s, x) * y", { x: [3], y: [] }],
  ["f(a) = a^2\nderivative f(a; da) = 3 * da\nout = map(f, x) * f(y)", { x: [3], y: [] }],
  ["out = stop_gradient(x) * x", { x: [3] }],
  ["s = x * 2; t = x * 2; out = grad(sum(s * t^2), s)", { x: [3] }],
  ["out = hessian(prod(x) * sum(x^2), x)", { x: [4] }],
];

interface Named extends TestGraph {
  readonly title: string;
  readonly values: ReadonlyMap<string, Tensor>;
  /** The derivatives of the output by the inputs. */
  readonly slopes: readonly OperatorNode[];
}

const named = (title: string, text: string, shapes: Readonly<Record<string, Shape>>, seed: number): Named => {
  const graph = graphOf(text, shapes);
  const used = Object.fromEntries(graph.inputs.map((node) => [inputName(node), node.shape]));
  const slopes = derivatives(graph.b, graph.output, graph.inputs).filter((node) => node !== null);
  return { ...graph, title, values: valuesFor(used, seed), slopes };
};

const graphs: readonly Named[] = [
  ...tensorCases.map(({ text, shapes }, i) => named(text, `out = ${text}`, shapes, i + 1)),
  ...scripts.map(([text, shapes], i) => named(text, text, shapes, i + 1)),
];

describe("functions, loops and their derivatives", () => {
  it.each(graphs.map((graph) => [graph.title, graph] as const))("%s", (_, { output, slopes, values }) => {
    expectAgreement([output], values, 1e-13);
    expectAgreement(slopes, values, 1e-12);
  });

  it("are made of all tensor operations, together with the table of operations", () => {
    const roots = [
      ...graphs.flatMap(({ output, slopes }) => [output, ...slopes]),
      ...allCases.map(([, one]) => operationOf(one).op),
    ];
    const reached = new Set<string>();
    const visit = (nodes: readonly OperatorNode[]) => {
      for (const node of topologicalOrder(nodes)) {
        reached.add(node.op.name);
        if (isLoop(node)) visit(node.op.loop.body.results);
      }
    };
    // Each graph counts its nodes on its own.
    for (const root of roots) visit([root]);
    expect(tensorOperations.map(({ name }) => name).filter((name) => !reached.has(name))).toEqual([]);
  });
});
