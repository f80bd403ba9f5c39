import { describe, expect, it } from "vitest";
import { startCheck } from "../../src/check/check.js";
import type { Claimant } from "../../src/check/claims.js";
import type { CheckEntry, Claims } from "../../src/check-results.js";
import { compile } from "../../src/index.js";
import type { Tensor } from "../../src/tensor.js";

const options = { samples: 0, seed: 1, exhaustive: false, verbose: false };
const claimant: Claimant = { kind: "expected", source: "in g.json", tolerance: 1e-6 };

/** Entries of a comparison with our own results, after `change` has changed these. */
function compared(
  script: string,
  change: (claims: {
    outputs: Map<string, Float64Array>;
    gradients: Map<string, Float64Array>;
  }) => void = () => {},
  other: Partial<Claimant> = {},
): readonly CheckEntry[] {
  const compiled = compile(script);
  if (!compiled.ok) return expect.fail(compiled.diagnostics.map(({ message }) => message).join("\n"));
  const check = startCheck(compiled.program, new Map(), options, () => undefined);
  const place = [...check.places()][0]!;
  const evaluation = check.evaluationAt(place);
  const copy = ({ data }: Tensor) => data.slice();
  const outputs = new Map(evaluation.outputs.map(({ name, tensor }) => [name, copy(tensor)]));
  const gradients = new Map(
    evaluation.gradients.map(({ output, input, tensor }) => [`${output}/${input}`, copy(tensor)]),
  );
  change({ outputs, gradients });
  const claims: Claims = {
    outputs: evaluation.outputs.map(({ name, tensor }) => ({
      name,
      tensor: { shape: tensor.shape, data: outputs.get(name)! },
    })),
    gradients: evaluation.gradients.map(({ output, input, tensor }) => ({
      output,
      input,
      tensor: { shape: tensor.shape, data: gradients.get(`${output}/${input}`)! },
    })),
  };
  check.compare(place, claims, { ...claimant, ...other });
  return check.report().entries;
}

const entry = (entries: readonly CheckEntry[], name: string): CheckEntry =>
  entries.find((own) => own.name === name) ?? expect.fail(`no entry ${name}`);

const matrix = `
input W: [2,3] = [[1,2,3],[4,5,6]]
input x: [3] = [0.1, 0.2, 0.3]
y = tanh(W @ x)
w = sum(y^2)
output y, w
`;

describe("claims", () => {
  it("have an entry each, which passes where they are ours", () => {
    const entries = compared(matrix);
    expect(entries.map(({ name }) => name)).toEqual([
      "y in g.json",
      "w in g.json",
      "∂y/∂W in g.json",
      "∂y/∂x in g.json",
      "∂w/∂W in g.json",
      "∂w/∂x in g.json",
    ]);
    for (const { kind, verdict, checked, total, points, error, worst, at } of entries)
      expect({ kind, verdict, points, error, worst, at, isWhole: checked === total && total > 0 }).toEqual({
        kind: "expected",
        verdict: "PASS",
        points: 1,
        error: 0,
        worst: undefined,
        at: "given",
        isWhole: true,
      });
  });

  it("are named by the worst element", () => {
    const entries = compared(matrix, ({ outputs, gradients }) => {
      outputs.get("y")![1]! *= 1.5;
      gradients.get("w/W")![5]! *= 1.01;
      gradients.get("w/W")![1]! *= 1.001;
      // y[1] by W[0,2]: a zero, among others.
      gradients.get("y/W")![8] = 0.25;
    });
    expect(entry(entries, "y in g.json").worst).toMatchObject({ element: "y[1]" });
    expect(entry(entries, "∂w/∂W in g.json").worst).toMatchObject({ element: "W[1,2]" });
    expect(entry(entries, "∂w/∂W in g.json").worst!.message).toContain("in 2 of 6 elements");
    expect(entry(entries, "∂y/∂W in g.json").worst).toMatchObject({
      element: "y[1] by W[0,2]",
      value: 0.25,
      reference: 0,
    });
    expect(entries.filter(({ verdict }) => verdict === "WRONG")).toHaveLength(3);
  });

  it.each([1.01, 1 + 1e-4, 1 + 2e-6, -1, 0])("are wrong by a factor of %f", (factor) => {
    for (const key of ["y/x", "w/W", "w/x"]) {
      const entries = compared(matrix, ({ gradients }) => {
        const data = gradients.get(key)!;
        for (const [i, x] of data.entries()) data[i] = factor * x;
      });
      const [output, input] = key.split("/");
      const own = entry(entries, `∂${output}/∂${input} in g.json`);
      expect([own.verdict, own.worst!.message]).toEqual([
        "WRONG",
        expect.stringContaining("; ours is nearer to the true one, "),
      ]);
      expect(entries.filter(({ verdict }) => verdict !== "PASS")).toHaveLength(1);
    }
  });

  it("are taken as they are at a larger tolerance", () => {
    const change: Parameters<typeof compared>[1] = ({ gradients }) => {
      gradients.get("w/x")![0]! *= 1.0005;
    };
    expect(entry(compared(matrix, change), "∂w/∂x in g.json").verdict).toBe("WRONG");
    expect(entry(compared(matrix, change, { tolerance: 1e-3 }), "∂w/∂x in g.json").verdict).toBe("PASS");
  });

  it("are told to be right where ours has lost its digits", () => {
    // 1/2 in truth; ours is a difference of numbers of 1e8.
    const script = "x = 1e-8; w = ((1 + x)^2 - 1 - 2*x) / (2*x)";
    const ours = compared(script);
    expect(entry(ours, "∂w/∂x in g.json").verdict).toBe("PASS");
    const entries = compared(script, ({ outputs, gradients }) => {
      outputs.set("w", Float64Array.of(0.5e-8));
      gradients.set("w/x", Float64Array.of(0.5));
    });
    const { verdict, worst } = entry(entries, "∂w/∂x in g.json");
    expect([verdict, worst!.value, worst!.message, worst!.hint]).toEqual([
      "WRONG",
      0.5,
      expect.stringMatching(
        /^the expected derivative differs from ours, but it is nearer to the true one, 0\.(5|4999)/,
      ),
      expect.stringContaining("ours has lost digits"),
    ]);
    expect(entry(entries, "w in g.json").worst!.message).toContain("but it is nearer");
  });

  it("name the command where they are its", () => {
    const other = { kind: "against", source: "of the command" } as const;
    const change: Parameters<typeof compared>[1] = ({ gradients }) => {
      gradients.get("w/x")![0]! = 7;
    };
    const { kind, worst } = entry(compared(matrix, change, other), "∂w/∂x of the command");
    expect([kind, worst!.message]).toEqual(["against", expect.stringMatching(/^the command's derivative /)]);
  });

  it("are not finite on one side, on the other, or on both", () => {
    const infinite = "x = 0; w = sqrt(x)";
    expect(entry(compared(infinite), "∂w/∂x in g.json")).toMatchObject({
      verdict: "NONFINITE",
      worst: { message: "neither the expected derivative nor ours is a finite number" },
    });
    const change: Parameters<typeof compared>[1] = ({ gradients }) => {
      gradients.set("w/x", Float64Array.of(3));
    };
    expect(entry(compared(infinite, change), "∂w/∂x in g.json")).toMatchObject({
      verdict: "NONFINITE",
      worst: { message: "ours is not a finite number" },
    });
    const bad: Parameters<typeof compared>[1] = ({ gradients }) => {
      gradients.get("w/x")![2] = Number.NaN;
    };
    expect(entry(compared(matrix, bad), "∂w/∂x in g.json")).toMatchObject({
      verdict: "NONFINITE",
      worst: { element: "x[2]", message: "the expected derivative is not a finite number" },
    });
  });

  it("may have rounding where the truth is 0, but no more than that", () => {
    const script = "x = [1, 2, 3]; w = sum(exp(x) / sum(exp(x)))";
    const set =
      (size: number): Parameters<typeof compared>[1] =>
      ({ gradients }) => {
        gradients.set("w/x", Float64Array.of(size, -size, size));
      };
    expect(entry(compared(script, set(5e-17)), "∂w/∂x in g.json").verdict).toBe("PASS");
    expect(entry(compared(script, set(1e-10)), "∂w/∂x in g.json").verdict).toBe("WRONG");
  });

  it("may be any number between the slopes at a kink, and no other", () => {
    const script = "x = [0, 1, -2]; w = sum(relu(x)) + sum(abs(x))";
    const set =
      (...data: number[]): Parameters<typeof compared>[1] =>
      ({ gradients }) => {
        gradients.set("w/x", Float64Array.from(data));
      };
    const found = (...data: number[]) => entry(compared(script, set(...data)), "∂w/∂x in g.json");
    for (const derivative of [-1, 2, 1.5])
      expect(found(derivative, 2, -1)).toMatchObject({
        verdict: "KINK",
        worst: { element: "x[0]", value: derivative, reference: 0, slopes: [-1, 2] },
      });
    for (const derivative of [-1.001, 2.001]) expect(found(derivative, 2, -1).verdict).toBe("WRONG");
    expect(found(1, 2.1, -1)).toMatchObject({ verdict: "WRONG", worst: { element: "x[1]" } });
    expect(found(2, 2, -1.001)).toMatchObject({ verdict: "WRONG", worst: { element: "x[2]" } });
  });

  it("are wrong at a jump", () => {
    const change: Parameters<typeof compared>[1] = ({ gradients }) => {
      gradients.set("w/x", Float64Array.of(0.5));
    };
    const script = "x = 0; w = where(x > 0, 1 + x, 0)";
    expect(entry(compared(script, change), "∂w/∂x in g.json").verdict).toBe("WRONG");
  });

  it("are judged row by row where a derivative is large", () => {
    const script = "input x: [1100] = linspace(1, 2, 1100); y = cumsum(x^2)";
    const key = 1099 * 1100 + 3;
    const entries = compared(script, ({ gradients }) => {
      gradients.get("y/x")![key]! *= 1.1;
    });
    const { verdict, worst } = entry(entries, "∂y/∂x in g.json");
    expect([verdict, worst!.element]).toEqual(["WRONG", "y[1099] by x[3]"]);
    expect(worst!.message).toMatch(/in 1 of 1210000 elements; ours is nearer to the true one, 2\.005/);
  });
});
