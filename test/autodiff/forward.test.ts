import { describe, expect, it } from "vitest";
import { forwardJacobians, pushforward } from "../../src/autodiff/forward.js";
import { jacobianTensors } from "../../src/autodiff/jacobian.js";
import { derivatives } from "../../src/autodiff/reverse.js";
import { topologicalOrder } from "../../src/graph/topology.js";
import { checkModes } from "../support/check-derivatives.js";
import {
  evaluateOne,
  evaluator,
  graphOf,
  inputNode,
  newCalculus,
  randomSource,
  sample,
} from "../support/graph.js";

describe("forward accumulation", () => {
  it("visits only nodes on a path from an input asked for to the output", () => {
    const b = newCalculus();
    const [x, y] = [inputNode(b, "x", []), inputNode(b, "y", [])];
    let aside = y;
    let behind = x;
    for (let i = 0; i < 1000; i++) {
      aside = b.sin(b.add(aside, i));
      behind = b.sin(behind);
    }
    const output = b.add(b.mul(x, 3), aside);
    const before = b.builder.size;
    const [dx] = forwardJacobians(b, [output], x);
    expect(b.builder.size - before).toBeLessThan(5);
    expect(evaluator([dx!])(new Map())[0]!.data[0]).toBe(3);
  });

  it("makes no node for what is not connected", () => {
    const b = newCalculus();
    const [x, y] = [inputNode(b, "x", [2]), inputNode(b, "y", [2])];
    const output = b.sum(b.where(b.greater(x, 0), y, 1), null);
    // The condition of `where` passes no derivative.
    expect(forwardJacobians(b, [output, b.node(2), y], x)).toEqual([null, null, null]);
  });

  it("moves a seeded node by its seed alone", () => {
    const b = newCalculus();
    const x = inputNode(b, "x", []);
    const u = b.square(x);
    const seeds = new Map([
      [x, b.node(1)],
      [u, b.node(10)],
    ]);
    const [dw] = pushforward(b, [b.add(u, b.mul(3, x))], seeds);
    expect(evaluator([dw!])(new Map([["x", { shape: [], data: Float64Array.of(5) }]]))[0]!.data[0]).toBe(13);
  });

  it("differentiates a chain of a hundred thousand operations", () => {
    const b = newCalculus();
    const x = inputNode(b, "x", []);
    let y = x;
    for (let i = 0; i < 100_000; i++) y = b.neg(y);
    const [dx] = forwardJacobians(b, [y], x);
    expect(evaluator([dx!])(new Map())[0]!.data[0]).toBe(1);
  });

  it("carries a batch of tangents as it carries each of them alone, through broadcasting and products", () => {
    const b = newCalculus();
    const [x, y] = [inputNode(b, "x", [3]), inputNode(b, "y", [2, 3])];
    const tall = b.apply("softmax", [b.mul(x, y)], { axes: [-1] });
    const output = b.add(b.matmul(tall, b.matrixTranspose(y)), b.sum(b.broadcastTo(x, [2, 3]), [-1]));
    const random = randomSource(5);
    const values = new Map([
      ["x", sample(random, [3], [-1, 1])],
      ["y", sample(random, [2, 3], [-1, 1])],
    ]);
    const seeds = sample(random, [4, 3], [-1, 1]);
    const [batched] = pushforward(b, [output], new Map([[x, b.constant(seeds)]]));
    expect(batched!.shape).toEqual([4, 2, 2]);
    const [all] = evaluator([batched!])(values);
    for (let k = 0; k < 4; k++) {
      const seed = b.constant({ shape: [3], data: seeds.data.slice(3 * k, 3 * k + 3) });
      const [pushed] = pushforward(b, [output], new Map([[x, seed]]));
      const [one] = evaluator([pushed!])(values);
      one!.data.forEach((value, i) => {
        expect(all!.data[4 * k + i]).toBeCloseTo(value, 14);
      });
    }
  });

  it("passes through gradients as reverse mode does, to the transposes of slicing too", () => {
    const graph = graphOf("w = sum(exp(x[1:, ::2]) * x[0, 1]) + trace(x[:, :2]) ^ 3 + logsumexp(x')", {
      x: [2, 3],
    });
    const [gradient] = derivatives(graph.b, graph.output, graph.inputs);
    const names = new Set(topologicalOrder([gradient!]).map(({ op }) => op.name));
    expect(names).toContain("embed");
    expect(names).toContain("embed_diagonal");
    const values = new Map([["x", sample(randomSource(3), [2, 3], [-1, 1])]]);
    checkModes({ ...graph, output: gradient! }, values);
  });
});

describe("the choice of the mode", () => {
  /** How many elements the largest node of the derivative's graph has: the width of the sweep. */
  const width = (mode: "auto" | "forward" | "reverse", text: string, shapes: Record<string, number[]>) => {
    const { b, inputs, output } = graphOf(text, shapes);
    const before = b.builder.size;
    const found = jacobianTensors(b, output, inputs, evaluateOne, mode);
    const made = topologicalOrder(found.filter((node) => node !== null)).filter(({ id }) => id >= before);
    return Math.max(...made.map(({ shape }) => shape.reduce((product, size) => product * size, 1)));
  };

  it.each<[string, string, Record<string, number[]>, "forward" | "reverse"]>([
    ["forward for a long output of a scalar", "y = sin(x * arange(100)) ^ 2", { x: [] }, "forward"],
    ["reverse for a short output of a vector", "y = sin(x)[:2] ^ 2 * x[5]", { x: [100] }, "reverse"],
    ["reverse for a scalar output", "y = sum(x^2)", { x: [] }, "reverse"],
  ])("takes %s", (_what, text, shapes, expected) => {
    expect(width("auto", text, shapes)).toBe(width(expected, text, shapes));
  });
});
