import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Option, options, spector } from "../../bench/published.mjs";
import { compile } from "../../src/index.js";
import { autograd } from "../support/cli.js";
import { data, describePublished, expectAgreement, json, root, script } from "../support/models.js";
import { evaluate } from "../support/run.js";

interface PublishedOption extends Option {
  readonly greek: string;
  readonly published: number;
  readonly closed_form: number;
}

describePublished("examples/black-scholes.ag on published options", () => {
  const rows = json<readonly PublishedOption[]>(new URL("black_scholes.json", data));
  const compiled = compile(script("black-scholes"), { gradients: false });
  const result = compiled.ok ? compiled.program.run(options(rows)) : compiled;
  if (!("evaluation" in result)) throw new Error(result.diagnostics[0]!.message);
  const { outputs, asserts } = result.evaluation;

  it.each(rows.map((row, i) => [i, row.type, row.greek, row] as const))(
    "%i: %s, %s",
    (i, _type, greek, { published, closed_form }) => {
      const found = outputs.find(({ name }) => name === greek)!.tensor.data[i]!;
      expect(Math.abs(found - published)).toBeLessThan(1e-4);
      expectAgreement(found, closed_form, "closed form");
    },
  );

  it("passes the asserts of the script", () => {
    expect(asserts!.filter(({ passed }) => !passed).map(({ text }) => text)).toEqual([]);
  });
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

describe("asserts of examples", () => {
  it.each([
    ["kalman", { ys: [3] }],
    ["kalman", { ys: Array.from({ length: 40 }, (_, i) => 5 * Math.sin(i)), log_q: 1, log_r: -3 }],
    ["kalman", { start: [2, -1], log_p: -30, log_q: -20 }],
    ["pendulum", { start: [0, 0] }],
    ["pendulum", { start: [1, 8], length: 2 }],
    ["pendulum", { start: [3.1, 3], length: 0.5 }],
  ])("hold for other values: %s, %j", (name, inputs) => {
    const compiled = compile(script(name), { gradients: false });
    const result = compiled.ok ? compiled.program.run(inputs) : compiled;
    if (!("evaluation" in result)) return expect.fail(result.diagnostics[0]!.message);
    const asserts = result.evaluation.asserts!;
    expect(asserts.length).toBeGreaterThan(3);
    expect(asserts.filter(({ passed }) => !passed).map(({ text }) => text)).toEqual([]);
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
      ["lstm", ["bench/adbench.mjs", "lstm", inputFile("adbench/lstm_l2_c1024.json")]],
      [
        "hand-tracking",
        [
          "bench/adbench.mjs",
          "hand",
          inputFile("adbench/hand_model_small.json"),
          inputFile("adbench/hand_test.json"),
        ],
      ],
      ["black-scholes", ["bench/published.mjs", "options", inputFile("black_scholes.json")]],
      ["spector", ["bench/published.mjs", "spector", inputFile("spector.csv")]],
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
    ["bench/published.mjs", "spector"],
  ])("say how they are called: %s %s %s", (...args) => {
    const { status, stdout, stderr } = convert(args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^usage: node bench\//);
  });
});
