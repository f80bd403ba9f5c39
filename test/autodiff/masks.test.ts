import { describe, expect, it } from "vitest";
import { derivatives } from "../../src/autodiff/reverse.js";
import type { Tensor } from "../../src/tensor.js";
import { largestDifference } from "../support/differences.js";
import { evaluator, graphOf, inputName } from "../support/graph.js";

type Values = Readonly<Record<string, number | readonly number[]>>;

const tensorOf = (value: number | readonly number[]): Tensor =>
  typeof value === "number"
    ? { shape: [], data: Float64Array.of(value) }
    : { shape: [value.length], data: Float64Array.from(value) };

/** First and second derivative of the sum of an expression by `x`, flattened. */
function both(text: string, values: Values): { first: number[]; second: number[] } {
  const tensors = new Map(Object.entries(values).map(([name, value]) => [name, tensorOf(value)]));
  const shapes = Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]));
  const { b, inputs, output } = graphOf(`out = ${text}`, shapes);
  const x = inputs.find((node) => inputName(node) === "x")!;
  const [first] = derivatives(b, b.sum(output, null), [x]);
  const [second] = derivatives(b, b.sum(first!, null), [x]);
  const [p, q] = evaluator([first!, second ?? b.broadcastTo(0, x.shape)])(tensors);
  return { first: [...p!.data], second: [...q!.data] };
}

describe("the side that was not chosen leaks nothing", () => {
  it.each<[string, Values, number[], number[]]>([
    ["where(x > 0, sqrt(x), 0)", { x: [-1, 0, 4] }, [0, 0, 0.25], [0, 0, -1 / 32]],
    ["where(x > 0, log(x), x^2)", { x: [-1, 0, 2] }, [-2, 0, 0.5], [2, 2, -0.25]],
    ["where(x == 0, 1, sin(x) / x)", { x: [0] }, [0], [0]],
    ["where(x > 0, x * log(x), 0)", { x: [0, 1] }, [0, 1], [0, 1]],
    ["where(x > 0, exp(log(sqrt(x)) * 2), 0)", { x: [-2, 0, 3] }, [0, 0, 1], [0, 0, 0]],
    ["where(x < 100, x, exp(x))", { x: [1] }, [1], [0]],
    ["where(x > 100, 0, 1) * where(x < 100, x^2, exp(x))", { x: [3] }, [6], [2]],
    ["where(x < 1000, x^2, exp(x^2))", { x: [50] }, [100], [2]],
    ["maximum(sqrt(x), 1)", { x: [0, 4] }, [0, 0.25], [0, -1 / 32]],
    ["minimum(log(x), -800)", { x: [1] }, [0], [0]],
    ["clip(1 / x, 0, 1)", { x: [0, 2] }, [0, -0.25], [0, 0.25]],
    ["relu(log(x))", { x: [0, 1e-9, 2] }, [0, 0, 0.5], [0, 0, -0.25]],
    ["max([sqrt(x[0]), sqrt(x[1])])", { x: [0, 4] }, [0, 0.25], [0, -1 / 32]],
    [
      "where(x > 0, where(x > 1, sqrt(x - 1), x), 0)",
      { x: [-1, 0.5, 1, 2] },
      [0, 1, 1, 0.5],
      [0, 0, 0, -0.25],
    ],
  ])("%s at %o", (text, values, first, second) => {
    const actual = both(text, values);
    actual.first.forEach((value, i) => {
      expect(value, "first").toBeCloseTo(first[i]!, 12);
    });
    actual.second.forEach((value, i) => {
      expect(value, "second").toBeCloseTo(second[i]!, 12);
    });
  });

  it.each<[string, Values, number[]]>([
    ["where(s > 0, sum(sqrt(x)), 0)", { x: [0, 1], s: -1 }, [0, 0]],
    ["where(s > 0, sum(sqrt(x)), 0)", { x: [4, 1], s: 1 }, [0.25, 0.5]],
    ["where(s > 0, [1, 2] @ sqrt(x), 0)", { x: [0, 1], s: -1 }, [0, 0]],
    ["where(s > 0, mean(reshape(sqrt(x), 2, 2) @ [1, 1]), 3)", { x: [0, 1, 0, 0], s: -1 }, [0, 0, 0, 0]],
    ["where(s > 0, logsumexp(log(x)), 0)", { x: [0, 1], s: -1 }, [0, 0]],
    ["where([1, 0] > 0, logsumexp(log(reshape(x, 2, 2)), axis=1), 0)", { x: [1, 1, 0, 1] }, [0.5, 0.5, 0, 0]],
    ["where([1, 0] > 0, sum(sqrt(reshape(x, 2, 2)), axis=0), 0)", { x: [1, 0, 4, 0] }, [0.5, 0, 0.25, 0]],
    ["where([1, 0] > 0, sqrt(reshape(x, 2, 2)) @ [1, 1], 0)", { x: [1, 4, 0, 1] }, [0.5, 0.25, 0, 0]],
    ["sum(where(x > 0, sqrt(x), 0) * x) + sum(x[::-1])", { x: [0, 4] }, [1, 4]],
    ["where(x > 0, sqrt(x), 0)[1:]", { x: [0, 0, 1] }, [0, 0, 0.5]],
    ["sqrt(x) * [0, 1]", { x: [1, 4] }, [0, 0.25]],
  ])("also through reductions and products: %s at %o", (text, values, expected) => {
    const { first } = both(text, values);
    first.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 12);
    });
  });

  it("leaves 0·∞ as it is where nothing was chosen", () => {
    expect(both("sqrt(x) * 0", { x: [0] }).first).toEqual([Number.NaN]);
    expect(both("where(x >= 0, sqrt(x), 0)", { x: [0] }).first).toEqual([Number.POSITIVE_INFINITY]);
    // One side dead and one side live at the same element: live.
    expect(both("where(x > 0, sqrt(x), 0) + sqrt(x) * 0", { x: [0] }).first).toEqual([Number.NaN]);
  });
});

describe("a kernel that fails for a matrix that was not chosen", () => {
  /** The first matrix is regular, the second one has no derivative. */
  const first = [2, 0.5, 0.5, 3];
  const equal = [2, 0, 0, 2];
  const singular = [1, 2, 2, 4];
  const matrices = "reshape(x, 2, 2, 2)";
  /** Keeps what belongs to the first matrix, for results that have no, one or two axes for each. */
  const keeps = ["[1, 0]", "[[1], [0]]", "[[[1]], [[0]]]"] as const;

  it.each<[string, 0 | 1 | 2, number[]]>([
    [`slogdet(${matrices})[1]`, 0, singular],
    [`det(${matrices})`, 0, singular],
    [`eigvalsh(${matrices})`, 1, equal],
    [`eigh(${matrices})[1]`, 2, equal],
    [`svd(${matrices})[0]`, 2, equal],
    [`svd(${matrices})[1]`, 1, equal],
    [`svd(${matrices})[2]`, 2, equal],
    [`svd(concatenate((${matrices}, ${matrices}), axis=-1))[2]`, 2, singular],
    [`qr(${matrices})[0]`, 2, singular],
    [`qr(${matrices})[1]`, 2, singular],
  ])("does not fail the first and second derivative in reverse: %s", (f, axes, second) => {
    const values = (x: readonly number[]) => new Map([["x", tensorOf(x)]]);
    // Linear algebra treats each matrix alone, so two regular ones give what the first one has to get.
    const found = [
      [...first, ...second],
      [...first, ...first],
    ].map((x) => {
      const { b, inputs, output } = graphOf(`out = where(${keeps[axes]} > 0, ${f}, 0)`, { x: [8] });
      const total = b.sum(b.mul(output, b.sin(output)), null);
      const gradients = derivatives(b, total, inputs);
      const reverse = derivatives(b, b.sum(b.square(gradients[0]!), null), inputs);
      return evaluator([gradients[0]!, reverse[0]!])(values(x)).map(({ data }) => data);
    });
    found[0]!.forEach((data, i) => {
      expect([...data].map(Number.isFinite)).not.toContain(false);
      expect(largestDifference(data, found[1]![i]!)).toBeLessThan(1e-13);
      expect(data.some((value) => value !== 0)).toBe(true);
    });
  });
});
