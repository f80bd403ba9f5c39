import { describe, expect, it } from "vitest";
import { compareDerived } from "./support.js";

function printed(lines: readonly string[]): string {
  const { script, distances } = compareDerived(lines.join("\n"), new Map());
  expect(Math.max(...distances), script).toBeLessThan(1e-12);
  return script;
}

describe("names of the script in what is derived from it", () => {
  it("keeps definitions that are read twice, however short", () => {
    const script = printed(["x = 2", "y = 3", "z = x * y", "w = sin(z) + log(z^2)", "output w"]);
    expect(script).toContain("z = x * y\nt1 = cos(z) + 2 / z\n\ndw_dx = y * t1\ndw_dy = x * t1");
  });

  it("keeps constants that are more than a number, and inlines those that are one", () => {
    const script = printed([
      "const X = [[1, 2], [3, 4], [5, 6]]",
      "const right = [0, 1, 1]",
      "const rate = 0.5",
      "param W = [0.1, 0.2]",
      "answers = sigmoid(X @ W)",
      "loss = rate * sum((answers - right)^2)",
      "output loss",
    ]);
    expect(script).toContain("const X = [[1, 2], [3, 4], [5, 6]]");
    expect(script).toContain("const right = [0, 1, 1]");
    expect(script).toContain("answers * (answers - right)");
    expect(script).toContain("dloss_dW = X.T @ (");
    expect(script).not.toContain("rate");
  });

  it("keeps what a constant is called that a default of an input reads", () => {
    const script = printed(["const a = [1, 2, 3, 4]", "input x = 2 * a", "w = sum(a * sin(x))", "output w"]);
    expect(script).toBe("const a = [1, 2, 3, 4]\ninput x = 2 * a\n\ndw_dx = a * cos(x)\n\noutput dw_dx\n");
  });

  it("keeps names of constants in the steps of loops", () => {
    const script = printed([
      "const F = [[1, 1], [0, 1]]",
      "x = [1, 2]",
      "w = sum(fold((h, u) -> F @ (u * sin(F @ h)), x, [1, 2, 3]))",
      "output w",
    ]);
    expect(script.match(/\[\[1, 1\], \[0, 1\]\]/g)).toHaveLength(1);
    expect(script).toContain("F.T @");
    expect(script).not.toContain(".T.T");
  });

  it("keeps local names of functions and blocks that stand for one thing only", () => {
    const block = printed(["x = 2", "w = {", "  inner = x^2 + 1", "  sin(inner) * inner", "}", "output w"]);
    expect(block).toContain("inner = 1 + x^2");
    const twice = printed([
      "f(a) = { inner = a^2 + 1; sin(inner) * inner }",
      "x = 2",
      "w = f(x) + f(x + 1)",
      "output w",
    ]);
    expect(twice).not.toContain("inner");
  });
});
