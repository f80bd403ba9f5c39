import { describe, expect, it } from "vitest";
import { Fault, locate } from "../../src/diagnostics.js";
import { compile, type Evaluation } from "../../src/index.js";
import { claimsOf, otherInputs } from "../../src/io/claims.js";
import { readResults } from "../../src/io/json-gradients.js";
import { baselineParts, questionParts, writeEvaluation } from "../../src/io/json-writer.js";
import type { Tensor } from "../../src/tensor.js";

const script = `
input A: [2,3] = [[1,2,3],[4,5,6]]
input x: [3] = [0.1, 0.2, 0.3]
y = A @ x
w = sum(x^2)
`;

function run(options: Parameters<typeof compile>[1] = {}): Evaluation {
  const compiled = compile(script, options);
  if (!compiled.ok) return expect.fail("the script is right");
  const result = compiled.program.run();
  return result.ok ? result.evaluation : expect.fail("the script runs");
}

const read = (json: string) => readResults(new TextEncoder().encode(json), "g.json");
const claims = (json: string, isPartial = false) => claimsOf(read(json), run(), isPartial);

/** The message, and what stands at the place. */
function problem(json: string, isPartial = false): string {
  try {
    claims(json, isPartial);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { message, span } = error.diagnostics[0]!;
    const { line, column } = locate(span!.source, span!.start);
    return `${line}:${column} ${message} | ${span!.source.text.slice(span!.start, span!.end)}`;
  }
  return "none";
}

const gradients = '"gradients": {"y": {"A": 1, "x": 2}, "w": {"x": 3}}';
const zeros = (m: number, n: number) => JSON.stringify(Array.from({ length: m }, () => Array(n).fill(0)));

describe("results in JSON", () => {
  it("are those that a run has printed, dense or sparse, whatever else is printed", () => {
    const expected = run();
    for (const options of [{}, { sparse: true }, { all: true }, { profile: true }]) {
      const json = [...writeEvaluation(run(options))].join("");
      const found = claims(json);
      expect(found.outputs).toEqual(expected.outputs);
      expect(found.gradients).toEqual(
        expected.gradients.map(({ output, input, tensor }) => ({ output, input, tensor })),
      );
    }
  });

  it("skip second derivatives, nodes and profiles", () => {
    const other = '"hessians": {"w": {"x": {"x": [[1, "NaN"], {"shape": [1, 1]}, -1.5e-300, null, true]}}}';
    const found = read(`{"profile": 1, ${other}, "nodes": {}, "outputs": {"w": 2}}`);
    expect(found.outputs.get("w")!.tensor.data).toEqual(Float64Array.of(2));
  });

  it("may leave out values, and derivatives of what does not depend on an input", () => {
    const json = `{"gradients": {"y": {"A": ${zeros(2, 6)}, "x": ${zeros(2, 3)}}, "w": {"x": [1,2,3]}}}`;
    const shaped = json.replace(zeros(2, 6), `[${zeros(2, 3)},${zeros(2, 3)}]`);
    expect(claims(shaped).outputs).toEqual([]);
    expect(claims(shaped).gradients.map(({ output, input }) => [output, input])).toEqual([
      ["y", "A"],
      ["y", "x"],
      ["w", "x"],
    ]);
  });

  it("add up what a sparse derivative lists twice", () => {
    const sparse = '{"shape": [1, 3], "rows": [0, 0, 0], "cols": [2, 0, 2], "values": [1, 5, 2]}';
    const json = `{"gradients": {"w": {"x": ${sparse}}}}`;
    const own = claimsOf(read(json), run({ of: ["w"] }), false);
    expect(own.gradients[0]!.tensor).toEqual({ shape: [3], data: Float64Array.of(5, 0, 3) });
  });

  it.each([
    ["{}", "1:1 the gradient of `y` by `A` is missing | {"],
    ['{"gradients": {"w": {}}}', "1:1 the gradient of `y` by `A` is missing | {"],
    ['{"gradients": {"y": {}}}', '1:16 the gradient of `y` by `A` is missing | "y"'],
    ['{"gradient": 1}', '1:2 `gradient` is no member that is known | "gradient"'],
    ['{"outputs": {"z": 1}}', '1:14 `outputs.z` belongs to no output of this check | "z"'],
    ['{"gradients": {"z": {}}}', '1:16 `gradients.z` belongs to no output of this check | "z"'],
    ['{"gradients": {"w": {"z": 1}}}', '1:22 `gradients.w.z` belongs to no input of this check | "z"'],
    [
      '{"outputs": {"y": [1]}}',
      '1:14 `outputs.y` has the shape (1,), but what it is compared with has the shape (2,) | "y"',
    ],
    [
      `{${gradients}}`,
      '1:22 `gradients.y.A` has the shape (), but what it is compared with has the shape (2, 2, 3) | "A"',
    ],
    ['{"gradients": {"w": 1}}', "1:21 malformed JSON in `gradients.w`: expected `{`, found `1` | 1"],
    [
      '{"gradients": {"w": {"x": [1, null]}}}',
      "1:31 `gradients.w.x[1]` is null, but gradients are numbers and arrays of numbers | null",
    ],
    ['{"gradients": {"w": {"x": 1, "x": 1}}}', '1:30 the name `x` is given twice | "x"'],
    ["[1]", "1:1 malformed JSON: expected `{`, found `[` | ["],
    ["", "1:1 malformed JSON: expected `{`, found the end | "],
    ['{"outputs": {}} 1', "1:17 malformed JSON: expected nothing after the object, found `1` | 1"],
    ['{"nodes": [1, }', "1:15 malformed JSON in `nodes`: expected a value, found `}` | }"],
  ])("that cannot be used are told of: %s", (json, expected) => {
    expect(problem(json)).toBe(expected);
  });

  it.each([
    ['{"rows": [], "cols": [], "values": []}', "`gradients.w.x` has no member `shape`"],
    ['{"shape": [1, 3], "rows": [], "cols": []}', "`gradients.w.x` has no member `values`"],
    ['{"shape": [3], "rows": [], "cols": [], "values": []}', "`gradients.w.x.shape` is not that of a matrix"],
    ['{"shape": [1, 3], "rows": 1}', "`gradients.w.x.rows` is no list of numbers"],
    ['{"row": [1]}', "`gradients.w.x.row` is no part of it"],
    [
      '{"shape": [1, 3], "rows": [0], "cols": [], "values": []}',
      "`gradients.w.x.rows` has 1 numbers, where `values` has 0",
    ],
    [
      '{"shape": [1, 3], "rows": [0], "cols": [3], "values": [1]}',
      "`gradients.w.x.cols` has 3, where there are indices 0 to 2",
    ],
    [
      '{"shape": [1, 3], "rows": [0], "cols": [0.5], "values": [1]}',
      "`gradients.w.x.cols` has 0.5, where there are indices 0 to 2",
    ],
    [
      '{"shape": [3, 1], "rows": [], "cols": [], "values": []}',
      "`gradients.w.x` has the shape (3, 1), but what it is compared with has the shape (1, 3)",
    ],
  ])("that are sparse have indices in a matrix: %s", (sparse, expected) => {
    expect(problem(`{"gradients": {"w": {"x": ${sparse}}}}`)).toContain(` ${expected} |`);
  });

  it("may tell of more where a part is checked", () => {
    const json = '{"outputs": {"z": 1, "w": 2}, "gradients": {"z": {"x": 1}, "w": {"x": [1,2,3], "q": 1}}}';
    const found = claimsOf(read(json), run({ of: ["w"] }), true);
    expect(found.outputs.map(({ name }) => name)).toEqual(["w"]);
    expect(found.gradients.map(({ output, input }) => [output, input])).toEqual([["w", "x"]]);
    expect(problem(json, true)).toContain("the gradient of `y` by `A` is missing");
  });
});

describe("the inputs that a file tells of", () => {
  const tensor = (shape: number[], ...data: number[]): Tensor => ({ shape, data: Float64Array.from(data) });
  const values = new Map([
    ["a", tensor([2], Number.NaN, -0)],
    ["b", tensor([2, 0, 3])],
    ["c", tensor([], 0.1)],
  ]);

  it("are the same when they are written and read", () => {
    const stated = read([...baselineParts(values, { outputs: [], gradients: [] })].join(""));
    expect(otherInputs(stated, values)).toEqual([]);
    expect(otherInputs(read("{}"), values)).toBeUndefined();
  });

  it("are others where a bit, a shape or a name differs", () => {
    const stated = read([...baselineParts(values, { outputs: [], gradients: [] })].join(""));
    const differs = (name: string, value: Tensor) => otherInputs(stated, new Map(values).set(name, value));
    expect(differs("a", tensor([2], Number.NaN, 0))).toEqual(["a"]);
    expect(differs("a", tensor([2], 1, -0))).toEqual(["a"]);
    expect(differs("a", tensor([2, 1], Number.NaN, -0))).toEqual(["a"]);
    expect(differs("c", tensor([], 0.1 + 2 ** -56))).toEqual(["c"]);
    expect(differs("d", tensor([], 1))).toEqual(["d"]);
    expect(otherInputs(stated, new Map([...values].slice(1)))).toEqual(["a"]);
  });

  it("are one line of a question, exactly", () => {
    const question = [...questionParts('a "b".ag', values)].join("");
    expect(question).toBe('{"file":"a \\"b\\".ag","inputs":{"a":["NaN",-0],"b":[[],[]],"c":0.1}}\n');
  });
});
