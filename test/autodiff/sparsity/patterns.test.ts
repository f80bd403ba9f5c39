import { describe, expect, it } from "vitest";
import { asTensor, jacobians, type Mode } from "../../../src/autodiff/jacobian.js";
import { derivatives } from "../../../src/autodiff/reverse.js";
import { patternsOf } from "../../../src/autodiff/sparsity/analysis.js";
import { elementsOf, type Pattern, rowsOf } from "../../../src/autodiff/sparsity/pattern.js";
import { summarise } from "../../../src/autodiff/sparsity/structure.js";
import { topologicalOrder } from "../../../src/graph/topology.js";
import { type Shape, sizeOf, type Tensor } from "../../../src/tensor.js";
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

const patternsIn = ({ b, inputs, output }: TestGraph) => patternsOf(b, [output], inputs, evaluateOne)![0]!;

const places = (pattern: Pattern) => {
  const elements = elementsOf(pattern);
  return [...rowsOf(elements)].map((row, i) => row * pattern.columns + elements.columns[i]!);
};

function valuesFor({ inputs }: TestGraph, seed = 1): Map<string, Tensor> {
  const random = randomSource(seed);
  return new Map(inputs.map((node) => [inputName(node), sample(random, node.shape, [0.3, 1.2])]));
}

describe("patterns hold no more than they must", () => {
  it.each<[string, Record<string, Shape>]>([
    ["x^2 * y", { x: [4], y: [] }],
    ["x[1:] - x[:-1]", { x: [5] }],
    ["concatenate((x[::-2], sin(x[:2]), [1, 2]))", { x: [6] }],
    ["x * y", { x: [3, 1], y: [2] }],
    ["sum(x, axis=0) + x[1]", { x: [3, 2] }],
    ["mean(x * y, axis=1, keepdims=True) * x", { x: [2, 3], y: [3] }],
    ["x @ y", { x: [2, 3], y: [3, 2] }],
    ["x @ y", { x: [2, 2, 3], y: [3, 2] }],
    ["y @ x @ y", { x: [3, 3], y: [3] }],
    ['einsum("bij,bj->bi", x, y)', { x: [2, 3, 3], y: [2, 3] }],
    ["cumsum(x)", { x: [5] }],
    ["flip(cumsum(flip(x * x)))", { x: [5] }],
    ["cumprod(x, axis=0)", { x: [3, 2] }],
    ["prod(x, axis=1)", { x: [2, 3] }],
    ["softmax(x, axis=0)", { x: [3, 2] }],
    ["log_softmax(x)", { x: [2, 3] }],
    ["logsumexp(x, axis=1)", { x: [2, 3] }],
    ["norm(x, axis=0)", { x: [3, 2] }],
    ["x[[2, 0, 2]] * x[0]", { x: [3] }],
    ["x[:, [0, 1, 1]]", { x: [2, 2] }],
    ["tile(x, 2) + roll(tile(x, 2), 1)", { x: [4] }],
    ["pad(x, 1) * 2 + pad(x^2, (2, 0))", { x: [4] }],
    ["diag(x) + tril(outer(x, x))", { x: [3] }],
    ["trace(x) + diag(x)", { x: [3, 3] }],
    ["triu(x, 1) @ [1, 2, 3]", { x: [3, 3] }],
    ["solve([[2, 1], [1, 3]], x)", { x: [2, 3] }],
    ["reshape(transpose(x), -1)[1:5]", { x: [2, 4] }],
    ["[[1, 0, 0], [2, 3, 0], [0, 0, 4]] @ x", { x: [3] }],
    ["x @ [[1, 0], [0, 2]]", { x: [2, 2] }],
    ["x * [1, 0, 2]", { x: [3] }],
    ["where([1, 0, 1], x, y)", { x: [3], y: [3] }],
    ["where([1, 0, 1] > 0, x, 2) * 3", { x: [3] }],
    ["floor(x) + stop_gradient(x) * y", { x: [3], y: [3] }],
    ["eye(3) * x + 0", { x: [3] }],
    ["kron(x, [1, 0])", { x: [3] }],
  ])("%s", (text, shapes) => {
    const graph = graphOf(`out = ${text}`, shapes);
    const found = patternsIn(graph);
    const values = valuesFor(graph);
    derivatives(graph.b, graph.output, graph.inputs).forEach((jacobian, k) => {
      expect(found[k] === null).toBe(jacobian === null);
      if (jacobian === null) return;
      const { data } = evaluator([jacobian])(values)[0]!;
      const nonzero = [...data.keys()].filter((at) => data[at] !== 0);
      expect(places(found[k]!), inputName(graph.inputs[k]!)).toEqual(nonzero);
    });
  });

  it("hold every batch entry of a factorisation apart", () => {
    const graph = graphOf("out = inv(x)", { x: [3, 2, 2] });
    expect(summarise(patternsIn(graph)[0]!)).toEqual({
      kind: "block diagonal",
      nonzeros: 48,
      blocks: { count: 3, rows: 4, columns: 4 },
    });
  });

  it("follow the rule that a function states", () => {
    const graph = graphOf(
      "f(x, y) = x * y + 0 * sum(x)\nderivative f(x, y; dx, dy) = dx * y + x * dy\nout = f(x, x[::-1])",
      { x: [4] },
    );
    expect(places(patternsIn(graph)[0]!)).toEqual([0, 3, 5, 6, 9, 10, 12, 15]);
  });

  it("count every path through a name that stands behind another", () => {
    const graph = graphOf("u = x^2\nout = concatenate((u, x))", { x: [2] });
    const { b, inputs, output } = graph;
    const u = b.square(inputs[0]!);
    const found = patternsOf(b, [b.concatenate([b.sin(u), u], 0)], [inputs[0]!, u], evaluateOne)![0]!;
    expect(places(found[0]!)).toEqual([0, 3, 4, 7]);
    expect(places(found[1]!)).toEqual([0, 3, 4, 7]);
    expect(output.shape).toEqual([4]);
  });
});

describe("the structure of a pattern", () => {
  it.each<[string, Record<string, Shape>, ReturnType<typeof summarise>]>([
    ["sin(x)", { x: [20] }, { kind: "diagonal", nonzeros: 20 }],
    ["x[1:] * x[:-1]", { x: [20] }, { kind: "banded", nonzeros: 38, band: { lower: 0, upper: 1 } }],
    ["x[5:]", { x: [20] }, { kind: "banded", nonzeros: 15, band: { lower: -5, upper: 5 } }],
    ["cumsum(x)", { x: [20] }, { kind: "lower triangular", nonzeros: 210 }],
    ["flip(cumsum(flip(x)))", { x: [20] }, { kind: "upper triangular", nonzeros: 210 }],
    ["softmax(x)", { x: [20] }, { kind: "dense", nonzeros: 400 }],
    [
      "softmax(x)",
      { x: [5, 4] },
      { kind: "block diagonal", nonzeros: 80, blocks: { count: 5, rows: 4, columns: 4 } },
    ],
    ["x + x[0]", { x: [20] }, { kind: "lower triangular", nonzeros: 39 }],
    ["x + x[::-1]", { x: [20] }, { kind: "sparse", nonzeros: 40 }],
    ["floor(x)", { x: [20] }, { kind: "zero", nonzeros: 0 }],
    ["x * y", { x: [], y: [20] }, { kind: "dense", nonzeros: 20 }],
  ])("%s", (text, shapes, expected) => {
    expect(summarise(patternsIn(graphOf(`out = ${text}`, shapes))[0]!)).toEqual(expected);
  });
});

describe("colored sweeps", () => {
  const tridiagonal = "out = (3 - 2*x)*x - concatenate(([0], x[:-1])) - 2*concatenate((x[1:], [0])) + 1";
  /** How many elements the largest node has that the derivative adds to the graph. */
  const largest = ({ b, inputs, output }: TestGraph, mode: Mode) => {
    const before = b.builder.size;
    const found = jacobians(b, output, inputs, evaluateOne, mode);
    const nodes = found.map((one) => (one!.kind === "tensor" ? one!.node : one!.values));
    return Math.max(
      ...topologicalOrder(nodes)
        .filter(({ id }) => id >= before)
        .map(({ shape }) => sizeOf(shape)),
    );
  };

  it.each<[Mode]>([["auto"], ["forward"], ["reverse"]])(
    "take three sweeps for ten thousand variables of a tridiagonal system (%s)",
    (mode) => {
      expect(largest(graphOf(tridiagonal, { x: [10_000] }), mode)).toBeLessThanOrEqual(3 * 10_000);
    },
  );

  it.each<[string, Record<string, Shape>]>([
    [tridiagonal, { x: [40] }],
    ["out = (x[:-1] - x[1:]^2) * y", { x: [40], y: [] }],
    ["out = x * y + z", { x: [20, 1], y: [3], z: [20, 3] }],
    ["out = softmax(x * y) @ z", { x: [20, 3], y: [20, 1], z: [3, 2] }],
    ["out = x[::-1] * cumsum(x)", { x: [40] }],
    ["out = concatenate(([sum(x)], x[1:] * x[0]))", { x: [40] }],
    ["out = where(x > 0.7, sqrt(x - 0.7), x)", { x: [40] }],
  ])("give the same Jacobian in every mode: %s", (text, shapes) => {
    const graph = graphOf(text, shapes);
    const { b, inputs, output } = graph;
    const values = valuesFor(graph, 3);
    const expected = derivatives(b, output, inputs).map((node) => evaluator([node!])(values)[0]!.data);
    for (const mode of ["auto", "forward", "reverse"] as const) {
      jacobians(b, output, inputs, evaluateOne, mode).forEach((jacobian, k) => {
        const whole = asTensor(b, jacobian, output.shape, inputs[k]!.shape)!;
        const { data } = evaluator([whole])(values)[0]!;
        expect(largestDifference(data, expected[k]!), `${mode} ${k}`).toBeLessThan(1e-13);
      });
    }
  });

  it("are differentiated again", () => {
    const graph = graphOf("J = jacobian(x[1:]^2 * x[:-1], x)\nout = grad(sum(J^2), x)", { x: [40] });
    // Σ (2 x₁ x₀)² + (x₁²)²: by hand.
    const values = valuesFor(graph, 5);
    const x = values.get("x")!.data;
    const expected = x.map((own, i) => {
      const left = i > 0 ? 8 * own * x[i - 1]! ** 2 + 4 * own ** 3 : 0;
      return left + (i + 1 < x.length ? 8 * own * x[i + 1]! ** 2 : 0);
    });
    const [actual] = evaluator([graph.output])(values);
    expect(largestDifference(actual!.data, expected)).toBeLessThan(1e-13);
  });
});
