import { describe, expect, it } from "vitest";
import {
  type BundleInputs,
  ba,
  type GmmInputs,
  gmm,
  type HandData,
  type HandModel,
  hand,
  type LstmInputs,
  lstm,
} from "../../bench/adbench.mjs";
import { compile, type PlainElements, type Tensor, toPlain } from "../../src/index.js";
import { differences, largestDifference } from "../support/differences.js";
import { data, describePublished, expectAgreement, flat, json, root, script } from "../support/models.js";
import { bundleByLoops, gmmByLoops, handByLoops, lstmByLoops } from "../support/plain-models.js";
import { evaluate } from "../support/run.js";

const ownValues = <T>(name: string) => json<T>(new URL(`examples/${name}.json`, root));
const adbench = <T>(name: string) => json<T>(new URL(`adbench/${name}.json`, data));

interface Expected {
  readonly gmm: { readonly objective: number; readonly gradient: readonly number[] };
  readonly ba: {
    readonly reproj_err_pair: readonly number[];
    readonly w_err: number;
    readonly J_vals: readonly number[];
  };
  readonly lstm: { readonly objective: number; readonly gradient: readonly number[] };
  readonly hand_simple: {
    readonly objective: readonly number[];
    readonly J_colmajor_6x26: readonly number[];
  };
  readonly hand_complicated: {
    readonly objective: readonly number[];
    readonly J_colmajor_6x28: readonly number[];
  };
}

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

describe("examples/lstm.ag", () => {
  const run = (inputs: LstmInputs, checkpoint?: number) => {
    const { outputs, gradients } = evaluate(
      script("lstm"),
      { ...inputs },
      { wrt: ["main", "extra"], ...(checkpoint === undefined ? {} : { checkpoint }) },
    );
    return { objective: outputs.loss, gradient: gradients.loss! };
  };

  it("agrees with loops over rows, layers and columns", () => {
    const inputs = ownValues<LstmInputs>("lstm");
    expectAgreement(run(inputs).objective, lstmByLoops(inputs), "objective");
  });

  it("takes a single layer and a single step", () => {
    const { main, extra, state, seq } = ownValues<LstmInputs>("lstm");
    const inputs = { main: main.slice(2), extra, state: state.slice(2), seq: seq.slice(0, 2) };
    expectAgreement(run(inputs).objective, lstmByLoops(inputs), "objective");
  });

  describePublished("on the data of ADBench", () => {
    const inputs = lstm(adbench("lstm_l2_c1024"));

    it.each([undefined, 32])("has the published objective and gradient (checkpoint %s)", (checkpoint) => {
      const { objective, gradient } = run(inputs, checkpoint);
      const expected = adbench<Expected>("adbench_expected").lstm;
      expectAgreement(objective, expected.objective, "objective");
      // The largest element is 0.05, so the measure is also taken relative to it.
      const scale = Math.max(...expected.gradient.map(Math.abs));
      const scaled = (values: unknown) => flat(values).map((value) => value / scale);
      const found = [gradient.main, gradient.extra];
      expectAgreement(found, expected.gradient, "gradient");
      expectAgreement(scaled(found), scaled(expected.gradient), "gradient, relative to its largest element");
    });
  });
});

describePublished("examples/hand-tracking.ag on the data of ADBench", () => {
  const model = adbench<HandModel>("hand_model_small");
  /** The errors, and their derivatives by each parameter in turn: 26 columns. */
  const run = (values: HandData) => {
    const { outputs, gradients } = evaluate(
      script("hand-tracking"),
      { ...hand(model, values) },
      { wrt: ["theta", "us"] },
    );
    const { theta, us } = gradients.error as unknown as { theta: number[][][]; us: number[][][][] };
    const columns = values.theta.map((_, k) => theta.flatMap((point) => point.map((row) => row[k]!)));
    return { error: outputs.error, columns, us };
  };

  it("has the published errors and Jacobian where points belong to vertices", () => {
    const { error, columns } = run(adbench("hand_test"));
    const { objective, J_colmajor_6x26 } = adbench<Expected>("adbench_expected").hand_simple;
    expectAgreement(error, objective, "error");
    expectAgreement(columns, J_colmajor_6x26, "Jacobian");
  });

  it("has the published errors and Jacobian where points lie in triangles", () => {
    const { error, columns, us } = run(adbench("hand_test_complicated"));
    const { objective, J_colmajor_6x28 } = adbench<Expected>("adbench_expected").hand_complicated;
    expectAgreement(error, objective, "error");
    // By u and by v of the same point; by those of others it is 0.
    const own = [0, 1].map((k) => us.flatMap((point, i) => point.map((row) => row[i]![k]!)));
    expectAgreement([own, columns], J_colmajor_6x28, "Jacobian");
    const others = us.flatMap((point, i) => point.flatMap((row) => row.filter((_, j) => j !== i).flat()));
    expect(others.every((value) => value === 0)).toBe(true);
  });

  it("agrees with loops over bones, and their differences, for 100 points", () => {
    const values = adbench<HandData>("hand1_simple_t26_c100");
    const { error, columns } = run(values);
    const byLoops = (at: ReadonlyMap<string, Tensor>) =>
      Float64Array.from(flat(handByLoops(model, values, [...at.get("theta")!.data])));
    const theta = { shape: [26], data: Float64Array.from(values.theta) };
    expectAgreement(error, handByLoops(model, values, values.theta), "error");
    const rows = differences(byLoops, new Map([["theta", theta]]), "theta");
    expectAgreement(
      columns,
      columns.map((_, k) => rows.map((row) => row[k]!)),
      "Jacobian",
    );
  });
});
