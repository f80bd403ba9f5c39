import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import { autograd } from "../support/cli.js";
import type { problems } from "../support/run.js";

/** Everything that compiling and running a script gives notice of. */
function notices(
  script: string,
  inputs: Parameters<typeof problems>[1] = {},
  of?: readonly string[],
): string[] {
  const compiled = compile(script, of === undefined ? {} : { of });
  const before = compiled.diagnostics.map(({ code, span }) => `${code} ${text(span)}`);
  if (!compiled.ok) return before;
  const after = compiled.program.run(inputs).diagnostics.map(({ code, span }) => `${code} ${text(span)}`);
  return [...before, ...after];
}

const text = (span: { source: { text: string }; start: number; end: number } | undefined) =>
  span === undefined ? "" : span.source.text.slice(span.start, span.end);

describe("both operands of an operator expand", () => {
  const column = [[1], [2], [3]];

  it.each(["x + y", "x - y", "x * y", "x / y", "x ^ y", "x < y", "x and y"])("warns of %s", (expression) => {
    const inputs = { x: column, y: [1, 2] };
    expect(notices(`z = ${expression}`, inputs)).toEqual([`both-expand ${expression}`]);
  });

  it("shows the operator and the shapes", () => {
    const compiled = compile("z = x * y");
    const result = compiled.ok ? compiled.program.run({ x: column, y: [1, 2] }) : compiled;
    expect(result.diagnostics.map(({ message, severity }) => [severity, message])).toEqual([
      ["warning", "`*` repeats both of its operands: the shapes (3, 1) and (2,) give (3, 2)"],
    ]);
  });

  it.each([
    ["one operand has the full shape", "z = x * y", { x: [[1, 2]], y: [1, 2] }],
    ["one is a scalar", "z = x * y", { x: column, y: 2 }],
    ["nothing is repeated", "z = x * y", { x: [[1]], y: [1] }],
    ["it is asked for", "z = x * broadcast_to(y, [3, 2])", { x: column, y: [1, 2] }],
    ["a built-in does it", "z = outer(x, y) + hypot(x, y)", { x: column, y: [1, 2, 3] }],
    ["it is a matrix product", "z = x @ reshape(y, 1, 2)", { x: column, y: [1, 2] }],
    ["a derivative does it", "z = softmax(x, axis=0)", { x: column }],
  ])("is silent where %s", (_when, script, inputs) => {
    expect(notices(script, inputs)).toEqual([]);
  });

  it("warns once for each place, however often a function is expanded", () => {
    const script = "f(a, b) = a * b\nz = f(x, y) + f(x, 2 * y) + f(x, y^2)";
    expect(notices(script, { x: column, y: [1, 2] })).toEqual(["both-expand a * b"]);
    expect(notices("z = x * y\nw = x * y", { x: column, y: [1, 2] })).toHaveLength(2);
  });

  it("warns in every run, and in a constant", () => {
    const compiled = compile("const k = [[1], [2]] * [1, 2]\nz = sum(k) * x");
    if (!compiled.ok) return expect.fail("the script compiles");
    expect(compiled.diagnostics).toEqual([]);
    for (const x of [1, 2]) {
      expect(compiled.program.run({ x }).diagnostics.map(({ code }) => code)).toEqual(["both-expand"]);
    }
  });
});

describe("what no output needs", () => {
  it("warns of inputs", () => {
    expect(notices("input x = 1\ninput y = 2\nz = 2 * x")).toEqual(["unconnected-input y"]);
    expect(notices("x = 1\ny = 2\nz = 2 * x")).toEqual(["unconnected-input y"]);
    expect(notices("x = 1\ny = 2\nu = y + 1\nz = 2 * x\noutput z")).toEqual([
      "unconnected-input y",
      "unused-definition u",
    ]);
  });

  it("is silent about inputs that give a dimension, or that any output reads", () => {
    expect(notices("input X: [n]\ninput y = 1\nz = n * y", { X: [1, 2] })).toEqual([]);
    expect(notices("u = 2 * x\nv = 3 * y", { x: 1, y: 2 }, ["u"])).toEqual([]);
    expect(notices("f(a) = a * k\nk = 2\nz = f(x)", { x: 1 })).toEqual([]);
  });

  it("warns of constants, functions and definitions", () => {
    const script = "const k = 2\nf(a, b) = a\nt = x + 1\n(p, q) = (x, 2 * x)\nz = x * p\noutput z";
    expect(notices(script, { x: 1 })).toEqual([
      "unused-definition k",
      "unused-definition f",
      "unused-definition t",
      "unused-definition q",
    ]);
  });

  it("is silent about outputs, names asked for and names that begin with _", () => {
    expect(notices("t = x + 1\nz = 2 * x", { x: 1 })).toEqual([]);
    expect(notices("t = x + 1\nz = 2 * x\noutput z", { x: 1 }, ["t"])).toEqual([]);
    expect(notices("_t = x + 1\nz = 2 * x\noutput z", { x: 1 })).toEqual([]);
    expect(notices("w = 2 * 3")).toEqual([]);
  });
});

it("prints warnings on standard error, and none with --quiet", () => {
  const args = ["eval", "-e", "const k = 2\nz = x * [[1], [2]]", "-s", "x=[1, 2]", "--json"];
  const [loud, quiet] = [autograd(args), autograd([...args, "--quiet"])];
  expect([loud.code, quiet.code, quiet.stderr]).toEqual([0, 0, ""]);
  expect(loud.stdout).toBe(quiet.stdout);
  expect(loud.stderr.match(/^warning: .*/gm)).toEqual([
    "warning: the constant `k` is never used",
    "warning: `*` repeats both of its operands: the shapes (2,) and (2, 1) give (2, 2)",
  ]);
});
