import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile, type Tensor } from "../../src/index.js";
import type { StatedSpread } from "../../src/sensitivity-results.js";
import { data, describePublished } from "../support/models.js";
import { randomSource } from "../support/random.js";
import { covariance, faultOf, look, number, sigma, tensorOf } from "../support/sensitivity.js";

const values = (all: Readonly<Record<string, Tensor>>) => new Map(Object.entries(all));

/** Normally distributed numbers (Box and Muller). */
function normals(seed: number): () => number {
  const random = randomSource(seed);
  return () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return radius * Math.cos(2 * Math.PI * random());
  };
}

describe("propagation of uncertainties", () => {
  it("is exact for what is linear", () => {
    const { propagation } = look(
      "input a = 1; input b = 2; y = 3*a - 2*b + 1; z = a + b\noutput y, z",
      undefined,
      {
        spreads: [sigma("a", number(0.5)), sigma("b", number(2))],
      },
    );
    const [y, z] = propagation!.uncertainties;
    expect(y!.sigma ** 2).toBeCloseTo(9 * 0.25 + 4 * 4, 12);
    expect(z!.sigma ** 2).toBeCloseTo(0.25 + 4, 12);
    expect([...propagation!.covariance.data].map((x) => Number(x.toFixed(12)))).toEqual([
      18.25,
      0.75 - 8,
      0.75 - 8,
      4.25,
    ]);
    const shares = y!.inputs.map(({ share }) => share!.data[0]!);
    expect(shares[0]).toBeCloseTo(2.25 / 18.25, 12);
    expect(shares[0]! + shares[1]!).toBeCloseTo(1, 12);
  });

  it("takes covariances of one input, and of several", () => {
    const at = values({ a: number(1), b: tensorOf([2], 2, 3) });
    const rows = [
      [1, 0.5, -0.2],
      [0.5, 2, 0.1],
      [-0.2, 0.1, 3],
    ];
    const { propagation } = look("y = 2*a + b[0] - b[1]", at, { spreads: [covariance(["a", "b"], ...rows)] });
    const g = [2, 1, -1];
    const spread = rows.map((row) => row.reduce((sum, x, j) => sum + x * g[j]!, 0));
    const variance = spread.reduce((sum, x, i) => sum + x * g[i]!, 0);
    const [y] = propagation!.uncertainties;
    expect(y!.sigma ** 2).toBeCloseTo(variance, 12);
    const shares = y!.inputs.flatMap(({ share }) => [...share!.data]);
    for (const [i, share] of shares.entries()) expect(share).toBeCloseTo((g[i]! * spread[i]!) / variance, 12);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(y!.inputs[1]!.sigma.data[1]).toBeCloseTo(Math.sqrt(3), 12);
  });

  it("lets one input make up for another", () => {
    const { propagation } = look("input a = 1; input b = 1; y = a - b", undefined, {
      spreads: [covariance(["a", "b"], [1, 0.9], [0.9, 4])],
    });
    const [y] = propagation!.uncertainties;
    expect(y!.sigma ** 2).toBeCloseTo(1 + 4 - 1.8, 12);
    expect(y!.inputs[0]!.share!.data[0]).toBeCloseTo(0.1 / 3.2, 12);
    // Perfectly correlated numbers have no difference.
    const same = look("input a = 1; input b = 1; y = a - b", undefined, {
      spreads: [covariance(["a", "b"], [1, 1], [1, 1])],
    });
    expect(same.propagation!.uncertainties[0]!.sigma).toBe(0);
    expect(same.propagation!.uncertainties[0]!.inputs[0]!.share).toBeUndefined();
  });

  it("agrees with samples of the inputs, where these are close to their values", () => {
    const text = "y = exp(sin(v[0]) * v[1]) + A[0, 0] * v[2]^2; z = log(sum(A @ A) + v[0])\noutput y, z";
    const at = values({ v: tensorOf([3], 0.4, 1.2, -0.7), A: tensorOf([2, 2], 1.5, 0.2, 0.3, 2) });
    const own = covariance(["v"], [1e-6, 4e-7, 0], [4e-7, 4e-6, -1e-6], [0, -1e-6, 9e-6]);
    const { propagation } = look(text, at, { spreads: [own, sigma("A", number(2e-3))] });
    const compiled = compile(text, { gradients: false });
    const { program } = compiled as Extract<typeof compiled, { ok: true }>;
    const normal = normals(7);
    // v has this covariance: L by Cholesky's way.
    const l = [[1e-3], [4e-4, 0], [0, 0, 0]] as number[][];
    l[1]![1] = Math.sqrt(4e-6 - 1.6e-7);
    l[2]![1] = -1e-6 / l[1]![1]!;
    l[2]![2] = Math.sqrt(9e-6 - l[2]![1]! ** 2);
    const count = 20_000;
    const sums = [0, 0];
    const squares = [0, 0, 0];
    for (let k = 0; k < count; k++) {
      const e = [normal(), normal(), normal()];
      const v = at.get("v")!.data.map((x, i) => l[i]!.reduce((sum, w, j) => sum + w * e[j]!, x));
      const A = at.get("A")!.data.map((x) => x + 2e-3 * normal());
      const result = program.run(values({ v: tensorOf([3], ...v), A: tensorOf([2, 2], ...A) }));
      const { outputs } = (result as Extract<typeof result, { ok: true }>).evaluation;
      const [y, z] = outputs.map(({ tensor }, i) => tensor.data[0]! - propagation!.uncertainties[i]!.value);
      sums[0]! += y!;
      sums[1]! += z!;
      squares[0]! += y! * y!;
      squares[1]! += y! * z!;
      squares[2]! += z! * z!;
    }
    const central = (square: number, p: number, q: number) => square / count - (p / count) * (q / count);
    const sampled = [
      central(squares[0]!, sums[0]!, sums[0]!),
      central(squares[1]!, sums[0]!, sums[1]!),
      central(squares[2]!, sums[1]!, sums[1]!),
    ];
    const [yy, yz, , zz] = propagation!.covariance.data;
    // The variance of 20,000 samples is off by 1 %; five times that never happens.
    for (const [i, found] of [yy!, yz!, zz!].entries())
      expect(Math.abs(sampled[i]! - found) / Math.sqrt(yy! * zz!)).toBeLessThan(
        0.05 * Math.max(1, found / Math.sqrt(yy! * zz!)),
      );
  });

  it("gives the elements of large outputs, too", () => {
    const { propagation, large, elasticities } = look("input x = arange(100); y = 2 * x", undefined, {
      spreads: [sigma("x", number(0.1))],
    });
    expect(propagation!.uncertainties).toHaveLength(100);
    expect(propagation!.uncertainties.every((one) => Math.abs(one.sigma - 0.2) < 1e-15)).toBe(true);
    expect([large, elasticities]).toEqual([[{ name: "y", shape: [100] }], []]);
  });

  it("passes over what does not vary, even where the slope is infinite", () => {
    const { propagation } = look("input x = [0, 4]; y = sum(sqrt(x))", undefined, {
      spreads: [sigma("x", tensorOf([2], 0, 1))],
    });
    expect(propagation!.uncertainties[0]!.sigma).toBe(0.25);
  });
});

describe("uncertainties that make no sense", () => {
  const at = values({ a: number(1), b: tensorOf([2], 2, 3) });
  const refused = (...spreads: readonly StatedSpread[]) =>
    faultOf(() => look("y = a * sum(b)", at, { spreads }));

  it.each([
    ["a negative one", sigma("b", tensorOf([2], 1, -1)), /deviation of `b\[1\]` is -1/],
    ["one that is not finite", sigma("a", number(Number.NaN)), /deviation of `a` is NaN/],
    ["another shape", sigma("b", tensorOf([3], 1, 1, 1)), /has the shape \(3,\), but `b` has \(2,\)/],
    ["no square matrix", covariance(["b"], [1, 0]), /a matrix of 2 × 2, but this one has the shape \(1, 2\)/],
    ["a matrix for fewer elements", covariance(["a", "b"], [1, 0], [0, 1]), /`a`, `b` is a matrix of 3 × 3/],
    ["a negative variance", covariance(["b"], [1, 0], [0, -1]), /variance of `b\[1\]` is -1/],
    [
      "an infinity",
      covariance(["b"], [1, Number.POSITIVE_INFINITY], [0, 1]),
      /`b\[0\]` and `b\[1\]` is Infinity/,
    ],
    [
      "no symmetry",
      covariance(["b"], [1, 0.1], [0.2, 1]),
      /not symmetric: 0.2 for `b\[1\]` and `b\[0\]`, but 0.1/,
    ],
    [
      "a correlation above 1",
      covariance(["b"], [1, 2.5], [2.5, 4]),
      /correlation of `b\[1\]` and `b\[0\]` is 1.25/,
    ],
    [
      "a covariance without variances",
      covariance(["b"], [0, 1], [1, 1]),
      /correlation of `b\[1\]` and `b\[0\]` is Infinity/,
    ],
    [
      "an indefinite matrix",
      covariance(["a", "b"], [1, 0.9, 0], [0.9, 1, 0.9], [0, 0.9, 1]),
      /not positive semidefinite: .*`b\[0\]` has -0.62/,
    ],
  ])("%s", (_what, spread, message) => {
    expect(refused(spread)[0]).toMatch(message);
  });

  it("two for one input", () => {
    expect(refused(sigma("a", number(1)), covariance(["a", "b"], [1, 0, 0], [0, 1, 0], [0, 0, 1]))).toEqual([
      "the uncertainty of `a` is given twice",
    ]);
  });

  it("but rank-deficient covariances of any scale, as they come from a file", () => {
    // v·vᵀ, rounded to six digits.
    const v = [1e-9, 3e4, -0.2];
    const rows = v.map((x) => v.map((y) => Number((x * y).toPrecision(12))));
    const { propagation } = look("y = a * sum(b)", at, { spreads: [covariance(["a", "b"], ...rows)] });
    const size = Math.abs(5 * v[0]! + v[1]! + v[2]!);
    expect(Math.abs(propagation!.uncertainties[0]!.sigma / size - 1)).toBeLessThan(1e-8);
  });
});

describePublished("certified standard deviations", () => {
  // What the data are off by, the estimates are off by: a step of Gauss and Newton from the certified estimates.
  it.each([
    ["Misra1a", "b[0] * (1 - exp(-b[1] * x))"],
    ["Misra1b", "b[0] * (1 - (1 + b[1] * x / 2)^-2)"],
    ["Chwirut1", "exp(-b[0] * x) / (b[1] + b[2] * x)"],
    ["DanWood", "b[0] * x^b[1]"],
  ])("are those of the estimates of %s", (name, model) => {
    const lines = readFileSync(new URL(`nist/${name}.dat`, data), "utf8").split(/\r?\n/);
    const numbers = (line: string) => line.trim().split(/\s+/).map(Number);
    const certified = lines.flatMap((line) => {
      const [, parts] = /^ *b\d+ = +(.*)$/.exec(line) ?? [];
      return parts === undefined ? [] : [numbers(parts).slice(2) as [number, number]];
    });
    const [, deviation] = /Residual Standard Deviation: +(\S+)/.exec(lines.join("\n"))!;
    const start = lines.findIndex((line) => /^Data: +y +x/.test(line));
    const rows = lines
      .slice(start + 1)
      .filter((line) => line.trim() !== "")
      .map(numbers);
    const at = values({
      x: tensorOf([rows.length], ...rows.map(([, x]) => x!)),
      y: tensorOf([rows.length], ...rows.map(([y]) => y!)),
      b: tensorOf([certified.length], ...certified.map(([estimate]) => estimate)),
    });
    const text = `f = ${model}\nJ = jacobian(f, b)\nestimate = b + solve(J' @ J, J' @ (y - f))\noutput estimate`;
    const { propagation } = look(text, at, { spreads: [sigma("y", number(Number(deviation)))] });
    for (const [i, { sigma: found }] of propagation!.uncertainties.entries())
      expect(Math.abs(found / certified[i]![1] - 1), `b${i + 1}`).toBeLessThan(1e-6);
  });
});
