import { describe, expect, it } from "vitest";
import { compile, type Evaluation, type Mode, type Nested } from "../../src/index.js";
import { writeEvaluation } from "../../src/io/json-writer.js";
import { evaluationCsv } from "../../src/report/evaluation-csv.js";
import { evaluationMarkdown } from "../../src/report/evaluation-markdown.js";
import { evaluationTable } from "../../src/report/evaluation-table.js";
import { evaluate, problems } from "../support/run.js";

const flat = (nested: Nested | undefined): number[] =>
  typeof nested === "number" ? [nested] : (nested ?? []).flatMap(flat);

function evaluationOf(...[script, options]: Parameters<typeof compile>): Evaluation {
  const compiled = compile(script, options);
  const result = compiled.ok ? compiled.program.run() : compiled;
  if (!("evaluation" in result)) return expect.fail(result.diagnostics[0]!.message);
  return result.evaluation;
}

const everyMode: readonly Mode[] = ["auto", "reverse", "forward"];

describe("modes", () => {
  it.each([
    "x = [0.3, -1.2, 2]; y = 0.7; w = tanh(x * y) @ x",
    "x = 0.4; z = sin(x * arange(5)); w = outer(z, z)",
    "A = [[1, 2], [3, 4]]; x = [5, 6]; u = A @ x; w = softmax(u) * max(A, axis=0)",
    "x = [[1, 2], [3, 4]]; w = x[0]; v = where(x > 2, x^2, 0)[:, 1]",
  ])("give the same derivatives: %s", (script) => {
    const [auto, reverse, forward] = everyMode.map((mode) => evaluate(script, {}, { mode }));
    for (const [output, byInput] of Object.entries(reverse!.gradients)) {
      for (const [input, expected] of Object.entries(byInput)) {
        for (const other of [auto, forward]) {
          const actual = flat(other!.gradients[output]![input]);
          expect(actual).toHaveLength(flat(expected).length);
          flat(expected).forEach((value, i) => {
            expect(actual[i]).toBeCloseTo(value, 13);
          });
        }
      }
    }
  });

  it("give a sum_grad for every named node", () => {
    const rows = everyMode.map((mode) =>
      evaluationOf("x = 2; y = 3; z = x * y; u = sin(z); w = u + z", { all: true, mode }).nodes!.map(
        (row) => [row.name, ...row.sumGrads.map(({ tensor }) => tensor.data[0])],
      ),
    );
    expect(rows[2]).toEqual(rows[1]);
    expect(rows[0]).toEqual(rows[1]);
  });
});

describe("layouts", () => {
  const script = "x = [[1, 2, 3], [4, 5, 6]]; y = 2; w = x[:, 0] * y; s = sum(x) * y; q = y^2";
  const at = (layout: "tensor" | "numerator" | "denominator") => evaluate(script, {}, { layout }).gradients;

  it("merge a Jacobian to size(output) × size(input), or its transpose", () => {
    const rows = [
      [2, 0, 0, 0, 0, 0],
      [0, 0, 0, 2, 0, 0],
    ];
    expect(at("numerator").w).toEqual({ x: rows, y: [[1], [4]] });
    expect(at("denominator").w).toEqual({
      x: rows[0]!.map((_, j) => rows.map((row) => row[j])),
      y: [[1, 4]],
    });
    expect(at("tensor").w!.y).toEqual([1, 4]);
  });

  it("make the gradient of a scalar a row or a column, also where it is not connected", () => {
    expect(at("numerator").s).toEqual({ x: [[2, 2, 2, 2, 2, 2]], y: [[21]] });
    expect(at("denominator").s).toEqual({ x: [[2], [2], [2], [2], [2], [2]], y: [[21]] });
    expect(at("numerator").q).toEqual({ x: [[0, 0, 0, 0, 0, 0]], y: [[4]] });
    expect(at("denominator").q!.x).toEqual([[0], [0], [0], [0], [0], [0]]);
  });

  it("are printed as matrices, and in CSV with the index of the output first", () => {
    const small = "x = [1, 2]; w = [x[0], 10 * x[1], x[0]]";
    const [numerator, denominator] = (["numerator", "denominator"] as const).map((layout) =>
      evaluationOf(small, { layout }),
    );
    expect(evaluationTable(numerator!)).toContain("│ ∂w/∂x    │ 3×2   │ [[1,  0], │");
    expect(evaluationTable(denominator!)).toContain("│ ∂w/∂x    │ 2×3   │ [[1,  0, 1], │");
    expect(evaluationMarkdown(denominator!)).toContain("| ∂w/∂x | 2×3 |");
    const csv = [...evaluationCsv(denominator!)].join("");
    expect(csv).toContain("gradient,w,x,1,1,10\n");
    expect(csv).toContain("gradient,w,x,2,0,1\n");
    expect(csv).toBe([...evaluationCsv(numerator!)].join(""));
  });
});

describe("Hessians", () => {
  const script =
    "x = [0.5, -1, 2]; A = [[1, 2], [0.5, -1]]; s = 0.3; z = x[:2] @ A @ x[1:]; w = exp(s * z) + s^3";

  it("hold every pair of inputs and are symmetric to rounding", () => {
    const { hessians } = evaluate(script, {}, { hessian: true });
    const blocks = hessians!.w!;
    expect(Object.keys(blocks)).toEqual(["x", "A", "s"]);
    const sizes: Record<string, number> = { x: 3, A: 4, s: 1 };
    for (const [p, n] of Object.entries(sizes)) {
      for (const [q, m] of Object.entries(sizes)) {
        const [one, other] = [flat(blocks[p]![q]), flat(blocks[q]![p])];
        expect(one).toHaveLength(n * m);
        one.forEach((value, at) => {
          const [i, j] = [Math.floor(at / m), at % m];
          expect(Math.abs(value - other[j * n + i]!)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value)));
        });
      }
    }
  });

  it("agree with what is known in closed form", () => {
    const { hessians } = evaluate("x = [1, 2]; y = 3; w = x[0]^2 * x[1] * y^2", {}, { hessian: true });
    expect(hessians).toEqual({
      w: {
        x: {
          x: [
            [2 * 2 * 9, 2 * 9],
            [2 * 9, 0],
          ],
          y: [2 * 2 * 2 * 3, 2 * 3],
        },
        y: { x: [2 * 2 * 2 * 3, 2 * 3], y: 2 * 2 },
      },
    });
  });

  it("do not count an intermediate result twice that the derivative of another one reads", () => {
    const { hessians } = evaluate("u = exp(x); w = u^2", { x: 0.5 }, { hessian: true, wrt: ["u", "x"] });
    const u = Math.exp(0.5);
    expect(flat(hessians!.w!.u!.x)[0]).toBeCloseTo(2 * u, 13);
    expect(flat(hessians!.w!.x!.u)[0]).toBeCloseTo(2 * u, 13);
    expect(flat(hessians!.w!.x!.x)[0]).toBeCloseTo(4 * u * u, 13);
  });

  it("are zero where nothing is connected, and are left out unless asked for", () => {
    const evaluation = evaluationOf("x = [1, 2]; y = 3; w = sum(x) + y^2; v = 2 * y", { hessian: true });
    expect(evaluation.hessians!.map(({ connected, tensor }) => [connected, tensor.shape])).toEqual([
      [false, [2, 2]],
      [false, [2]],
      [false, [2]],
      [true, []],
      [false, [2, 2]],
      [false, [2]],
      [false, [2]],
      [false, []],
    ]);
    expect(evaluate("x = 2; w = x^2").hessians).toBe(undefined);
    expect(evaluate("x = 2; w = x^2", {}, { hessian: true, gradients: false }).hessians).toBe(undefined);
  });

  it("are refused for tensors, all of them by name", () => {
    expect(problems("x = [1, 2]; w = x * 2; v = x^2; s = sum(x)", {}, { hessian: true })).toEqual([
      'hessian-of-tensor at "x * 2"',
      'hessian-of-tensor at "x^2"',
    ]);
  });

  it("are printed in every format", () => {
    const evaluation = evaluationOf("x = [1, 2]; y = 3; w = x[0]^2 * x[1] * y", { hessian: true });
    expect(JSON.parse([...writeEvaluation(evaluation)].join("")).hessians).toEqual({
      w: {
        x: {
          x: [
            [12, 6],
            [6, 0],
          ],
          y: [4, 1],
        },
        y: { x: [4, 1], y: 0 },
      },
    });
    const table = evaluationTable(evaluation);
    expect(table).toContain("│ ∂²w/∂x²  │ 2 | 2      │ [[12, 6], │");
    expect(table).toContain("│ ∂²w/∂x∂y │ 2 | scalar │ [4, 1]    │");
    expect(table).toContain("│ ∂²w/∂y²  │ scalar     │ 0         │");
    const markdown = evaluationMarkdown(evaluation);
    expect(markdown).toContain("| hessian | shape | value |");
    expect(markdown).toContain("| ∂²w/∂x∂y | 2 \\| scalar | `[4, 1]` |");
    const csv = [...evaluationCsv(evaluation)].join("");
    expect(csv).toContain("hessian,∂w/∂x,x,0,1,6\n");
    expect(csv).toContain("hessian,∂w/∂x,y,1,,1\n");
    expect(csv).toContain("hessian,∂w/∂y,x,,0,4\n");
  });
});
