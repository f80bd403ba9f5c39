import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type BundleInputs, ba, type GmmInputs, gmm } from "../../bench/adbench.mjs";
import { spector } from "../../bench/spector.mjs";
import { compile, type PlainElements, toPlain } from "../../src/index.js";
import { autograd } from "../support/cli.js";
import { largestDifference } from "../support/differences.js";
import { bundleByLoops, gmmByLoops } from "../support/plain-models.js";
import { evaluate } from "../support/run.js";

const root = new URL("../../", import.meta.url);
/** Published reference data beside the checkout; not part of the project. */
const data = new URL("../shared/data/", root);

const script = (name: string) => readFileSync(new URL(`examples/${name}.ag`, root), "utf8");
const json = <T>(url: URL) => JSON.parse(readFileSync(url, "utf8")) as T;
const ownValues = <T>(name: string) => json<T>(new URL(`examples/${name}.json`, root));

/** All numbers of nested arrays, in order. */
const flat = (value: unknown) => [value].flat(Number.POSITIVE_INFINITY) as number[];

/** Numbers agree to 1e-8 of max(1, |a| + |b|), the measure of the benchmark ADBench. */
function expectAgreement(found: unknown, expected: unknown, what = "values") {
  expect(largestDifference(flat(found), flat(expected)), what).toBeLessThan(1e-8);
}

/** Tests that need the published data; one that says why it is skipped where they are absent. */
function describePublished(name: string, tests: () => void) {
  describe(name, () => {
    if (existsSync(data)) return tests();
    it("agrees with what others published", ({ skip }) => {
      skip("the reference data, ../shared/data beside the checkout, is absent");
    });
  });
}

interface Expected {
  readonly gmm: { readonly objective: number; readonly gradient: readonly number[] };
  readonly ba: {
    readonly reproj_err_pair: readonly number[];
    readonly w_err: number;
    readonly J_vals: readonly number[];
  };
}
const adbench = <T>(name: string) => json<T>(new URL(`adbench/${name}.json`, data));

describe("examples/gmm.ag", () => {
  const run = (inputs: GmmInputs) => {
    const { outputs, gradients } = evaluate(script("gmm"), { ...inputs }, { wrt: ["alpha", "mu", "q", "l"] });
    return { objective: outputs.L, gradient: gradients.L! };
  };
  const expectLoops = (inputs: GmmInputs) => {
    const { objective, gradient } = run(inputs);
    const expected = gmmByLoops(inputs);
    expectAgreement(objective, expected.objective, "objective");
    for (const name of ["alpha", "mu", "q", "l"] as const)
      expectAgreement(gradient[name], expected.gradient[name], name);
  };

  it("agrees with loops over points and components", () => {
    expectLoops(ownValues("gmm"));
  });

  it("takes points of one dimension, where l is empty", () => {
    const x = [[0.1], [-0.4], [1.2]];
    expectLoops({
      alpha: [0.3, -0.2],
      mu: [[0.5], [-1]],
      q: [[0.2], [-0.3]],
      l: [[], []],
      x,
      gamma: 0.9,
      m: 1,
    });
  });

  describePublished("on the data of ADBench", () => {
    it("has the published objective and gradient", () => {
      const { objective, gradient } = run(gmm(adbench("gmm_test")));
      const expected = adbench<Expected>("adbench_expected").gmm;
      expectAgreement(objective, expected.objective, "objective");
      const { alpha, mu, q, l } = gradient as unknown as GmmInputs;
      expectAgreement([alpha, mu, q.map((row, j) => [row, l[j]])], expected.gradient, "gradient");
    });

    it.each(["gmm_d2_K5_n1000", "gmm_d10_K25_n1000", "gmm_d2_K5_n10000", "gmm_d10_K5_n10000"])(
      "agrees with loops on %s",
      (name) => {
        expectLoops(gmm(adbench(name)));
      },
    );
  });
});

describe("examples/bundle-adjustment.ag", () => {
  const wrt = ["cameras", "points", "weights"] as const;
  const sparse = (inputs: BundleInputs) => {
    const compiled = compile(script("bundle-adjustment"), { wrt, sparse: true });
    const result = compiled.ok ? compiled.program.run({ ...inputs }) : compiled;
    if (!("evaluation" in result)) return expect.fail(result.diagnostics.map((d) => d.message).join("\n"));
    return toPlain(result.evaluation);
  };

  it("agrees with loops over observations, in which exponentials rotate", () => {
    const inputs = ownValues<BundleInputs>("bundle-adjustment");
    const { outputs } = evaluate(script("bundle-adjustment"), { ...inputs }, { gradients: false });
    expectAgreement(outputs.error, bundleByLoops(inputs), "error");
    expectAgreement(
      outputs.weight_error,
      inputs.weights.map((w) => 1 - w * w),
      "weight_error",
    );
  });

  it("has second derivatives by a rotation of 0 that are those nearby", () => {
    const second = (angle: number) => {
      const inputs = ownValues<BundleInputs>("bundle-adjustment");
      inputs.cameras[0]!.splice(0, 3, angle, -angle, angle);
      const total = `${script("bundle-adjustment")}\noutput total\ntotal = sum(error * [[1, 2], [3, 4], [5, 6], [7, 8]])`;
      return evaluate(total, { ...inputs }, { wrt: ["cameras"], hessian: true }).hessians!.total!.cameras!
        .cameras;
    };
    expect(largestDifference(flat(second(0)), flat(second(1e-5)))).toBeLessThan(1e-4);
  });

  describePublished("on the data of ADBench", () => {
    it("has the published errors and their sparse Jacobian", () => {
      const inputs = ba(adbench("ba_test"));
      const [n, m, p] = [inputs.cameras.length, inputs.points.length, inputs.weights.length];
      const { outputs, gradients } = sparse(inputs);
      const expected = adbench<Expected>("adbench_expected").ba;
      expectAgreement(outputs.error, Array(p).fill(expected.reproj_err_pair), "error");
      expectAgreement(outputs.weight_error, Array(p).fill(expected.w_err), "weight_error");

      // The blocks beside and below each other, by place.
      const offsets = { cameras: 0, points: 11 * n, weights: 11 * n + 3 * m };
      const elements = new Map<string, number>();
      for (const [output, below] of [
        ["error", 0],
        ["weight_error", 2 * p],
      ] as const) {
        for (const input of wrt) {
          const { rows, cols, values } = gradients[output]![input] as PlainElements;
          values.forEach((value, i) => {
            elements.set(`${below + rows[i]!}, ${offsets[input] + cols[i]!}`, value);
          });
        }
      }
      // A row of an error holds its camera, its point and its weight; a row of a weight that alone.
      const range = (start: number, count: number) => Array.from({ length: count }, (_, i) => start + i);
      const places = [
        ...range(0, 2 * p).flatMap((row) => {
          const i = row >> 1;
          const columns = [
            ...range(11 * (i % n), 11),
            ...range(offsets.points + 3 * (i % m), 3),
            offsets.weights + i,
          ];
          return columns.map((column) => `${row}, ${column}`);
        }),
        ...range(0, p).map((i) => `${2 * p + i}, ${offsets.weights + i}`),
      ];
      // Two published elements of each observation are 0 by structure: the principal point moves one coordinate each.
      expectAgreement(
        places.map((place) => elements.get(place) ?? 0),
        expected.J_vals,
        "J_vals",
      );
      expect([...elements.keys()].filter((place) => !places.includes(place))).toEqual([]);
      expect(elements.size).toBe(expected.J_vals.length - 2 * p);
    });

    it("has the errors and as many elements as it should for 31,843 observations", () => {
      const inputs = ba(adbench("ba1_n49_m7776_p31843"));
      const { outputs, gradients } = sparse(inputs);
      expectAgreement(outputs.error, bundleByLoops(inputs), "error");
      const counts = wrt.map((input) => (gradients.error![input] as PlainElements).values.length / 31_843);
      expect(counts).toEqual([20, 6, 2]);
    });
  });
});

interface Row {
  readonly type: "call" | "put";
  readonly greek: string;
  readonly published: number;
  readonly closed_form: number;
  readonly S: number;
  readonly K: number;
  readonly T: number;
  readonly r: number;
  readonly q: number;
  readonly vol: number;
}

describePublished("examples/black-scholes.ag on published options", () => {
  const rows = json<readonly Row[]>(new URL("black_scholes.json", data));
  const inputs = {
    ...Object.fromEntries(
      (["S", "K", "T", "r", "q", "vol"] as const).map((key) => [key, rows.map((row) => row[key])]),
    ),
    call: rows.map(({ type }) => (type === "call" ? 1 : 0)),
  };
  const { outputs } = evaluate(script("black-scholes"), inputs, { gradients: false });

  it.each(rows.map((row, i) => [i, row.type, row.greek, row] as const))(
    "%i: %s, %s",
    (i, _type, greek, row) => {
      const found = (outputs[greek] as number[])[i]!;
      expect(Math.abs(found - row.published)).toBeLessThan(1e-4);
      expectAgreement(found, row.closed_form, "closed form");
    },
  );
});

describe("examples/spector.ag", () => {
  const run = (inputs: ReturnType<typeof spector>) =>
    evaluate(script("spector"), inputs, { gradients: false }).outputs as {
      readonly coefficients: number[];
      readonly standard_errors: number[];
      readonly log_likelihood: number;
    };

  describePublished("on the data of Spector and Mazzeo", () => {
    const { X, y } = spector(readFileSync(new URL("spector.csv", data), "utf8"));

    it("has the published coefficients, standard errors and log-likelihood", () => {
      // The published fit read GPA as a float32.
      const { coefficients, standard_errors, log_likelihood } = run({
        X: X.map(([gpa, ...others]) => [Math.fround(gpa!), ...others]),
        y,
      });
      expectAgreement(coefficients, [2.82611297201, 0.0951576702557, 2.37868772835, -13.0213483201]);
      expectAgreement(log_likelihood, -12.8896334653335);
      // Stata, as quoted in the tests of statsmodels.
      expectAgreement(standard_errors, [1.26294114526, 0.141554207662, 1.06456430165, 4.93132462871]);
    });

    it("has the published log-likelihood without that rounding", () => {
      expectAgreement(run({ X, y }).log_likelihood, -12.8896342221314);
    });
  });
});

describe("the converters, from the shell", () => {
  const inputFile = (name: string) => fileURLToPath(new URL(name, data));
  const convert = (args: readonly string[]) =>
    spawnSync(process.execPath, args, { cwd: fileURLToPath(root), encoding: "utf8" });

  describePublished("on the published data", () => {
    it.each([
      ["gmm", ["bench/adbench.mjs", "gmm", inputFile("adbench/gmm_test.json")]],
      ["bundle-adjustment", ["bench/adbench.mjs", "ba", inputFile("adbench/ba_test.json")]],
      ["spector", ["bench/spector.mjs", inputFile("spector.csv")]],
    ])("write what `eval` reads for %s", (name, args) => {
      const { stdout } = convert(args);
      const { code, stderr } = autograd(["eval", `examples/${name}.ag`, "-i", "-", "--no-grad"], stdout);
      expect([code, stderr]).toEqual([0, ""]);
    });
  });

  it.each([
    ["bench/adbench.mjs"],
    ["bench/adbench.mjs", "gmm"],
    ["bench/adbench.mjs", "gmn", "x.json"],
    ["bench/spector.mjs"],
  ])("say how they are called: %s %s %s", (...args) => {
    const { status, stdout, stderr } = convert(args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^usage: node bench\//);
  });
});
