import { describe, expect, it } from "vitest";
import { autograd, temporaryFile } from "../support/cli.js";

const script = `x = [1, 2, 3]
y = 3
z = sum(x^2) * y
assert grad(z, y) == 14
`;

describe("asserts in eval", () => {
  it("says nothing where they pass", () => {
    const without = autograd(["eval", "-e", script.replace(/assert.*/, "")]);
    expect(autograd(["eval", "-e", script])).toEqual(without);
    expect(without.code).toBe(0);
    expect(without.stderr).toBe("");
  });

  it("prints the results, then each assert that fails, and exits with 1", () => {
    const file = temporaryFile(
      "model.ag",
      `${script}assert grad(z, x) == 6 * x + [0, 0.5, 0.25] within 1e-9
assert z < 42 rel 1e-3
assert z > 42
assert x - 1
assert y == 3.000000001
`,
    );
    const { code, stdout, stderr } = autograd(["eval", file, "--format", "csv", "--no-grad"]);
    expect(code).toBe(1);
    expect(stdout).toBe("kind,output,input,output_index,input_index,value\noutput,z,,,,42\n");
    expect(stderr.replaceAll(file, "model.ag")).toMatchInlineSnapshot(`
      "error: assert failed for 2 of 3 elements, worst at [1]: 12 == 12.5 is false (difference 0.5, tolerance 1e-9)
       --> model.ag:5:1
        |
      5 | assert grad(z, x) == 6 * x + [0, 0.5, 0.25] within 1e-9
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

      error: assert failed: 42 > 42 is false
       --> model.ag:7:1
        |
      7 | assert z > 42
        | ^^^^^^^^^^^^^

      error: assert failed for 1 of 3 elements, first at [0]: the value is 0
       --> model.ag:8:1
        |
      8 | assert x - 1
        | ^^^^^^^^^^^^

      error: assert failed: 3 == 3.000000001 is false (difference 1e-9)
       --> model.ag:9:1
        |
      9 | assert y == 3.000000001
        | ^^^^^^^^^^^^^^^^^^^^^^^
        = hint: if they differ by rounding alone, allow for it: \`within 1e-9\` (absolute) or \`rel 1e-9\` (relative)
      "
    `);
  });

  it("shows what NaN and infinities are, and no difference where there is none", () => {
    const { stderr, code } = autograd([
      "eval",
      "-e",
      "x = 0\nw = 1 + x\nassert x / x == 1\nassert 1 / w == 1 / x rel 1\nassert w == 2 within 1\nassert w != 1",
    ]);
    expect(code).toBe(1);
    expect(stderr.split("\n").filter((line) => /error|hint/.test(line))).toEqual([
      "error: assert failed: NaN == 1 is false",
      "  = hint: NaN fails every assert",
      "error: assert failed: 1 == Infinity is false",
      "error: assert failed: 1 != 1 is false",
    ]);
  });

  it.each<[string, string[], number]>([
    ["--quiet shows it all the same", ["--quiet"], 1],
    ["--no-grad runs it", ["--no-grad"], 1],
    ["--of runs it", ["--of", "u"], 1],
    ["--wrt runs it", ["--wrt", "u"], 1],
    ["--all runs it", ["--all"], 1],
    ["another value passes it", ["--set", "x=3"], 0],
  ])("%s", (_what, options, expected) => {
    const { code, stdout, stderr } = autograd([
      "eval",
      "-e",
      "x = 2; u = x^2; w = u; assert grad(w, u) * u == 9",
      ...options,
    ]);
    expect(code).toBe(expected);
    expect(stdout).not.toBe("");
    expect(stderr === "").toBe(expected === 0);
  });

  it("leaves JSON as it is", () => {
    const outcome = autograd(["eval", "-e", "x = 2; w = x^2; assert w == 5", "--json"]);
    expect(outcome.stdout).toBe('{"outputs":{"w":4},"gradients":{"w":{"x":4}}}\n');
    expect(outcome.code).toBe(1);
  });

  it.each<[string, string[], string]>([
    ["table", [], ""],
    ["markdown", ["--format", "markdown"], ""],
    ["json", ["--json"], '{"outputs":{},"gradients":{}}\n'],
    ["csv", ["--format", "csv"], "kind,output,input,output_index,input_index,value\n"],
  ])("runs them without any output, and prints as %s what there is", (_format, options, expected) => {
    const checks = "input x = 2; assert grad(x^3, x) == 12; assert x == ";
    const pass = autograd(["eval", "-e", `${checks}2`, ...options]);
    expect(pass).toEqual({ code: 0, stdout: expected, stderr: "" });
    const fail = autograd(["eval", "-e", `${checks}3`, ...options]);
    expect([fail.code, fail.stdout]).toEqual([1, expected]);
    expect(fail.stderr).toContain("2 == 3 is false (difference 1)");
  });

  it("exits with 1 where a result is not finite, too, and with 2 where nothing can be evaluated", () => {
    const infinite = autograd(["eval", "-e", "x = 0; w = 1 / x; assert w == 2; assert x == 0"]);
    expect(infinite.code).toBe(1);
    expect(infinite.stderr).toContain("warning: not finite: w, ∂w/∂x");
    expect(infinite.stderr).toContain("Infinity == 2 is false");
    const refused = autograd(["eval", "-e", "x = 0; w = 1 / x; assert w == 2", "--nonfinite", "error"]);
    expect([refused.code, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toContain("nothing is printed");
    expect(autograd(["eval", "-e", "x = 0; w = 1 / x; assert w == inf"]).code).toBe(3);
    const shapes = autograd(["eval", "-e", "w = [1, 2]; assert w == [1, 2, 3]; assert 1 == 2"]);
    expect([shapes.code, shapes.stdout]).toEqual([2, ""]);
    expect(shapes.stderr).toContain("this assert compares the shapes (2,) and (3,)");
    const singular = autograd(["eval", "-e", "w = zeros(2, 2); assert inv(w) == w"]);
    expect([singular.code, singular.stdout]).toEqual([2, ""]);
  });

  it("shows the first twenty of many", () => {
    const many = Array.from({ length: 25 }, (_, i) => `assert w == ${i + 2}`).join("\n");
    const { stderr, code } = autograd(["eval", "-e", `w = 1\n${many}`]);
    expect(code).toBe(1);
    expect(stderr.match(/^error:/gm)).toHaveLength(20);
    expect(stderr).toContain("… and 5 more errors");
  });
});
