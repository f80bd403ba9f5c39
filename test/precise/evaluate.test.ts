import { describe, expect, it } from "vitest";
import { derivatives } from "../../src/autodiff/reverse.js";
import { Fault } from "../../src/diagnostics.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { topologicalOrder } from "../../src/graph/topology.js";
import { isLoop, type LoopOp } from "../../src/ops/loop.js";
import { evaluatePrecisely } from "../../src/precise/evaluate.js";
import { scheduleOf } from "../../src/precise/schedule.js";
import { preciseTensor } from "../../src/precise/tensor.js";
import { type Shape, sizeOf, type Tensor } from "../../src/tensor.js";
import { evaluator, graphOf, inputNode, newCalculus } from "../support/graph.js";
import { plainScalars, precisely } from "../support/precise.js";

const tensor = (shape: Shape, ...data: readonly number[]): Tensor => ({
  shape,
  data: Float64Array.from(data),
});
const numbered = (shape: Shape): Tensor =>
  tensor(shape, ...Array.from({ length: sizeOf(shape) }, (_, i) => i + 1));

const valuesOf = (inputs: Readonly<Record<string, Tensor>>) => new Map(Object.entries(inputs));

/** The engine's values, whose bits are expected, except of NaN. */
function expectSame(text: string, inputs: Readonly<Record<string, Tensor>>): void {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  const { output } = graphOf(`out = ${text}`, shapes);
  const [found] = precisely([output], valuesOf(inputs));
  const [expected] = evaluator([output])(valuesOf(inputs));
  expect(found!.shape, text).toEqual(expected!.shape);
  expect([...found!.hi], text).toEqual([...expected!.data]);
}

describe("values", () => {
  it("broadcast as NumPy's", () => {
    const inputs = { x: numbered([2, 1, 3]), y: numbered([4, 1]), s: numbered([1, 1]) };
    for (const text of [
      "x + y",
      "y - x",
      "x * s",
      "s * y + x",
      "where(x > y, x, y * 10)",
      "-x + s",
      "x^2 + y",
    ])
      expectSame(text, inputs);
  });

  it("may be of nothing", () => {
    const inputs = { x: numbered([0, 3]), y: numbered([3]), z: numbered([2, 0]) };
    for (const text of [
      "x + y",
      "sum(x)",
      "sum(x, axis=0)",
      "prod(x, axis=1)",
      "norm(x, axis=0)",
      "cumsum(x)",
      "cumsum(x, axis=1)",
      "softmax(x, axis=1)",
      "x @ ones(3, 2)",
      "z @ ones(0, 3)",
      "x' + 1",
      "concatenate((x, [y]))",
      "x[:, [0, 0]]",
      "det(ones(0, 0))",
      "inv(ones(0, 0))",
      "fold((h, r) -> h + r, y, x)",
      "map(r -> sum(r), x)",
    ])
      expectSame(text, inputs);
  });

  it("may be NaN, infinite or −0", () => {
    const infinity = Number.POSITIVE_INFINITY;
    const lists = [
      [1, Number.NaN, 3],
      [1, infinity, 3],
      [infinity, -infinity, 0],
      [-infinity, -infinity, -infinity],
      [-0, -0, -0],
      [0, -0, 0],
      [-0, 0, -0],
      [1e308, 1e308, -1e308],
      [1e-320, -1e-320, 5e-324],
    ];
    for (const list of lists) {
      for (const text of [
        ..."sum max min prod norm cumsum cumprod logsumexp softmax log_softmax"
          .split(" ")
          .map((f) => `${f}(x)`),
        "x + x",
        "x - x",
        "x * x[::-1]",
        "x / x[::-1]",
        "-x",
        "x^2",
        "outer(x, x) @ x",
        "x[[1, 1, 0]]",
        "fold((h, a) -> h * a + 1, 2, x)",
      ])
        expectSame(text, { x: tensor([3], ...list) });
      // Zeros are stepped over, not multiplied by what is not finite.
      for (const text of [
        "solve(diag([1, 2, 4]), x)",
        "solve(tril(ones(3, 3)), x)",
        "det([[1, x[0]], [0, x[1]]])",
      ])
        expectSame(text, { x: tensor([3], ...list) });
      for (const f of ["det", "eigvalsh", "expm", "inv"]) {
        if (list.every(Number.isFinite)) continue;
        expectSame(`sum(${f}(outer(x, x)))`, { x: tensor([3], ...list) });
      }
    }
  });

  it("are random numbers of the engine's", () => {
    expectSame("rand(20, seed=3)", {});
    expectSame("randn(4, 5, seed=12345678901)", {});
  });

  it("keep what a double cannot hold", () => {
    const b = newCalculus();
    const x = inputNode(b, "x", [2]);
    const value = preciseTensor([2]);
    value.hi.set([1, 1]);
    value.lo.set([1e-25, -3e-25]);
    const difference = b.sum(b.sub(x, 1), null);
    const [found] = evaluatePrecisely([difference], new Map([["x", value]]));
    expect(found!.hi[0]).toBeCloseTo(-2e-25, 35);
  });

  it("of a graph that is deep", () => {
    const b = newCalculus();
    let x = inputNode(b, "x", []);
    for (let i = 0; i < 100_000; i++) x = b.add(x, 1);
    expect(precisely([x], valuesOf({ x: tensor([], 0.5) }))[0]!.hi[0]).toBe(100_000.5);
  });

  it("are missed by name", () => {
    const b = newCalculus();
    const x = inputNode(b, "x", []);
    expect(() => precisely([x])).toThrow("the input x has no value");
    const unknown = b.elementwise("erf", x);
    expect(() =>
      evaluatePrecisely([unknown], new Map([["x", preciseTensor([])]]), { scalars: plainScalars }),
    ).toThrow("erf is not known");
  });
});

describe("what is visited", () => {
  /** Names of operations with steps, in the order of the visits. */
  function visits(text: string, inputs: Readonly<Record<string, Tensor>>) {
    const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
    const { output } = graphOf(text, shapes);
    const seen: { node: OperatorNode; inputs: number[][]; value: number[]; steps: readonly number[] }[] = [];
    const [result] = precisely([output], valuesOf(inputs), (node, values, value, steps) => {
      seen.push({ node, inputs: values.map(({ hi }) => [...hi]), value: [...value.hi], steps });
    });
    return { output, result: [...result!.hi], seen };
  }

  it("every node once, after its inputs and with their values", () => {
    const { output, result, seen } = visits("out = x * x + sum(x)", { x: tensor([2], 2, 3) });
    expect(seen.map(({ node }) => node.op.name).sort()).toEqual(["add", "input", "mul", "sum"].sort());
    const values = new Map(seen.map(({ node, value }) => [node, value]));
    for (const { node, inputs, steps } of seen) {
      expect(inputs).toEqual(node.inputs.map((input) => values.get(input)));
      expect(steps).toEqual([]);
    }
    expect(seen.at(-1)!.node).toBe(output);
    expect(seen.at(-1)!.value).toEqual(result);
  });

  it("nodes in the bodies of loops, with the steps of all loops around them", () => {
    const { seen } = visits("out = fold((h, r) -> fold((g, a) -> g * a, h, r) + 1, 1, x)", {
      x: numbered([2, 3]),
    });
    const products = seen.filter(({ node }) => node.op.name === "mul");
    expect(products.map(({ steps }) => steps)).toEqual([0, 1].flatMap((i) => [0, 1, 2].map((j) => [i, j])));
    expect(products.map(({ value }) => value[0])).toEqual([1, 2, 6, 28, 140, 840]);
    const loops = seen.filter(({ node }) => isLoop(node));
    expect(loops.map(({ steps }) => steps)).toEqual([[0], [1], []]);
  });

  it("counts the steps of a loop that goes backwards in the order in which they are made", () => {
    const { b, inputs, output } = graphOf("out = fold((h, a) -> h * a, 1, x)", { x: [3] });
    const [slope] = derivatives(b, output, inputs);
    const backwards = topologicalOrder([slope!]).find((node) => isLoop(node) && node.op.loop.reverse)!;
    const { body, carries, sequences } = (backwards.op as LoopOp).loop;
    const slices = new Map<OperatorNode, (readonly [step: number, value: number])[]>(
      body.parameters.slice(carries, carries + sequences).map((parameter) => [parameter, []]),
    );
    const x = tensor([3], 2, 3, 5);
    const [found] = precisely([slope!], valuesOf({ x }), (node, _inputs, value, steps) => {
      slices.get(node)?.push([steps[0]!, value.hi[0]!]);
    });
    // The loop that goes forward, before, has the same parameters.
    expect([...slices.values()].map((list) => list.slice(-3))).toContainEqual([
      [0, 5],
      [1, 3],
      [2, 2],
    ]);
    expect([...found!.hi]).toEqual([15, 10, 6]);
  });

  it("the condition of a loop before each step, and once more", () => {
    const { result, seen } = visits("out = while(a -> a < 10, a -> a * 2, x)", { x: tensor([], 3) });
    expect(result).toEqual([12]);
    const conditions = seen.filter(({ node }) => node.op.name === "less");
    expect(conditions.map(({ steps, value }) => [steps, value])).toEqual([
      [[0], [1]],
      [[1], [1]],
      [[2], [0]],
    ]);
    expect(seen.filter(({ node }) => node.op.name === "mul").map(({ steps }) => steps)).toEqual([[0], [1]]);
  });

  it("values are let go where they are read for the last time, except results", () => {
    const { output } = graphOf("y = x * 2; out = sqrt(y) + sum(y * 3)", { x: [3] });
    const kept = output.inputs[0]!;
    const { order, released } = scheduleOf([output, kept]);
    const last = new Map<OperatorNode, number>();
    order.forEach((node, place) => {
      for (const input of node.inputs) last.set(input, place);
    });
    last.delete(kept);
    const found = new Map(released.flatMap((nodes, place) => nodes.map((node) => [node, place] as const)));
    expect(found).toEqual(last);
    expect(released.flat().length).toBe(found.size);
  });
});

describe("what has no result is said as the engine says it", () => {
  const singular = tensor([2, 2], 1, 2, 2, 4);
  const ball = tensor([3, 3], 3, 0, 0, 0, 1, 0, 0, 0, 1);
  const faultOf = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      if (error instanceof Fault) return error.diagnostics;
      throw error;
    }
    return expect.fail("it has a result");
  };
  it.each<[string, Tensor]>([
    ["inv(x)", singular],
    ["solve(x, [1, 2])", singular],
    ["inv(x)", tensor([2, 2, 2], 1, 2, 3, 4, 1, 2, 2, 4)],
    ["solve(x, [1, 2])", tensor([2, 1, 2, 2], 1, 2, 3, 4, 1, 2, 2, 4)],
    // Only the first of a batch is told, and the first step of a loop.
    ["inv(x)", tensor([3, 2, 2], 1, 2, 3, 4, 1, 2, 2, 4, 0, 0, 0, 0)],
    ["fold((h, a) -> h + inv(a), zeros(2, 2), x)", tensor([3, 2, 2], 1, 2, 3, 4, 1, 2, 2, 4, 0, 0, 0, 0)],
    ["cholesky(x)", tensor([2, 2], 1, 2, 3, 4)],
    ["inv(x) + cholesky(x - 3)", singular],
    ["grad(sum(eigh(x)[1]), x)", ball],
    ["grad(sum(svd(x)[0]), x)", ball],
    ["grad(sum(svd(x)[2]), x)", tensor([2, 3], 1, 0, 0, 0, 0, 0)],
    ["grad(sum(qr(x)[0]), x)", tensor([3, 2], 1, 0, 0, 0, 0, 0)],
    ["grad(slogdet(x)[1], x)", singular],
    ["while(a -> a > 0, a -> a + 1, sum(x), max=7)", singular],
    ["fold((h, r) -> inv(h - eye(2)) @ h, x + eye(2), [1, 2, 3])", singular],
    ["map(r -> inv(outer(r, [1, 2])), x)", singular],
  ])("%s of %o", (text, x) => {
    const { output } = graphOf(`out = ${text}`, { x: x.shape });
    const expected = faultOf(() => evaluator([output])(valuesOf({ x })));
    expect(faultOf(() => precisely([output], valuesOf({ x })))).toEqual(expected);
    expect(expected[0]!.span).toBeDefined();
  });
});
