import { describe, expect, it } from "vitest";
import { type CompileOptions, compile, type InputValue, type Profile } from "../../src/index.js";
import { SourceLines } from "../../src/program/source-lines.js";

function profileOf(
  script: string,
  inputs: Readonly<Record<string, InputValue>> = {},
  options: CompileOptions = {},
): Profile {
  const compiled = compile(script, { threads: 1, ...options, profile: true });
  const result = compiled.ok ? compiled.program.run(inputs) : compiled;
  if (!("evaluation" in result))
    return expect.fail(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.evaluation.profile!;
}

const vector = (length: number) => Array.from({ length }, (_, i) => i / length);
const total = (rows: readonly { forward: number; backward: number }[]) =>
  rows.reduce((sum, { forward, backward }) => sum + forward + backward, 0);
const numbersOf = ({ lines }: Profile) => lines.map(({ place }) => place?.line).toSorted();

describe("a profile", () => {
  const chain = "u = sin(x)\nv = exp(u) * 2\ny = sum(v)";

  it("shares all time among lines, and among operations", () => {
    const profile = profileOf(chain, { x: vector(10_000) });
    expect(total(profile.lines)).toBeCloseTo(profile.milliseconds, 9);
    expect(total(profile.ops)).toBeCloseTo(profile.milliseconds, 9);
    expect(numbersOf(profile)).toEqual([1, 2, 3]);
    expect(profile.lines.map(({ place }) => place!.text).toSorted()).toEqual([
      "u = sin(x)",
      "v = exp(u) * 2",
      "y = sum(v)",
    ]);
  });

  it("names what is fused", () => {
    const { groups, strips, instructions } = profileOf(chain, { x: vector(10_000) }, { gradients: false });
    expect(groups).toMatchObject([{ shape: [10_000], ops: ["sin", "exp", "mul"], reductions: ["sum"] }]);
    expect(groups[0]!.places.map(({ line }) => line)).toEqual([1, 2, 3]);
    expect(strips).toEqual({ instructions: 1, cut: 40 });
    expect(instructions).toEqual({ written: 1, run: 1 });
    expect(profileOf(chain, { x: vector(10) }).groups).toEqual([]);
  });

  it("tells values from derivatives", () => {
    const both = profileOf("y = sin(x)", { x: 1 });
    expect(both.nodes).toEqual({ forward: 1, backward: 1 });
    expect(both.ops.map(({ op }) => op).toSorted()).toEqual(["cos", "sin"]);
    const [sin] = both.ops.filter(({ op }) => op === "sin");
    expect(sin).toMatchObject({ backward: 0, nodes: 1, elements: 1 });
    const [cos] = both.ops.filter(({ op }) => op === "cos");
    expect(cos).toMatchObject({ forward: 0 });
    const values = profileOf("y = sin(x)", { x: 1 }, { gradients: false });
    expect(values.nodes).toEqual({ forward: 1, backward: 0 });
  });

  it("counts what is stored and what is computed", () => {
    const { bytes, lines, ops } = profileOf(
      "y = A @ B",
      { A: [vector(5), vector(5)], B: [[1], [2], [3], [4], [5]] },
      {
        gradients: false,
      },
    );
    expect(bytes.inputs).toBe(8 * 15);
    expect(bytes.arena).toBeGreaterThanOrEqual(bytes.inputs + bytes.constants + 8 * 2);
    expect(lines).toMatchObject([{ bytes: 8 * 2, nodes: 1 }]);
    expect(ops).toMatchObject([{ op: "matmul", elements: 10 }]);
  });

  it("looks into the bodies of loops, and counts their steps apart", () => {
    const script = "step(h) = {\n  inner = tanh(h)\n  inner * 0.5 + 1\n}\ny = iterate(h -> step(h), x, 20)";
    const profile = profileOf(script, { x: [1, 2, 3] }, { gradients: false });
    expect(numbersOf(profile)).toEqual(expect.arrayContaining([2, 3]));
    const [tanh] = profile.ops.filter(({ op }) => op === "tanh");
    expect(tanh).toMatchObject({ nodes: 1, elements: 60 });
    expect(profile.ops.find(({ op }) => op === "loop")).toMatchObject({ elements: 20 });
    const { written, run } = profile.instructions;
    expect(run - written).toBeGreaterThan(0);
    expect((run - written) % 19).toBe(0);
    expect(total(profile.lines)).toBeCloseTo(profile.milliseconds, 9);
  });

  it("times neighbours of one line together where they are small", () => {
    const { timings, instructions } = profileOf(
      "y = sin(x) * cos(x) + exp(x)\nz = y + x * x",
      { x: 1 },
      {
        of: ["z"],
        gradients: false,
      },
    );
    expect(instructions.written).toBeGreaterThan(2);
    expect(timings.count).toBe(2);
  });

  it("changes no result, runs again, and is left out unless asked for", () => {
    const script = "y = sum(fold((h, a) -> tanh(h + a), 0 * x[0], x) * sin(x))";
    const inputs = { x: vector(2000) };
    const plain = compile(script);
    const profiled = compile(script, { profile: true });
    if (!plain.ok || !profiled.ok) return expect.fail("does not compile");
    const expected = plain.program.run(inputs);
    for (let i = 0; i < 3; i++) {
      const result = profiled.program.run(inputs);
      if (!result.ok || !expected.ok) return expect.fail("does not run");
      const { profile, ...rest } = result.evaluation;
      expect(rest).toEqual(expected.evaluation);
      expect(profile).toBeDefined();
    }
  });

  it("is small where there is nothing to run", () => {
    expect(profileOf("y = x", { x: 1 })).toMatchObject({ milliseconds: 0, lines: [], ops: [], groups: [] });
  });
});

describe("lines of sources", () => {
  const source = { name: "s", text: "a = 1\r\n  b = 2\rc = 3\n" };
  const at = (start: number) => ({ source, start, end: start + 1 });

  it("end as those of diagnostics do", () => {
    const lines = new SourceLines();
    expect([0, 6, 7, 15, 22].map((start) => lines.of(at(start)))).toEqual([
      { file: "s", line: 1, text: "a = 1" },
      { file: "s", line: 1, text: "a = 1" },
      { file: "s", line: 2, text: "b = 2" },
      { file: "s", line: 3, text: "c = 3" },
      { file: "s", line: 4, text: "" },
    ]);
  });

  it("are one object each, and begin where an excerpt does", () => {
    const lines = new SourceLines();
    expect(lines.of(at(7))).toBe(lines.of(at(9)));
    const excerpt = { ...source, start: { line: 10, column: 5 } };
    expect(lines.of({ source: excerpt, start: 9, end: 10 })).toMatchObject({ line: 11 });
    expect(lines.of(undefined)).toBeUndefined();
  });
});
