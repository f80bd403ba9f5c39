import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type GmmInputs, gmm } from "../../bench/adbench.mjs";
import { largestDifference } from "../support/differences.js";
import { gmmByLoops } from "../support/plain-models.js";
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
