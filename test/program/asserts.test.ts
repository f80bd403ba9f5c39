import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AssertResult,
  type CompileOptions,
  compile,
  type Evaluation,
  type InputValue,
} from "../../src/index.js";

function run(
  script: string,
  inputs: Readonly<Record<string, InputValue>> = {},
  options: CompileOptions = {},
): { readonly evaluation: Evaluation; readonly warnings: readonly string[] } {
  const compiled = compile(script, options);
  const result = compiled.ok ? compiled.program.run(inputs) : compiled;
  if (!("evaluation" in result)) return expect.fail(result.diagnostics.map((d) => d.message).join("\n"));
  const warnings = [...compiled.diagnostics, ...result.diagnostics].map(({ code }) => code);
  return { evaluation: result.evaluation, warnings };
}

const asserts = (
  script: string,
  inputs: Readonly<Record<string, InputValue>> = {},
  options: CompileOptions = {},
): readonly AssertResult[] => run(script, inputs, options).evaluation.asserts ?? [];

const passes = (condition: string, inputs: Readonly<Record<string, InputValue>> = {}): boolean => {
  const [result] = asserts(`w = 1\nassert ${condition}`, inputs);
  expect(result!.passed).toBe(result!.failure === undefined);
  return result!.passed;
};

const failureOf = (condition: string, inputs: Readonly<Record<string, InputValue>> = {}) =>
  asserts(`w = 1\nassert ${condition}`, inputs)[0]!.failure;

describe("what an assert means", () => {
  // Numbers whose differences are exact, so that a boundary is one.
  it.each<[string, boolean]>([
    ["1 == 1", true],
    ["1 == 1.25", false],
    ["1 == 1.25 within 0.25", true],
    ["1 == 1.25 within 0.2499", false],
    ["1.25 == 1 within 0.25", true],
    ["-0 == 0", true],
    ["4 == 5 rel 0.2", true],
    ["5 == 4 rel 0.2", true],
    ["4 == 5 rel 0.125", false],
    ["-4 == -5 rel 0.25", true],
    ["4 == 8 rel 0.25 within 2", true],
    ["4 == 8 rel 0.25 within 1", false],
    ["4 == 8 within 2 rel 0.25", true],
    ["0 == 1e-300 rel 0.5", false],
    ["1 != 1", false],
    ["1 != 1.25", true],
    ["1 != 1.25 within 0.25", false],
    ["1 != 1.25 within 0.125", true],
    ["4 != 5 rel 0.25", false],
    ["1 < 1", false],
    ["1 < 1.25", true],
    ["1.25 < 1 within 0.25", false],
    ["1.25 < 1 within 0.5", true],
    ["1.25 <= 1 within 0.25", true],
    ["1.25 <= 1", false],
    ["1 <= 1", true],
    ["5 <= 4 rel 0.25", true],
    ["1 > 1", false],
    ["1 > 1.25 within 0.25", false],
    ["1 > 1.25 within 0.5", true],
    ["1 >= 1.25 within 0.25", true],
    ["1 >= 1.25", false],
    ["1 >= 1", true],
    ["4 >= 5 rel 0.25", true],
    ["1", true],
    ["0", false],
    ["-0", false],
    ["[1, -1, 1e-320]", true],
    ["[1, 0]", false],
    ["1 < 2 and 3 != 4", true],
    ["1 < 2 and 3 == 4", false],
    ["1 > 2 or 3 < 4", true],
    ["not 1 == 2", true],
    ["not [1, 2] == 2", false],
    ["[1, 2] == [1, 2]", true],
    ["[1, 2] == [1, 3]", false],
    ["[1, 1] == 1", true],
    ["1 < [2, 3]", true],
    ["[[1, 2], [3, 4]] <= 4", true],
    ["2 * 3 + 1 == 7", true],
    ["zeros([0]) == 1", true],
    ["zeros([0, 2])", true],
    ["1 + 1e-12 == 1 within 1e-12 * 2", true],
  ])("assert %s", (condition, expected) => {
    expect(passes(condition)).toBe(expected);
    // The same with values that only the run knows.
    const numbers: number[] = [];
    const hidden = condition.replace(/^(-?[\d.e-]+) ([!=<>]+) (-?[\d.]+|1e-300)(?= |$)/, (_, a, op, b) => {
      numbers.push(Number(a), Number(b));
      return `a ${op} b`;
    });
    if (numbers.length === 2) {
      const { passed } = asserts(`w = a + b\nassert ${hidden}`, { a: numbers[0]!, b: numbers[1]! })[0]!;
      expect(passed).toBe(expected);
    }
  });

  const operators = ["==", "!=", "<", "<=", ">", ">="];
  const special = [Number.NaN, Number.NEGATIVE_INFINITY, -2, 0, 3, Number.POSITIVE_INFINITY];
  const tolerances = ["", " within 1e9", " rel 0.5", " rel 1e300", " within 1 rel 1"];

  it.each(operators)("fails %s for NaN, and compares infinities without a tolerance", (operator) => {
    const script = (tolerance: string) => `w = a + b\nassert a ${operator} b${tolerance}`;
    for (const tolerance of tolerances) {
      const compiled = compile(script(tolerance));
      if (!compiled.ok) return expect.fail("the script compiles");
      for (const a of special) {
        for (const b of special) {
          if (Number.isFinite(a) && Number.isFinite(b)) continue;
          const result = compiled.program.run({ a, b });
          const passed = result.ok && result.evaluation.asserts![0]!.passed;
          const order: Record<string, boolean> = {
            "==": a === b,
            "!=": a !== b,
            "<": a < b,
            "<=": a <= b,
            ">": a > b,
            ">=": a >= b,
          };
          const hasNaN = Number.isNaN(a) || Number.isNaN(b);
          expect(passed, `${a} ${operator} ${b}${tolerance}`).toBe(!hasNaN && order[operator]);
        }
      }
    }
  });

  it("fails a value that is NaN", () => {
    expect(passes("x", { x: Number.NaN })).toBe(false);
    expect(passes("x", { x: Number.NEGATIVE_INFINITY })).toBe(true);
  });

  it("never depends on which side is which", () => {
    const mirrored: Record<string, string> = { "==": "==", "!=": "!=", "<": ">", "<=": ">=" };
    const compiled = Object.entries(mirrored).map(([there, back]) =>
      compile(`w = a + b\nassert a ${there} b within 0.5 rel 0.25\nassert b ${back} a within 0.5 rel 0.25`),
    );
    const number = fc.integer({ min: -32, max: 32 }).map((x) => x / 4);
    fc.assert(
      fc.property(number, number, (a, b) => {
        for (const one of compiled) {
          const result = one.ok ? one.program.run({ a, b }) : one;
          if (!("evaluation" in result)) return expect.fail("the script runs");
          const [there, back] = result.evaluation.asserts!;
          expect(there!.passed).toBe(back!.passed);
        }
      }),
    );
  });
});

describe("what a failure tells", () => {
  it("has the sides and the tolerance of scalars", () => {
    expect(failureOf("4 == 6 within 0.25 rel 0.125")).toEqual({
      index: [],
      left: 4,
      right: 6,
      tolerance: 1,
      failed: 1,
      total: 1,
    });
  });

  it("has the value of an expression, and no other side", () => {
    expect(failureOf("[[1, 0, 0]]")).toEqual({ index: [0, 1], left: 0, tolerance: 0, failed: 2, total: 3 });
  });

  it.each<[string, number[], number]>([
    ["[[1, 2, 3], [4, 5, 6]] == [[1, 2, 4], [4, 7, 7]]", [1, 1], 3],
    ["[1, 2, 3] == 2 within 0.5", [0], 2],
    ["2 == [1, 2, 4]", [2], 2],
    ["[1, 3, 5] < 2", [2], 2],
    ["[1, 3, 5] <= [0, 4, 4.5]", [0], 2],
    ["[1, 3, 5] > [9, 4, 8]", [0], 3],
    ["[1, 3, 5] >= [0, 4, 8]", [2], 2],
    ["[1, 3, 5] != [1.5, 3.25, 9] within 1", [1], 2],
    // The excess over the tolerance counts: 1 over 0.5, but 10 over 50.
    ["[1, 100] == [2, 110] within 0 rel 0.05", [1], 2],
    ["[10, 100] == [20, 110] rel 0.5", [], 0],
    ["[1, 2, 3] == [1, x, 9]", [1], 2],
    ["[1, 2, 3] < [0, x, -9]", [1], 3],
    ["[y, 2, x] != [1, 2, 3]", [2], 2],
    ["[1, y, 3] == [2, 2, 3] rel 0.1", [1], 2],
    ["[1, x, 0]", [1], 2],
  ])("%s: the worst at %j, %i fail", (condition, index, failed) => {
    const inputs = { x: Number.NaN, y: Number.POSITIVE_INFINITY };
    const used = Object.fromEntries(Object.entries(inputs).filter(([name]) => condition.includes(name)));
    const failure = failureOf(condition, used);
    expect(failure?.index ?? []).toEqual(index);
    expect(failure?.failed ?? 0).toBe(failed);
  });

  it("has the statement as written and its place", () => {
    const script = "w = 1\n  assert 1 ==\n 2 within 0.5 # no\nassert w";
    const [first, second] = asserts(script);
    expect([first!.text, first!.operator, first!.passed]).toEqual([
      "assert 1 ==\n 2 within 0.5",
      "==",
      false,
    ]);
    expect(script.slice(first!.span.start, first!.span.end)).toBe(first!.text);
    expect([second!.text, second!.operator, second!.passed]).toEqual(["assert w", undefined, true]);
  });
});

describe("asserts of derivatives", () => {
  it.each<[string, boolean]>([
    ["grad(w, x) == 6 * x within 1e-12", true],
    ["grad(w, x) == 6 * x + 1e-9 within 1e-12", false],
    ["jacobian(u, x) == diag(2 * x)", true],
    ["hessian(w, x) == 6 * eye(2)", true],
    ["hvp(w, x, [1, 0]) == [6, 0]", true],
    ["jvp(u, x, [1, 2]) == [2, 8]", true],
    ["vjp(u, x, [1, 2]) == [2, 8]", true],
    // By a definition, which reads x itself and is read by w.
    ["grad(w, u) == [3, 3]", true],
    ["grad(grad(w, u) @ u, x) == 6 * x", true],
    ["grad({ a = x; sum(a * x) }, x) == 2 * x", true],
    ["{ a = x; grad(sum(a * x), a) } == x", true],
  ])("%s", (condition, expected) => {
    const script = `x = [1, 2]\ny = 3\nu = x^2\nw = sum(u) * y\nassert ${condition}`;
    expect(asserts(script).map(({ passed }) => passed)).toEqual([expected]);
    // As well without the gradients of the outputs, in the other modes, and by other names.
    for (const options of [
      { gradients: false },
      { mode: "forward" },
      { mode: "reverse", all: true },
      { wrt: ["u"] },
      { of: ["u"], wrt: ["y"] },
      { hessian: true },
      { sparse: true },
      { sparsity: true },
      { layout: "denominator" },
    ] as const) {
      expect(asserts(script, {}, options).map(({ passed }) => passed)).toEqual([expected]);
    }
  });

  it("tells a definition that only an assert differentiates by from another of its value", () => {
    expect(asserts("x = 3\na = x + 1\nb = x + 1\nw = a * b^2\nassert grad(w, a) == 16")[0]!.passed).toBe(
      true,
    );
  });
});

describe("what asserts leave alone", () => {
  const script = "x = 2\ny = 5\nu = x^2\nv = u + y\nw = u * 3\n";
  const added = "assert grad(w, u) == 3\nassert v == 9 and u > x\nassert w == 13\n";

  it("changes nothing else", () => {
    for (const options of [{}, { of: ["u"] }, { all: true }, { gradients: false }]) {
      const { asserts: results, ...evaluation } = run(script + added, {}, options).evaluation;
      expect(results!.map(({ passed }) => passed)).toEqual([true, true, false]);
      expect(evaluation).toEqual(run(script, {}, options).evaluation);
    }
    expect("asserts" in run(script).evaluation).toBe(false);
  });

  it("keeps definitions that only an assert reads as outputs, also numbers", () => {
    const names = (text: string) => run(text).evaluation.outputs.map(({ name }) => name);
    expect(names("x = 2\nu = x^2\nassert u == 4")).toEqual(["u"]);
    expect(names("w = 2 * 3\nassert w == 6")).toEqual(["w"]);
    expect(names("x = 2\nassert grad(x^2, x) == 4")).toEqual(["x"]);
    expect(names("x = 2\nu = x^2\nv = x^3\noutput v\nassert u == 4")).toEqual(["v"]);
  });

  it("runs where there is no output at all", () => {
    const { evaluation, warnings } = run("input x = 3\nassert x == 3\nassert grad(x^2, x) == 5");
    expect([evaluation.outputs, evaluation.gradients, warnings]).toEqual([[], [], []]);
    expect(evaluation.asserts!.map(({ passed }) => passed)).toEqual([true, false]);
    expect(run("assert 1 < 2").evaluation.asserts!.map(({ passed }) => passed)).toEqual([true]);
  });

  it("takes the values given for inputs, run by run, and also of other shapes", () => {
    const compiled = compile("input x: [n]\nassert grad(sum(x^2), x) == [2, 4]\nassert n == 2");
    expect(compiled.ok).toBe(true);
    if (!compiled.ok) return;
    const passed = (x: InputValue) => {
      const result = compiled.program.run({ x });
      return result.ok ? result.evaluation.asserts!.map((a) => a.passed) : result.diagnostics[0]!.code;
    };
    expect(passed([1, 2])).toEqual([true, true]);
    expect(passed([1, 3])).toEqual([false, true]);
    expect(passed([1, 2])).toEqual([true, true]);
    expect(passed([1, 2, 3])).toBe("assert-shapes");
  });

  it("takes a name that only an assert reads for an input, and asks for its value", () => {
    const [result] = asserts("w = 1\nassert q == 2 * w", { q: 2 });
    expect(result!.passed).toBe(true);
    const compiled = compile("w = 1\nassert q == 2 * w");
    const outcome = compiled.ok ? compiled.program.run() : compiled;
    expect(outcome.diagnostics.map(({ code }) => code)).toEqual(["missing-value"]);
  });

  it("does not warn of what only an assert reads, and still of the rest", () => {
    const text = `input x = 1
      input y = 2
      input z = 3
      const k = 4
      const tol = 1e-9
      f(a) = a * k
      g(a) = a
      u = x^2
      v = y^2
      output u
      assert f(v) == 16 within tol`;
    expect(run(text).warnings).toEqual(["unconnected-input", "unused-definition"]);
    const compiled = compile(text);
    const messages = compiled.diagnostics.map(({ message }) => message);
    expect(messages[0]).toContain("`z`");
    expect(messages[1]).toContain("`g`");
  });

  it("takes a tolerance from constants, functions and dimensions", () => {
    const text = "input x: [n] = [1, 2]\nconst k = 2\nf(a) = a / 4\nassert x == 2 within ";
    expect(asserts(`${text}f(k * n)`)[0]!.passed).toBe(true);
    expect(asserts(`${text}f(k)`)[0]!.failure).toMatchObject({ index: [0], tolerance: 0.5 });
  });
});
