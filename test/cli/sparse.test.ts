import { describe, expect, it } from "vitest";
import { compile, toPlain } from "../../src/index.js";
import { autograd } from "../support/cli.js";

const run = (...args: string[]) => {
  const { code, stdout, stderr } = autograd(["eval", ...args]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return stdout;
};
const json = (...args: string[]) => JSON.parse(run(...args, "--json")) as Record<string, unknown>;

/** The residual of Broyden's tridiagonal function and its Jacobian's three diagonals, by hand. */
const broyden = (n: number) =>
  `input x: [n] = linspace(0, 1, ${n})
r = (3 - 2*x)*x - concatenate(([0], x[:-1])) - 2*concatenate((x[1:], [0])) + 1`;
const difference = ["-e", "r = (x[1:] - x[:-1]) * y", "-s", "x=[1,2,4]", "-s", "y=2"];

describe("sparse derivatives", () => {
  it("of ten thousand variables are a few coordinates", () => {
    const n = 10_000;
    const { gradients } = json("-e", broyden(n), "--sparse") as {
      gradients: { r: { x: { shape: number[]; rows: number[]; cols: number[]; values: number[] } } };
    };
    const { shape, rows, cols, values } = gradients.r.x;
    expect(shape).toEqual([n, n]);
    expect(rows).toHaveLength(3 * n - 2);
    rows.forEach((row, i) => {
      const x = row / (n - 1);
      const expected = { [-1]: -1, 0: 3 - 4 * x, 1: -2 }[cols[i]! - row];
      expect(values[i]).toBeCloseTo(expected!, 12);
    });
  });

  it("list the elements that may be other than 0, row by row, in either layout", () => {
    expect(json(...difference, "--sparse").gradients).toEqual({
      r: {
        x: { shape: [2, 3], rows: [0, 0, 1, 1], cols: [0, 1, 1, 2], values: [-2, 2, -2, 2] },
        y: { shape: [2, 1], rows: [0, 1], cols: [0, 0], values: [1, 2] },
      },
    });
    expect(json(...difference, "--sparse", "--layout", "denominator").gradients).toEqual({
      r: {
        x: { shape: [3, 2], rows: [0, 1, 1, 2], cols: [0, 0, 1, 1], values: [-2, 2, -2, 2] },
        y: { shape: [1, 2], rows: [0, 0], cols: [0, 1], values: [1, 2] },
      },
    });
  });

  it("are rows of CSV by output and input", () => {
    for (const layout of ["numerator", "denominator"]) {
      const rows = run(...difference, "--sparse", "--format", "csv", "--layout", layout)
        .trim()
        .split("\n");
      expect(rows.filter((row) => row.startsWith("gradient,r,x")).sort()).toEqual([
        "gradient,r,x,0,0,-2",
        "gradient,r,x,0,1,2",
        "gradient,r,x,1,1,-2",
        "gradient,r,x,1,2,2",
      ]);
    }
  });

  it("show both ends of long lists in tables", () => {
    const table = run("-e", broyden(100), "--sparse");
    expect(table).toContain("│ ∂r/∂x    │ 100×100 │ 298 of 10000 elements: │");
    expect(table).toContain("[0, 1]    -2");
    expect(table).toContain("│ …");
    expect(table).toContain("[99, 99]  -1");
    expect(run(...difference, "--sparse", "--format", "markdown")).toContain(
      "| ∂r/∂x | 2×3 | `4 of 6 elements:`<br>`[0, 0]\u00a0\u00a0-2`",
    );
  });

  it("include second derivatives, and what is not connected", () => {
    const args = ["-e", "w = x[0]^2 * x[1] + 3*y", "-s", "x=[1,2,3]", "-s", "y=1", "--sparse", "--hessian"];
    expect(json(...args)).toEqual({
      outputs: { w: 5 },
      gradients: {
        w: {
          x: { shape: [1, 3], rows: [0, 0], cols: [0, 1], values: [4, 1] },
          y: { shape: [1, 1], rows: [0], cols: [0], values: [3] },
        },
      },
      hessians: {
        w: {
          x: {
            x: { shape: [3, 3], rows: [0, 0, 1], cols: [0, 1, 0], values: [4, 2, 2] },
            y: { shape: [3, 1], rows: [], cols: [], values: [] },
          },
          y: {
            x: { shape: [1, 3], rows: [], cols: [], values: [] },
            y: { shape: [1, 1], rows: [], cols: [], values: [] },
          },
        },
      },
    });
    expect(run(...args)).toContain("│ ∂²w/∂x∂y │ 3×1   │ 0 of 3 elements  │");
    expect(run("-e", "w = 2 * x; v = y", "-s", "x=1", "-s", "y=2", "--sparse")).toContain(
      "│ ∂w/∂y    │ 1×1   │ 0 (not connected) │",
    );
    expect(run(...args, "--format", "csv")).toContain("hessian,∂w/∂x,x,0,1,2\n");
  });

  it("name the place of a number that is not finite", () => {
    const args = ["eval", "-e", "r = sqrt(x)", "-s", "x=[1,0]", "--sparse", "--json"];
    const { code, stderr } = autograd(args);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^warning: not finite: ∂r\/∂x\n/);
    expect(autograd([...args, "--nonfinite", "error"])).toMatchObject({ code: 3, stdout: "" });
  });

  it("need no room for the elements that are 0", () => {
    const tall = ["eval", "-e", "r = x^2", "-s", "x=ones(3000)", "--max-memory", "1M"];
    expect(autograd([...tall, "--sparse"]).code).toBe(0);
    const whole = autograd(tall);
    expect(whole.code).toBe(2);
    expect(whole.stderr).toContain("this evaluation needs 68.66 MiB of memory (limit: 1 MiB)");
    const dense = autograd([
      "eval",
      "-e",
      "r = cumsum(x)",
      "-s",
      "x=ones(3000)",
      "--max-memory",
      "1M",
      "--sparse",
    ]);
    expect(dense.code).toBe(2);
    expect(dense.stderr).toContain("memory");
  });
});

describe("the pattern of derivatives", () => {
  it("shows structure, density, colors and a picture in place of values", () => {
    const table = run("-e", broyden(10_000), "--sparsity");
    expect(table).not.toContain("gradient");
    expect(table).toContain("banded, 3 diagonals");
    expect(table).toContain("10000×10000, 29998 non-zeros");
    expect(table).toContain("density 0.03 %");
    expect(table).toContain("colors: 3 of columns, 3 of rows");
    expect(table).toContain("⠻⣦⡀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀");
    expect(run(...difference, "--sparsity", "--format", "markdown")).toContain(
      "| ∂r/∂x | `⠙⠂` | `sparse`<br>`2×3, 4 non-zeros`<br>`density 66.7 %`",
    );
  });

  it("is JSON with its places", () => {
    expect(json(...difference, "--sparsity", "--wrt", "x")).toEqual({
      outputs: { r: [2, 4] },
      sparsity: {
        r: {
          x: {
            structure: "sparse",
            shape: [2, 3],
            nonzeros: 4,
            density: 2 / 3,
            colors: { columns: 2, rows: 2 },
            rows: [0, 0, 1, 1],
            cols: [0, 1, 1, 2],
          },
        },
      },
    });
    const second = json("-e", "w = sum(x^3)", "-s", "x=[1,2]", "--sparsity", "--hessian");
    expect(second).toMatchObject({
      hessian_sparsity: { w: { x: { x: { structure: "diagonal", rows: [0, 1], cols: [0, 1] } } } },
    });
    expect(second).not.toHaveProperty("gradients");
    expect(second).not.toHaveProperty("hessians");
  });

  it("is rows of CSV", () => {
    expect(run(...difference, "--sparsity", "--wrt", "y", "--format", "csv")).toBe(
      "kind,output,input,output_index,input_index,value\noutput,r,,0,,2\noutput,r,,1,,4\n" +
        "nonzeros,r,y,,,2\ndensity,r,y,,,1\nrow colors,r,y,,,2\ncolumn colors,r,y,,,1\n" +
        "pattern,r,y,0,0,1\npattern,r,y,1,0,1\n",
    );
  });

  it("has rows and columns as the layout says, like the derivatives themselves", () => {
    for (const layout of ["numerator", "denominator"]) {
      const args = ["-e", "r = cumsum(x)[1:] * y", "-s", "x=[1,2,3]", "-s", "y=2", "--layout", layout];
      const { sparsity } = json(...args, "--sparsity") as { sparsity: { r: Record<string, object> } };
      const { gradients } = json(...args, "--sparse") as { gradients: { r: Record<string, object> } };
      for (const input of ["x", "y"]) {
        const { values: _, ...places } = gradients.r[input] as { values: number[] };
        expect(sparsity.r[input]).toMatchObject(places);
      }
    }
    const picture = (layout: string) =>
      run("-e", "r = x[[0, 0, 1]]", "-s", "x=ones(2)", "--sparsity", "--layout", layout);
    expect(picture("numerator")).toContain("⠣");
    expect(picture("denominator")).toContain("⠉⠂");
    expect(autograd(["eval", ...difference, "--sparsity", "--sparse"]).code).toBe(2);
  });

  it("tells what is not connected from what is 0 everywhere", () => {
    const args = [
      "-e",
      "r = floor(x) + 0*y[0]",
      "-e",
      "q = y",
      "-s",
      "x=[1,2]",
      "-s",
      "y=[1,2]",
      "--sparsity",
    ];
    const { sparsity } = json(...args) as { sparsity: Record<string, Record<string, { nonzeros: number }>> };
    expect(sparsity.r!.x!.nonzeros).toBe(0);
    expect(sparsity.q!.x!.nonzeros).toBe(0);
    const table = run(...args);
    expect(table.match(/zero \(not connected\)/g)).toHaveLength(1);
    expect(table).toContain("│ zero                            │");
  });

  it("counts without listing what is too long to list", () => {
    const { sparsity } = json("-e", "r = cumsum(x)", "-s", "x=ones(20000)", "--sparsity") as {
      sparsity: { r: { x: Record<string, unknown> } };
    };
    expect(sparsity.r.x).toEqual({
      structure: "lower triangular",
      shape: [20_000, 20_000],
      nonzeros: 200_010_000,
      density: 200_010_000 / 4e8,
      colors: { columns: 20_000, rows: 20_000 },
    });
  });
});

describe("a program from the library", () => {
  it("gives coordinates with the values, run after run", () => {
    const compiled = compile("r = x[1:] * x[:-1]", { sparse: true });
    if (!compiled.ok) return expect.fail(compiled.diagnostics[0]!.message);
    for (const x of [
      [1, 2, 3],
      [4, 5, 6],
    ]) {
      const result = compiled.program.run({ x });
      if (!result.ok) return expect.fail(result.diagnostics[0]!.message);
      const [{ tensor, coordinates }] = result.evaluation.gradients as [
        (typeof result.evaluation.gradients)[0],
      ];
      expect(coordinates).toEqual({
        shape: [2, 3],
        rows: Int32Array.of(0, 0, 1, 1),
        cols: Int32Array.of(0, 1, 1, 2),
      });
      const values = [x[1], x[0], x[2], x[1]];
      expect([...tensor.data]).toEqual(values);
      expect(toPlain(result.evaluation).gradients.r!.x).toEqual({
        shape: [2, 3],
        rows: [0, 0, 1, 1],
        cols: [0, 1, 1, 2],
        values,
      });
    }
  });
});
