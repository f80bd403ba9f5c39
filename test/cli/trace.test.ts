import { describe, expect, it } from "vitest";
import { autograd } from "../support/cli.js";

const run = (...args: readonly string[]) => autograd(["trace", ...args]);
const chain = "examples/chain.ag";
const longest = (text: string) => Math.max(...text.split("\n").map((line) => [...line].length));

describe("autograd trace", () => {
  it("shows both passes within 80 columns", () => {
    const { code, stdout, stderr } = run(chain);
    expect([code, stderr]).toEqual([0, ""]);
    expect(longest(stdout)).toBeLessThanOrEqual(80);
    expect(stdout).toContain("∂v/∂z = 2 * z");
    expect(stdout).toContain("sum_grad(v) × ∂v/∂z = 0.0277778 × 12 = 0.333333");
    expect(longest(run("examples/two-layer-network.ag").stdout)).toBeLessThanOrEqual(80);
  });

  it("prints all of it as JSON", () => {
    const { code, stdout } = run(chain, "--json");
    const { forward, backward } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(forward.at(-1)).toEqual({
      step: 7,
      node: "w",
      op: "add",
      inputs: ["u", "log(v)"],
      outputs: [{ name: "w", shape: [], value: expect.closeTo(3.3041034402, 9) }],
    });
    expect(backward[0].output).toBe("w");
    expect(backward[0].steps.find(({ node }: { node: string }) => node === "v")).toEqual({
      step: 5,
      node: "v",
      sum_grad: 1 / 36,
      contributions: [
        { from: "log(v)", value: 1 / 36, local: { formula: "1 / v", sum_grad: 1, value: 1 / 36 } },
      ],
    });
  });

  it("prints numbers as CSV, and tables as Markdown", () => {
    const lines = run(chain, "--format", "csv").stdout.split("\n");
    expect(lines[0]).toBe("kind,output,step,node,from,index,value");
    expect(lines).toContain("output,,3,z,,,6");
    expect(lines.find((line) => line.startsWith("contribution,w,1,x,"))).toMatch(
      /^contribution,w,1,x,z,,3\.8805108599/,
    );
    expect(run(chain, "--format", "markdown").stdout).toContain("| 6 | log(v) | log | v | scalar |");
  });

  it("narrows to nodes, and suggests names", () => {
    expect(run(chain, "--node", "v").stdout).toContain("… and 1 more");
    const { code, stdout, stderr } = run(chain, "--node", "vv");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("no node is called `vv`");
    expect(stderr).toContain("did you mean `v`?");
  });

  it("shows an iteration, and refuses what is none", () => {
    const script = ["-e", "x = 1.5; w = iterate(s -> s * x, 2, 5)"];
    const { code, stdout } = run(...script, "--iteration", "w:-1");
    expect(code).toBe(0);
    expect(stdout).toContain("w: iteration 4 of `iterate`, of 0 to 4");
    expect(stdout).toContain("from the end of the loop");
    expect(run(...script, "--iteration", "5").stderr).toContain("has no iteration 5");
    expect(run(...script, "--iteration", "two").code).toBe(2);
    expect(run(...script, "--iteration", "1,").code).toBe(2);
    expect(run(...script, "--iteration", "1", "--paths").code).toBe(2);
  });

  it("finds a loop by the name that its hint tells, with commas or without", () => {
    const script = "x = [1, 2]; (h, all) = scan((c, y) -> (fold((s, z) -> s * z, c, x), c * y), 1, x)";
    const several = ["-e", `${script}; w = h + sum(all) + iterate(s -> s * 2, x[0], 3)`];
    const [, hint] = /--iteration '(.*)'/.exec(run(...several, "--iteration", "1").stderr) ?? [];
    expect(hint).toBe("h, all:0");
    const headline = (choice: string) => run(...several, "--iteration", choice).stdout.split("\n")[0];
    expect(headline(hint!)).toBe("h, all: iteration 0 of `scan`, of 0 to 1");
    expect(headline("h:-1")).toBe("h, all: iteration 1 of `scan`, of 0 to 1");
    expect(headline("h, all:1,0")).toContain("iteration 0 of `fold`");
  });

  it("lists paths in every format", () => {
    const { code, stdout } = run(chain, "--paths");
    expect(code).toBe(0);
    expect(stdout).toContain("│ x → z → u → w          │ 2.88051      │  74.2 % │");
    const { paths } = JSON.parse(run(chain, "--paths", "--json", "--top", "1").stdout);
    expect(paths[0]).toMatchObject({
      output: "w",
      input: "x",
      count: 2,
      paths: [{ nodes: ["x", "z", "u", "w"] }],
      others: { count: 1, value: expect.closeTo(1, 12) },
      exact: true,
    });
    expect(run(chain, "--paths", "--format", "csv").stdout).toMatch(/^gradient,w,x,,,,3\.8805108599/m);
    expect(run(chain, "--paths", "--format", "markdown").stdout).toContain(
      "| path, ∂w/∂x | share | contribution |",
    );
  });

  it("abridges what is long, and says so", () => {
    const lines = Array.from({ length: 300 }, (_, i) => `x${i + 1} = sin(x${i})`).join("\n");
    const { code, stdout, stderr } = run("-e", `x0 = 1\n${lines}`);
    expect(code).toBe(0);
    expect(stderr).toContain("the first and the last 20 of 301 steps are shown");
    expect(stdout).not.toContain("sin(x100)");
    const all = run("-e", `x0 = 1\n${lines}`, "--all");
    expect([all.stderr, all.stdout.includes("x100")]).toEqual(["", true]);
  });

  it("ends with 3 where a result is not finite, with 2 where there is none", () => {
    const { code, stdout, stderr } = run("-e", "x = 0; w = log(x)");
    expect(code).toBe(3);
    expect(stdout).toContain("-Infinity");
    expect(stderr).toContain("not finite");
    expect(run("-e", "x = 0; w = log(x)", "--json", "--nonfinite", "error").stdout).toBe("");
    expect(run("-e", "input A: [2,2]; w = det(A)").stderr).toContain("`A`");
    expect(run("-e", "A = [[0,0],[0,0]]; w = sum(inv(A))").code).toBe(2);
  });

  it("copes with tensors without elements", () => {
    const { code, stdout } = run("-e", "x = zeros(0); w = sum(x^2)");
    expect([code, stdout.includes("[]")]).toEqual([0, true]);
  });
});
