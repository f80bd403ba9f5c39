import { describe, expect, it } from "vitest";
import { asTensor, jacobians } from "../../../src/autodiff/jacobian.js";
import { derivatives } from "../../../src/autodiff/reverse.js";
import { copiesRead } from "../../../src/autodiff/sparsity/copies.js";
import { Reading } from "../../../src/autodiff/sparsity/reading.js";
import { type Shape, sizeOf, type Tensor } from "../../../src/tensor.js";
import { largestDifference } from "../../support/differences.js";
import { evaluateOne, evaluator, graphOf, inputName, randomSource, sample } from "../../support/graph.js";

const readOf = (text: string, shapes: Record<string, Shape>) => {
  const { b, inputs, output } = graphOf(`out = ${text}`, shapes);
  return copiesRead(b, output, inputs, evaluateOne).map((copies, k) =>
    copies.map(({ node, sources }) => (node === inputs[k] ? "itself" : [...sources])),
  );
};

describe("the copies that an output reads", () => {
  it.each<[string, Record<string, Shape>, (readonly number[] | "itself")[][]]>([
    ["sin(x)", { x: [3] }, [["itself"]]],
    ["sin(x[[0, 1, 1]])", { x: [2] }, [[[0, 1, 1]]]],
    ["x[[0, 1, 1]]", { x: [2] }, [[[0, 1, 1]]]],
    // An order of its own is no repetition.
    ["sin(x[[2, 0, 1]])", { x: [3] }, [["itself"]]],
    ["x + sum(sin(x[[0, 1, 1]]))", { x: [2] }, [["itself"]]],
    [
      "sin(x[[0, 0]]) * cos(x[[1, 1]])",
      { x: [2] },
      [
        [
          [0, 0],
          [1, 1],
        ],
      ],
    ],
    ["sin(flip(x)[[0, 1, 1]])", { x: [2] }, [[[1, 0, 0]]]],
    ["sin(pad(x, 1)[[0, 1, 1]])", { x: [2] }, [[[-1, 0, 0]]]],
    ["sin(concatenate((x, y))[[0, 3, 3]])", { x: [2], y: [2] }, [[[0, -1, -1]], [[-1, 1, 1]]]],
    // The parts of a row instead of the row, where nothing is read twice.
    [
      "sin(x[[0, 1, 0]][:, 0]) + cos(x[[0, 1, 0]][:, 1])",
      { x: [2, 2] },
      [
        [
          [0, 2, 0],
          [1, 3, 1],
        ],
      ],
    ],
    ["sin(x[[0, 0]][:, 0]) * x[[0, 0]][:, :2]", { x: [1, 2] }, [[[0, 1, 0, 1]]]],
    // A repetition within another counts twice if it is taken for another copy.
    ["sin(concatenate((x[[0, 0]], x)))", { x: [2] }, [["itself"]]],
    ["sin(x[[0, 0]]) + sum(y)", { x: [1], y: [2] }, [[[0, 0]], ["itself"]]],
  ])("%s", (text, shapes, expected) => {
    expect(readOf(text, shapes)).toEqual(expected);
  });

  it("are no copies of what lies before another name", () => {
    const { b, inputs, output } = graphOf("u = x[[0, 0]]\nout = sin(u)", { x: [1] });
    const u = output.inputs[0]!;
    const read = copiesRead(b, output, [inputs[0]!, u], evaluateOne);
    expect(read.map((copies) => copies.map(({ node }) => node))).toEqual([[inputs[0]], [u]]);
  });
});

describe("Jacobians by what an output reads", () => {
  const index = (length: number, size: number) =>
    JSON.stringify(Array.from({ length }, (_, i) => (i * i + 3 * i) % size));
  it.each<[string, string, Record<string, Shape>, sweeps: number]>([
    ["rows of a table", `sin(x[${index(40, 7)}]) * y`, { x: [7, 2], y: [40, 2] }, 1],
    ["two rows of a table", `x[${index(40, 7)}] * x[${index(40, 5)}]^2`, { x: [7] }, 1],
    ["an element twice", `x[${index(40, 7)}] * flip(x[${index(40, 7)}])`, { x: [7] }, 2],
    ["parts", `sum(x[${index(40, 7)}][:, :1] * sin(x[${index(40, 7)}][:, 1:]), axis=1)`, { x: [7, 3] }, 1],
    ["two tables at once", `sin(concatenate((x, y))[${index(60, 9)}])`, { x: [4], y: [5] }, 1],
    ["a row with its neighbour", `cumsum(reshape(x[${index(60, 6)}], 30, 2), axis=1)`, { x: [6] }, 2],
    ["rows with zeros", `pad(x[${index(40, 8)}], 3) * y`, { x: [8], y: [] }, 46],
    ["a gathered matrix", `sin(x[${index(30, 5)}]) @ [[1], [2]]`, { x: [5, 2] }, 1],
  ])("%s", (_, text, shapes, sweeps) => {
    const graph = graphOf(`out = ${text}`, shapes);
    const { b, inputs, output } = graph;
    const random = randomSource(7);
    const values = new Map<string, Tensor>(
      inputs.map((node) => [inputName(node), sample(random, node.shape, [0.3, 1.2])]),
    );
    const reading = Reading.of(b, output, inputs, evaluateOne)!;
    expect(reading.colorRows(sizeOf(output.shape))!.count).toBe(sweeps);
    const expected = derivatives(b, output, inputs).map((node) => evaluator([node!])(values)[0]!.data);
    for (const mode of ["auto", "forward", "reverse"] as const) {
      jacobians(b, output, inputs, evaluateOne, mode).forEach((jacobian, k) => {
        const whole = asTensor(b, jacobian, output.shape, inputs[k]!.shape)!;
        const { data } = evaluator([whole])(values)[0]!;
        expect(largestDifference(data, expected[k]!), `${mode} ${k}`).toBeLessThan(1e-13);
      });
    }
  });
});
