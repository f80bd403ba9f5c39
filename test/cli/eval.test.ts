import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { autograd, temporaryFile } from "../support/cli.js";

const json = (args: readonly string[], stdin?: string) => {
  const { code, stdout, stderr } = autograd(["eval", ...args, "--json"], stdin);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(stdout) as unknown;
};

describe("where values come from", () => {
  it("pipes matrices in as JSON", () => {
    const result = json(["examples/matrix-chain.ag"], '{"x":[[1,2],[3,4]],"y":[[5,6],[7,8]]}') as {
      outputs: { w: number };
      gradients: { w: { x: number[][] } };
    };
    // tanh(z / 50) * sqrt(z) over z = x @ y, by hand.
    const z = [19, 22, 43, 50];
    const w = z.reduce((sum, v) => sum + Math.tanh(v / 50) * Math.sqrt(v), 0) / 4;
    const slope = z.map(
      (v) => ((1 - Math.tanh(v / 50) ** 2) / 50) * Math.sqrt(v) + Math.tanh(v / 50) / (2 * Math.sqrt(v)),
    );
    expect(result.outputs.w).toBeCloseTo(w, 13);
    expect(result.gradients.w.x[0]![0]).toBeCloseTo((slope[0]! * 5 + slope[1]! * 6) / 4, 13);
    expect(result.gradients.w.x[1]![1]).toBeCloseTo((slope[2]! * 7 + slope[3]! * 8) / 4, 13);
  });

  it("takes files in order, later ones winning, and assignments over all", () => {
    const first = temporaryFile("a.json", '{"x": 1, "y": 1, "z": 1}');
    const second = temporaryFile("b.json", '{"y": 2, "z": 2}');
    expect(json(["-e", "w = [x, y, z]", "--no-grad", "-i", first, "-i", second, "-s", "z=3"])).toEqual({
      outputs: { w: [1, 2, 3] },
    });
  });

  it("reads standard input where - says so, and where values are missing", () => {
    expect(json(["-e", "w = x", "--no-grad", "-i", "-"], '{"x": 5}')).toEqual({ outputs: { w: 5 } });
    expect(json(["-e", "w = x", "--no-grad"], '{"x": 5}')).toEqual({ outputs: { w: 5 } });
    expect(json(["-e", "x = 2; w = x", "--no-grad"], "not read")).toEqual({ outputs: { w: 2 } });
    expect(json(["-", "--no-grad"], "w = 2 * 3")).toEqual({ outputs: { w: 6 } });
  });

  it("takes expressions and lists as assignments", () => {
    expect(
      json(["-e", "w = x @ y", "--no-grad", "-s", "x=[[1,2],[3,4]]", "-s", "y=ones(2) * pi / pi"]),
    ).toEqual({
      outputs: { w: [3, 7] },
    });
  });

  it("gives exact numbers", () => {
    const { stdout } = autograd([
      "eval",
      "-e",
      "w = [0.1 + 0.2, -0, 1e-310, 1e21, 5e-324]",
      "--json",
      "--no-grad",
    ]);
    expect(stdout).toBe('{"outputs":{"w":[0.30000000000000004,-0,1e-310,1e+21,5e-324]}}\n');
  });
});

describe("formats", () => {
  const args = ["eval", "-e", "w = x^2 * y", "-s", "x=3", "-s", "y=[1,2]"];

  it("prints CSV with a header and a row for each element", () => {
    const { stdout } = autograd([...args, "--format", "csv"]);
    const rows = stdout.trim().split(/\r?\n/);
    expect(rows.length).toBe(1 + 2 + 2 + 4);
    expect(new Set(rows.map((row) => row.split(",").length)).size).toBe(1);
  });

  it("prints Markdown tables", () => {
    expect(autograd([...args, "--format", "markdown"]).stdout).toMatch(/^\| output +\|.*\|\n\|[ :-]+\|/);
  });

  it("prints as many digits as asked for", () => {
    const third = ["eval", "-e", "w = 1 / 3"];
    expect(autograd(third).stdout).toContain(" 0.333333 ");
    expect(autograd([...third, "--precision", "3"]).stdout).toContain(" 0.333 ");
    expect(autograd([...third, "--precision", "17"]).stdout).toContain(" 0.33333333333333331 ");
  });

  it("shows every named node with --all", () => {
    const { stdout } = autograd(["eval", "examples/chain.ag", "--all"]);
    for (const word of ["sum_grad", "mul", "sin", "input"]) expect(stdout).toContain(word);
    const result = json(["examples/chain.ag", "--all"]) as { nodes: Record<string, { op: string }> };
    expect(Object.keys(result.nodes)).toEqual(["x", "y", "z", "u", "v", "w"]);
  });

  it("never sends colours to a pipe", () => {
    expect(autograd(args).stdout).not.toContain("\u001b");
    expect(autograd(["eval", "-e", "w = 1 +"]).stderr).not.toContain("\u001b");
  });
});

describe("derivatives", () => {
  const script = ["-e", "w = sum(x^2) * y", "-s", "x=[1,2]", "-s", "y=3"];

  it("adds Hessians in tables and JSON", () => {
    expect(json([...script, "--hessian"])).toEqual({
      outputs: { w: 15 },
      gradients: { w: { x: [6, 12], y: 5 } },
      hessians: {
        w: {
          x: {
            x: [
              [6, 0],
              [0, 6],
            ],
            y: [2, 4],
          },
          y: { x: [2, 4], y: 0 },
        },
      },
    });
    expect(autograd(["eval", ...script, "--hessian"]).stdout).toContain("│ ∂²w/∂x∂y │ 2 | scalar │ [2, 4]");
    expect(json([...script, "--hessian", "--no-grad"])).toEqual({ outputs: { w: 15 } });
  });

  it("merges derivatives to matrices", () => {
    const gradients = (layout: string) => json([...script, "--layout", layout]) as { gradients: unknown };
    expect(gradients("numerator").gradients).toEqual({ w: { x: [[6, 12]], y: [[5]] } });
    expect(gradients("denominator").gradients).toEqual({ w: { x: [[6], [12]], y: [[5]] } });
    expect(gradients("tensor").gradients).toEqual({ w: { x: [6, 12], y: 5 } });
  });

  it("gives the same in every mode", () => {
    const [auto, ...others] = ["auto", "reverse", "forward"].map((mode) => json([...script, "--mode", mode]));
    for (const other of others) expect(other).toEqual(auto);
  });
});

describe("exit codes", () => {
  it.each<[string, string[], number, string]>([
    ["success", ["-e", "w = 1 + 1"], 0, ""],
    ["a syntax error", ["-e", "w = 1 +"], 2, "expected an expression"],
    ["a missing value", ["-e", "w = x"], 2, "the input `x` has no value"],
    ["a misspelt function", ["-e", "w = sinn(x)", "-s", "x=1"], 2, "did you mean `sin`?"],
    ["a shape mismatch in +", ["-e", "w = x + [1,2,3]", "-s", "x=[1,2]"], 2, "(2,) and (3,)"],
    ["a shape mismatch in @", ["-e", "w = x @ x", "-s", "x=[[1,2]]"], 2, "(1, 2) and (1, 2)"],
    ["a cycle", ["-e", "a = b; b = a"], 2, "a → b → a"],
    ["a redefinition", ["-e", "a = 1; a = 2"], 2, "first defined here"],
    ["an unknown option", ["--foo"], 2, "unknown option '--foo'"],
    ["an unknown format", ["-e", "w = 1", "--format", "xml"], 2, "Allowed choices"],
    ["a bad precision", ["-e", "w = 1", "--precision", "18"], 2, "whole number from 1 to 17"],
    ["a bad size", ["-e", "w = 1", "--max-memory", "lots"], 2, "such as 500M or 2G"],
    ["a bad list of names", ["-e", "w = 1", "--of", "a,,b"], 2, "names separated by commas"],
    [
      "an unknown mode",
      ["-e", "w = 1", "--mode", "sideways"],
      2,
      "Allowed choices are auto, reverse, forward",
    ],
    [
      "the Hessian of a tensor",
      ["-e", "w = x * [1, 2]", "-s", "x=1", "--hessian"],
      2,
      "only a scalar has a Hessian",
    ],
    [
      "a Hessian that is not finite",
      ["-e", "w = x^1.5", "-s", "x=0", "--hessian"],
      3,
      "not finite: ∂²w/∂x∂x",
    ],
    ["a missing file", ["none.ag"], 2, "there is no file `none.ag`"],
    ["a folder", ["examples"], 2, "`examples`"],
    ["no script", [], 2, "there is no script"],
    ["two scripts", ["examples/chain.ag", "-e", "w = 1"], 2, "give one of them"],
    ["an assignment that is none", ["-e", "w = x", "-s", "x"], 2, "--set NAME=VALUE"],
    ["an assignment to nothing", ["-e", "w = x", "-s", "x=1", "-s", "q=1"], 2, "no such input"],
    ["an assignment that reads a name", ["-e", "w = x", "-s", "x=y"], 2, "`y` has no meaning here"],
    ["an assignment to a definition", ["-e", "u = x; w = u", "-s", "x=1", "-s", "u=1"], 2, "is a definition"],
    ["a value that is not finite", ["-e", "w = 1 / x", "-s", "x=0"], 3, "not finite: w, ∂w/∂x"],
    ["a refusal of such values", ["-e", "w = log(0)", "--nonfinite", "error"], 3, "nothing is printed"],
    ["two formats", ["-e", "w = 1", "--json", "--format", "csv"], 2, "cannot be used with"],
    ["a constant to differentiate by", ["-e", "const k = 2; w = k", "--wrt", "k"], 2, "`k` is a constant"],
    ["too little memory", ["-e", "w = sum(arange(1e6)^2)", "--max-memory", "1M"], 2, "--max-memory"],
    ["too few nodes", ["-e", "w = 1 + 2 * x", "-s", "x=1", "--max-nodes", "3"], 2, "--max-nodes"],
    ["too deep a nest", ["-e", "w = ((((1))))", "--max-nesting", "3"], 2, "--max-nesting"],
  ])("%s", (_what, args, code, message) => {
    const outcome = autograd(["eval", ...args]);
    expect(outcome.stderr).toContain(message);
    expect(outcome.code).toBe(code);
    if (code === 2) expect(outcome.stdout).toBe("");
  });

  it.each<[string, string, string]>([
    ["malformed", '{"x": [1, 2}', "<stdin>:1:12"],
    ["ragged", '{"x": [[1, 2], [3]]}', "`x[1]` has length 1, but `x[0]` has length 2"],
    ["a duplicate", '{"x": 1, "x": 2}', "<stdin>:1:10"],
    ["not JSON at all", "x = 1", "<stdin>:1:1"],
  ])("JSON that is %s: exit 2, with its place", (_what, text, message) => {
    const { code, stdout, stderr } = autograd(["eval", "-e", "w = x"], text);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });

  it("limits the size of scripts and of inputs", () => {
    const script = temporaryFile("s.ag", "w = x + 1\n");
    const input = temporaryFile("x.json", '{"x": 1}');
    expect(autograd(["eval", script, "-i", input, "--max-script", "10", "--max-input", "8"]).code).toBe(0);
    expect(autograd(["eval", script, "-i", input, "--max-script", "9"]).stderr).toContain("--max-script");
    expect(autograd(["eval", script, "-i", input, "--max-input", "7"]).stderr).toContain("--max-input");
  });
});

describe("large scripts", () => {
  it("refuses a hundred thousand parentheses with one clear error", () => {
    const script = temporaryFile("deep.ag", `w = ${"(".repeat(100_000)}x${")".repeat(100_000)}`);
    const { code, stderr } = autograd(["eval", script]);
    expect(code).toBe(2);
    expect(stderr).toContain("expressions nest more than 500 deep");
    expect(stderr.length).toBeLessThan(1000);
  });

  it("sums a hundred thousand terms", () => {
    const script = temporaryFile("long.ag", `w = ${Array(100_000).fill("x").join(" + ")}`);
    expect(json([script, "-s", "x=2"])).toEqual({
      outputs: { w: 200_000 },
      gradients: { w: { x: 100_000 } },
    });
  });

  it("sums a list of a hundred thousand elements", () => {
    const script = temporaryFile("list.ag", `w = sum([${Array(100_000).fill("x").join(", ")}])`);
    expect(json([script, "-s", "x=2"])).toEqual({
      outputs: { w: 200_000 },
      gradients: { w: { x: 100_000 } },
    });
  });

  it("evaluates a hundred thousand lines", () => {
    const lines = Array.from({ length: 100_000 }, (_, i) => `x${i + 1} = x${i} + 1`);
    const script = temporaryFile("lines.ag", lines.join("\n"));
    expect(json([script, "-s", "x0=1"])).toEqual({
      outputs: { x100000: 100_001 },
      gradients: { x100000: { x0: 1 } },
    });
  });
});

describe("characters beyond ASCII", () => {
  it("takes subscripts as part of a name and refuses superscripts, as the library does", () => {
    expect(json(["-e", "θ₁ = 3; σ = θ₁ * 2", "--no-grad"])).toEqual({ outputs: { σ: 6 } });
    expect(autograd(["eval", "-e", "w = x²"]).stderr).toContain("write `^2`");
  });
});

describe.skipIf(!existsSync("/dev/full"))("streams that fail", () => {
  it.each([
    [["--help"], 2],
    [["eval", "-e", "w = 1"], 2],
  ])("%o into a full disk ends with 2", (args, code) => {
    const command = `"${process.execPath}" bin/autograd.js ${args.map((a) => `'${a}'`).join(" ")} > /dev/full`;
    const { status, stderr } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
    expect(stderr).toContain("cannot write `<stdout>`");
    expect(status).toBe(code);
  });

  it("keeps its exit code where messages cannot be written", () => {
    const command = `"${process.execPath}" bin/autograd.js eval -e 'w = (' 2> /dev/full`;
    expect(spawnSync("sh", ["-c", command]).status).toBe(2);
  });
});

describe("commands", () => {
  it("prints help and version", () => {
    expect(autograd(["eval", "--help"])).toMatchObject({ code: 0, stderr: "" });
    expect(autograd(["--version"]).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(autograd(["evl"])).toMatchObject({ code: 2, stdout: "" });
  });
});
