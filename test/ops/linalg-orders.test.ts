import { describe, expect, it } from "vitest";
import { derivatives } from "../../src/autodiff/reverse.js";
import type { Shape, Tensor } from "../../src/tensor.js";
import { checkDerivatives } from "../support/check-derivatives.js";
import { evaluator, graphOf, randomSource, sample, type TestGraph } from "../support/graph.js";
import { evaluate } from "../support/run.js";

const matrix = (...rows: readonly (readonly number[])[]): Tensor => ({
  shape: [rows.length, rows[0]!.length],
  data: Float64Array.from(rows.flat()),
});

describe("det at singular matrices: derivatives to the second order", () => {
  it.each<[string, Tensor]>([
    ["1×1", matrix([0])],
    ["2×2 of rank 1", matrix([1, 2], [2, 4])],
    ["2×2 of rank 0", matrix([0, 0], [0, 0])],
    ["3×3 of rank 2", matrix([1, 2, 3], [4, 5, 6], [5, 7, 9])],
    ["3×3 of rank 1", matrix([1, 2, -1], [2, 4, -2], [-1, -2, 1])],
    ["3×3 of rank 0", matrix([0, 0, 0], [0, 0, 0], [0, 0, 0])],
    ["4×4 of rank 3", matrix([2, 0, 0, 1], [0, -3, 1, 0], [2, -3, 1, 1], [0, 1, 1, 1])],
    ["4×4 of rank 2", matrix([1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 1, 1], [1, -1, 1, -1])],
    ["the identity, whose singular values are all equal", matrix([1, 0, 0], [0, 1, 0], [0, 0, 1])],
    ["a reflection", matrix([0, 1, 0], [1, 0, 0], [0, 0, 2])],
  ])("%s", (_name, x) => {
    checkDerivatives(graphOf("out = det(x)", { x: x.shape }), new Map([["x", x]]));
  });

  it.each([0, 1e-3, 1e-9, 1e-15, 1e-300])(
    "has accurate cofactors at a distance of %s from singular",
    (distance) => {
      // Of [[1, 2], [2, 4]] with a third axis of its own, whose cofactor is the determinant of the rest.
      const x = [
        [1, 2, 0],
        [2, 4, 0],
        [0, 0, distance],
      ];
      const gradient = evaluate("out = det(x)", { x }).gradients.out!.x as number[][];
      [
        [4 * distance, -2 * distance, 0],
        [-2 * distance, distance, 0],
        [0, 0, 0],
      ].forEach((row, i) => {
        row.forEach((value, j) => {
          expect(Math.abs(gradient[i]![j]! - value), `${i}, ${j}`).toBeLessThan(1e-14);
        });
      });
    },
  );

  it("is 0, without a sign, and its gradient the matrix of cofactors", () => {
    const { outputs, gradients } = evaluate("out = det(x)", {
      x: [
        [1, 2],
        [2, 4],
      ],
    });
    expect(outputs.out).toBe(0);
    const [[a, b], [c, d]] = gradients.out!.x as [[number, number], [number, number]];
    [a - 4, b + 2, c + 2, d - 1].forEach((error) => {
      expect(Math.abs(error)).toBeLessThan(1e-14);
    });
  });
});

/** The graph of the gradient of a weighted sum of the output. */
function gradientOf({ b, inputs, output }: TestGraph): TestGraph {
  const weights = sample(randomSource(11), output.shape, [0.5, 1.5]);
  const total = b.sum(b.mul(output, b.constant(weights)), null);
  return { b, inputs, output: derivatives(b, total, inputs)[0]! };
}

describe("the third order agrees with differences of the second", () => {
  const spd = "(x @ x' + diag([2, 12, 30]))";
  const far = "(x + diag([4, -5, 7]))";
  it.each<[string, Shape]>([
    [`det(${far})`, [3, 3]],
    [`slogdet(${far})[1]`, [3, 3]],
    [`inv(${far})`, [3, 3]],
    [`solve(${far}, x[0])`, [3, 3]],
    [`cholesky(${spd})`, [3, 3]],
    [`eigvalsh(${spd})`, [3, 3]],
    [`eigh(${spd})[1]`, [3, 3]],
    [`svd(${far})[0]`, [3, 3]],
    [`svd(${far})[1]`, [3, 3]],
    [`svd(${far}[:, :2])[2]`, [3, 3]],
    [`qr(${far})[0]`, [3, 3]],
    [`qr(${far})[1]`, [3, 3]],
    ["expm(x)", [2, 2]],
    ['einsum("ij,jk,ki", x, x, x)', [2, 2]],
  ])("%s", (text, shape) => {
    const x = sample(randomSource(5), shape, [-1, 1]);
    checkDerivatives(gradientOf(graphOf(`out = ${text}`, { x: shape })), new Map([["x", x]]), 0.01);
  });
});

describe("conventions of linear algebra", () => {
  it("has symmetric derivatives of functions of symmetric matrices", () => {
    const x = [
      [4, 1, 0],
      [1, 3, 0.5],
      [0, 0.5, 2],
    ];
    for (const f of ["cholesky(x)^2", "eigvalsh(x)^3", "eigh(x)[1]^3"]) {
      const gradient = evaluate(`out = sum(${f} * [1, 2, 4])`, { x }).gradients.out!.x as number[][];
      gradient.forEach((row, i) => {
        row.forEach((value, j) => {
          expect(value, f).toBe(gradient[j]![i]);
        });
      });
    }
  });

  it("has the derivatives of equal eigenvalues and singular values", () => {
    const x = [
      [2, 0],
      [0, 2],
    ];
    for (const f of ["eigvalsh(x)", "svd(x)[1]"]) {
      expect(evaluate(`out = sum(${f})`, { x }).gradients.out!.x).toEqual([
        [1, 0],
        [0, 1],
      ]);
    }
  });

  it("keeps the accuracy of the derivative of expm under a large cotangent", () => {
    const gradient = (factor: string) => {
      const { b, inputs, output } = graphOf(`out = ${factor} * sum(expm(x) * [[1, 2], [3, 4]])`, {
        x: [2, 2],
      });
      const [node] = derivatives(b, output, inputs);
      const [value] = evaluator([node!])(new Map([["x", matrix([0.3, -0.2], [0.5, 0.1])]]));
      return value!.data;
    };
    const plain = gradient("1");
    gradient("1e12").forEach((value, i) => {
      expect(Math.abs(value / 1e12 / plain[i]! - 1)).toBeLessThan(1e-14);
    });
  });

  it("takes the decompositions of empty matrices", () => {
    const { outputs } = evaluate(
      "x = zeros(0, 0)\nd = det(x)\nl = slogdet(x)[1]\nt = sum(expm(x)) + sum(svd(x)[1])",
    );
    expect(outputs).toEqual({ d: 1, l: 0, t: 0 });
  });
});
