import { describe, expect, it } from "vitest";
import { autograd } from "../support/cli.js";

const derive = (...args: readonly string[]) => autograd(["derive", ...args]);
const quadratic = ["-e", "input A: [n, n]", "-e", "input x: [3]", "-e", "w = x @ A @ x"];

describe("autograd derive", () => {
  it("prints a script that eval takes", () => {
    const { code, stdout, stderr } = derive("examples/matrix-chain.ag", "-i", "examples/matrix-chain.json");
    expect([code, stderr]).toEqual([0, ""]);
    const values = ["-i", "examples/matrix-chain.json", "--json", "--no-grad"];
    const derived = autograd(["eval", "-e", stdout, ...values]);
    const { outputs } = JSON.parse(derived.stdout) as { outputs: Record<string, number[][]> };
    const original = autograd([
      "eval",
      "examples/matrix-chain.ag",
      "-i",
      "examples/matrix-chain.json",
      "--json",
    ]);
    const { gradients } = JSON.parse(original.stdout) as { gradients: { w: Record<string, number[][]> } };
    for (const name of ["x", "y"])
      outputs[`dw_d${name}`]!.flat().forEach((value, i) => {
        expect(value).toBeCloseTo(gradients.w[name]!.flat()[i]!, 12);
      });
  });

  it.each(["examples/chain.ag", "examples/rnn.ag"])("gives what eval gives, through a pipe: %s", (file) => {
    const script = derive(file).stdout;
    const derived = autograd(["eval", "--no-grad", "--json", "-"], script);
    const original = autograd(["eval", "--json", file]);
    expect([derived.code, derived.stderr]).toEqual([0, ""]);
    const { outputs } = JSON.parse(derived.stdout) as { outputs: Record<string, number[]> };
    const { gradients } = JSON.parse(original.stdout) as {
      gradients: Record<string, Record<string, unknown>>;
    };
    for (const [output, byName] of Object.entries(gradients)) {
      for (const [name, expected] of Object.entries(byName)) {
        const numbers = [outputs[`d${output}_d${name}`], expected].map((one) => [one].flat(9) as number[]);
        numbers[1]!.forEach((value, i) => {
          expect(numbers[0]![i]).toBeCloseTo(value, 10);
        });
      }
    }
  });

  it("says that there is nothing to derive", () => {
    const { code, stdout, stderr } = derive("-e", "w = 3");
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("there is nothing to derive: the script has no input");
  });

  it("has JSON with formulas, LaTeX and the number of operators", () => {
    const { stdout } = derive(...quadratic, "--set", "A=[[1,0,0],[0,1,0],[0,0,1]]", "--wrt", "x", "--json");
    const { derivatives } = JSON.parse(stdout) as { derivatives: Record<string, unknown>[] };
    expect(derivatives).toMatchObject([
      { name: "dw_dx", output: "w", by: ["x"], shape: [3], formula: "(A + A.T) @ x", operators: 3 },
    ]);
  });

  it("needs no values where the formula holds for all sizes", () => {
    const open = ["-e", "input A: [m, n]", "-e", "input x: [n]"];
    const { stdout, code } = derive(...open, "-e", "w = sum((A @ x)^2)", "--wrt", "x");
    expect([code, stdout]).toEqual([0, expect.stringContaining("dw_dx = 2 * A.T @ (A @ x)\n")]);
    const refused = derive(...open, "-e", "w = sum(x) + sum(A)", "--wrt", "x");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("the inputs `A`, `x` have no value");
  });

  it("keeps clear of names that the script has", () => {
    const { stdout } = derive("-e", "x = 2", "-e", "dw_dx = sin(x)", "-e", "w = dw_dx * x", "--of", "w");
    expect(stdout).toMatch(/^dw_dx1 = /m);
  });

  it("says that nothing connects them", () => {
    const { stdout } = derive(
      "-e",
      "x = 2",
      "-e",
      "y = [1, 2]",
      "-e",
      "w = x^2",
      "--of",
      "w",
      "--wrt",
      "x,y",
    );
    expect(stdout).toContain("dw_dy = zeros(2)  # ∂w/∂y: not connected");
  });

  it("refuses what has no shape, unknown names and Hessians of tensors", () => {
    for (const [args, message] of [
      [["-e", "w = x * y", "--set", "x=1"], "the input `y` has no value"],
      [["-e", "x = 1", "-e", "w = x^2", "--wrt", "z"], "`z` is not a name"],
      [["-e", "x = [1, 2]", "-e", "w = x^2", "--order", "2"], "scalar"],
    ] as const) {
      const { code, stdout, stderr } = derive(...args);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(message);
    }
  });
});
