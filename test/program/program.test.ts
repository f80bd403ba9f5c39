import { describe, expect, it } from "vitest";
import * as kernels from "../../src/engine/kernels/elementwise/index.js";
import { compile, toNested } from "../../src/index.js";
import { evaluate, problems } from "../support/run.js";

describe("derivatives by names", () => {
  it("differentiates by a definition as well as through it", () => {
    const { gradients } = evaluate("u = x^2\nw = u * x", { x: 3 }, { wrt: ["u", "x"] });
    expect(gradients).toEqual({ w: { u: 3, x: 27 } });
  });

  it("keeps definitions apart that are equal", () => {
    const { gradients } = evaluate("a = x + 1\nb = x + 1\nw = a * b^2", { x: 1 }, { wrt: ["a", "b", "x"] });
    expect(gradients).toEqual({ w: { a: 4, b: 8, x: 12 } });
  });

  it("takes another name of an input as a name of its own", () => {
    const { gradients } = evaluate("a = x\nw = a * x", { x: 3 }, { wrt: ["a", "x"] });
    expect(gradients).toEqual({ w: { a: 3, x: 6 } });
  });

  it("gives the derivative of a name by itself", () => {
    const { gradients } = evaluate("w = x * [1, 2]", { x: 3 }, { of: ["w"], wrt: ["w"] });
    expect(gradients).toEqual({
      w: {
        w: [
          [1, 0],
          [0, 1],
        ],
      },
    });
  });

  it("tells a derivative of 0 from no connection", () => {
    const compiled = compile("z = floor(x) + y * 0\nw = q");
    const result = compiled.ok ? compiled.program.run({ x: 1.5, y: 2, q: 1 }) : compiled;
    if (!("evaluation" in result)) return expect.fail("the script runs");
    const found = result.evaluation.gradients.map((g) => [
      g.output,
      g.input,
      g.connected,
      toNested(g.tensor),
    ]);
    expect(found).toEqual([
      ["z", "x", true, 0],
      ["z", "y", true, 0],
      ["z", "q", false, 0],
      ["w", "x", false, 0],
      ["w", "y", false, 0],
      ["w", "q", true, 1],
    ]);
  });

  it("gives the full Jacobian of a tensor, shape(output) + shape(input)", () => {
    const { gradients } = evaluate("y = A @ x", {
      A: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      x: [7, 8],
    });
    expect(gradients.y!.x).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(gradients.y!.A).toEqual([
      [
        [7, 8],
        [0, 0],
        [0, 0],
      ],
      [
        [0, 0],
        [7, 8],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 0],
        [7, 8],
      ],
    ]);
  });

  it("leaves derivatives out when told to", () => {
    expect(evaluate("w = x^2", { x: 3 }, { gradients: false })).toEqual({ outputs: { w: 9 }, gradients: {} });
  });

  it("gives a row for every named node", () => {
    const compiled = compile("z = x * y\nu = sin(z)\nw = u + z", { all: true });
    const result = compiled.ok ? compiled.program.run({ x: 2, y: 3 }) : compiled;
    if (!("evaluation" in result)) return expect.fail("the script runs");
    const rows = result.evaluation.nodes!.map((r) => [
      r.name,
      r.op,
      r.sumGrads.map((g) => toNested(g.tensor)),
    ]);
    // The host's cosine may be another double than ours, which this test is not about.
    const dz = kernels.cos(6) + 1;
    expect(rows).toEqual([
      ["x", "input", [3 * dz]],
      ["y", "input", [2 * dz]],
      ["z", "mul", [dz]],
      ["u", "sin", [1]],
      ["w", "add", [1]],
    ]);
  });

  it("names what it does not find", () => {
    expect(problems("alpha = x", { x: 1 }, { of: ["alpa"] })).toEqual(["unknown-output"]);
    expect(problems("alpha = x", { x: 1 }, { wrt: ["y"] })).toEqual(["unknown-output"]);
  });
});

describe("a program", () => {
  it("runs again with other values and other shapes", () => {
    const compiled = compile("w = sum(x^2)");
    if (!compiled.ok) return expect.fail("compiles");
    const { program } = compiled;
    const run = (x: number | number[]) => {
      const result = program.run({ x });
      return result.ok
        ? [result.evaluation.outputs[0]!.tensor, result.evaluation.gradients[0]!.tensor].map(toNested)
        : [];
    };
    expect(run([1, 2])).toEqual([5, [2, 4]]);
    expect(run([3, 4])).toEqual([25, [6, 8]]);
    expect(run(5)).toEqual([25, 10]);
    for (let n = 1; n < 9; n++) expect(run(Array(n).fill(1))[0]).toBe(n);
    expect(run([1, 2])).toEqual([5, [2, 4]]);
  });

  it("gives results that later runs do not change", () => {
    const compiled = compile("w = x * [1, 1, 1]");
    if (!compiled.ok) return expect.fail("compiles");
    const first = compiled.program.run({ x: 1 });
    compiled.program.run({ x: 2 });
    expect(first.ok && toNested(first.evaluation.outputs[0]!.tensor)).toEqual([1, 1, 1]);
  });

  it("takes numbers, arrays, vectors, tensors and maps", () => {
    const script = "w = sum(x)";
    expect(evaluate(script, { x: Float64Array.of(1, 2) }).outputs).toEqual({ w: 3 });
    expect(evaluate(script, { x: { shape: [1, 2], data: Float64Array.of(1, 2) } }).gradients).toEqual({
      w: { x: [[1, 1]] },
    });
    const compiled = compile(script);
    const result = compiled.ok ? compiled.program.run(new Map([["x", 4]])) : compiled;
    expect("evaluation" in result && result.evaluation.outputs[0]!.tensor.data[0]).toBe(4);
  });

  it.each<[string, unknown]>([
    ["a string", "2"],
    ["a boolean", true],
    ["null", null],
    ["undefined", undefined],
    ["a ragged array", [[1, 2], [3]]],
    ["numbers among arrays", [1, [2]]],
    ["a tensor that is not full", { shape: [3], data: Float64Array.of(1) }],
    ["a negative size", { shape: [-1], data: Float64Array.of() }],
  ])("refuses %s as a value", (_what, value) => {
    expect(problems("w = sum(x)", { x: value as number })).toEqual(["input-value"]);
  });

  it("says which inputs have no value, and which values no input takes", () => {
    expect(problems("w = x + y", { y: 1 })).toEqual(['missing-value at "x"']);
    expect(problems("w = x", { x: 1, q: 2 })).toEqual(["unused-value"]);
    expect(problems("u = x; w = u", { x: 1, u: 2 })).toEqual(["not-an-input"]);
  });

  it("warns of values outside their domain and refuses a domain that is none", () => {
    expect(problems("input x in (0, 1]; w = sum(x)", { x: [0.5, 1] })).toEqual([]);
    expect(problems("input x in (0, 1]; w = sum(x)", { x: [0, 1] })).toEqual(['outside-domain at "(0, 1]"']);
    expect(problems("input x in (1, 1); w = x", { x: 1 })).toEqual(['empty-domain at "(1, 1)"']);
    expect(problems("input y; input x in (0, y); w = x", { x: 1, y: 1 })).toEqual(['default-depends at "y"']);
  });
});

describe("limits hold to the number", () => {
  it("counts nodes", () => {
    // An input, a constant, a sum and the constant 1 that is the seed of its derivative.
    expect(problems("w = x + 2", { x: 1 }, { limits: { nodes: 4 } })).toEqual([]);
    expect(problems("w = x + 2", { x: 1 }, { limits: { nodes: 3 } })).toEqual(['limit at "x + 2"']);
  });

  it("counts bytes", () => {
    const x = { shape: [1000], data: new Float64Array(1000) };
    const enough = 8 * (1 + 1000 + 1000);
    expect(problems("w = x + x", { x }, { gradients: false, limits: { memory: enough } })).toEqual([]);
    expect(problems("w = x + x", { x }, { gradients: false, limits: { memory: enough - 1 } })).toEqual([
      'memory-limit at "x"',
    ]);
  });

  it("refuses what no memory holds before it takes any", () => {
    expect(problems("w = sum(arange(1e9) * x)", { x: 1 })).toEqual(['memory-limit at "arange(1e9)"']);
    expect(problems("w = zeros(2^31, 0)")).toEqual(["memory-limit"]);
    expect(problems("w = zeros(1e6, 1e6)")).toEqual(['memory-limit at "zeros(1e6, 1e6)"']);
  });

  it("names the three largest values where there is no room", () => {
    const compiled = compile("a = outer(x, x); b = a @ a; c = b @ b; d = sum(c) + sum(x)", {
      gradients: false,
      limits: { memory: 30_000 },
    });
    const result = compiled.ok ? compiled.program.run({ x: new Float64Array(50) }) : compiled;
    const notes = result.diagnostics.flatMap((diagnostic) => diagnostic.notes);
    expect(notes.map(({ message, span }) => [message, span.start])).toEqual([
      ["`mul`, (50, 50), takes 19.53 KiB", 4],
      ["`matmul`, (50, 50), takes 19.53 KiB", 21],
      ["`matmul`, (50, 50), takes 19.53 KiB", 32],
    ]);
  });
});
