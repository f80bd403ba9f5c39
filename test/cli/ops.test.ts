import { describe, expect, it } from "vitest";
import { autograd } from "../support/cli.js";

describe("autograd ops", () => {
  it("lists the functions by family, a line each", () => {
    const { code, stdout, stderr } = autograd(["ops"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^elementwise\n {2}square {2,}x²\.\n/);
    expect(stdout).toMatch(/\n\nspecial\n {2}erf /);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("tells about one function", () => {
    expect(autograd(["ops", "norm"]).stdout).toBe(
      [
        "norm(x, axis=all, keepdims=0)",
        "The 2-norm, sqrt(sum(x²)), over the axes, without overflow. Of a matrix, the Frobenius norm.",
        "",
        "family       reductions",
        "derivative   x / norm(x)",
        "conventions  The derivative at 0 is 0.",
        "domain       everywhere",
        "example      z = norm([3, 4])",
        "             z = 5",
        "",
      ].join("\n"),
    );
  });

  it("finds a function by its other name", () => {
    expect(autograd(["ops", "asin"]).stdout).toMatch(/^arcsin\(x\)\n[\s\S]*\nalso {9}asin\n/);
  });

  it("writes JSON", () => {
    const one = JSON.parse(autograd(["ops", "split", "--json"]).stdout);
    expect(one).toMatchObject({
      name: "split",
      family: "shape",
      signature: "split(x, parts, axis=0)",
      conventions: null,
      result: { z: [1, 2], w: [3, 4] },
    });
    const all = JSON.parse(autograd(["ops", "--json"]).stdout);
    expect(all.functions.find(({ name }: { name: string }) => name === "arcsin")).toMatchObject({
      aliases: ["asin"],
      domain: "-1 ≤ x ≤ 1; NaN outside",
    });
  });

  it("suggests a name for an unknown one", () => {
    expect(autograd(["ops", "sigmiod"])).toEqual({
      code: 2,
      stdout: "",
      stderr: "error: there is no built-in function `sigmiod`\n  hint: did you mean `sigmoid`?\n",
    });
    expect(autograd(["ops", "zzzzzz"]).stderr).toContain("`autograd ops` lists them");
  });
});
