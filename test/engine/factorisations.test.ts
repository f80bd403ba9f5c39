import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Tensor } from "../../src/tensor.js";
import { evaluator, graphOf } from "../support/graph.js";

/** Rounding of a few operations for each element of a 12×12 matrix. */
const tolerance = 1e-13;
/** Below the smallest normal numbers, rounding is absolute. */
const smallest = 1e-307;

/** Matrices of up to 12 rows and columns: plain, badly scaled, of low rank, with repeated rows, all 0. */
const matrix = (rows: fc.Arbitrary<number>, columns: (rows: number) => fc.Arbitrary<number>) =>
  rows.chain((m) =>
    columns(m).chain((n) =>
      fc
        .record({
          data: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: m * n, maxLength: m * n }),
          kind: fc.constantFrom("plain", "scaled", "low rank", "repeated", "huge", "tiny", "zero"),
        })
        .map(({ data, kind }): Tensor => {
          const shapes: Record<string, (x: number, i: number, j: number) => number> = {
            plain: (x) => x,
            scaled: (x, i, j) => x * 10 ** (((i + 2 * j) % 7) * -2),
            "low rank": (_x, i, j) => data[i * n]! * data[j]! + (i === j ? 1e-14 : 0),
            repeated: (_x, i, j) => data[(i % 2) * n + j] ?? 0,
            huge: (x) => x * 1e150,
            tiny: (x) => x * 1e-150,
            zero: () => 0,
          };
          const f = shapes[kind]!;
          return {
            shape: [m, n],
            data: Float64Array.from(data, (x, k) => f(x, Math.floor(k / n), k % n)),
          };
        }),
    ),
  );
const size = fc.integer({ min: 1, max: 12 });
const rectangular = matrix(size, () => size);
const square = matrix(size, (m) => fc.constant(m));

/** Expressions whose largest element must be small against that of the matrix, or against 1 where marked so. */
function check(
  arbitrary: fc.Arbitrary<Tensor>,
  expressions: readonly (readonly [text: string, against: "x" | 1])[],
) {
  fc.assert(
    fc.property(arbitrary, (x) => {
      for (const [text, against] of expressions) {
        const [m, n] = x.shape as readonly [number, number];
        const filled = text.replaceAll("$k", `${Math.min(m, n)}`).replaceAll("$n", `${n}`);
        const { output } = graphOf(`out = max(abs(${filled}))`, { x: x.shape });
        const [error] = evaluator([output])(new Map([["x", x]]));
        const scale = against === 1 ? 1 : x.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expect(error!.data[0], filled).toBeLessThanOrEqual(tolerance * scale + smallest);
      }
    }),
    { numRuns: 150 },
  );
}

describe("factorisations of matrices up to 12×12, also rectangular and ill-conditioned", () => {
  it("qr: Q R = A, QᵀQ = 1, R is upper triangular", () => {
    check(rectangular, [
      ["qr(x)[0] @ qr(x)[1] - x", "x"],
      ["qr(x)[0]' @ qr(x)[0] - eye($k)", 1],
      ["tril(qr(x)[1], -1)", "x"],
    ]);
  });

  it("svd: U S Vᵀ = A, UᵀU = VᵀV = 1, S is descending", () => {
    check(rectangular, [
      ["(svd(x)[0] * svd(x)[1]) @ svd(x)[2] - x", "x"],
      ["svd(x)[0]' @ svd(x)[0] - eye($k)", 1],
      ["svd(x)[2] @ svd(x)[2]' - eye($k)", 1],
      ["minimum(0, svd(x)[1])", 1],
      ["minimum(0, concatenate((svd(x)[1][:-1] - svd(x)[1][1:], [0])))", 1],
    ]);
  });

  it("eigh: A V = V diag(w) for the symmetric part, VᵀV = 1, w is ascending and that of eigvalsh", () => {
    check(square, [
      ["(x + x') / 2 @ eigh(x)[1] - eigh(x)[1] * eigh(x)[0]", "x"],
      ["eigh(x)[1]' @ eigh(x)[1] - eye($n)", 1],
      ["eigh(x)[0] - eigvalsh(x)", 1],
      ["minimum(0, concatenate((eigh(x)[0][1:] - eigh(x)[0][:-1], [0])))", 1],
    ]);
  });

  it("cholesky: L Lᵀ = A for a positive definite A", () => {
    const a = "(x @ x' / max(abs(x @ x') + 1e-300) + 0.001 * eye($n))";
    check(square, [
      [`cholesky(${a}) @ cholesky(${a})' - ${a}`, 1],
      [`triu(cholesky(${a}), 1)`, 1],
    ]);
  });

  it("inv, solve, det: A A⁻¹ = 1, A x = b, det = exp(logdet) sign, for matrices far from singular", () => {
    const a = "(x / max(abs(x) + 1e-300) + 2 * $n * eye($n))";
    check(square, [
      [`${a} @ inv(${a}) - eye($n)`, 1],
      [`(${a} @ solve(${a}, x) - x) / max(abs(x) + 1e-300)`, 1],
      [`det(${a}) / (slogdet(${a})[0] * exp(slogdet(${a})[1])) - 1`, 1],
    ]);
  });

  it("expm: exp(A) exp(−A) = 1, log det exp(A) = tr A", () => {
    const a = "(x / max(abs(x) + 1e-300) / $n)";
    check(square, [
      [`expm(${a}) @ expm(-${a}) - eye($n)`, 1],
      [`slogdet(expm(${a}))[1] - trace(${a})`, 1],
    ]);
  });

  it("svd: small singular values keep their relative accuracy", () => {
    const values = [1, 1e-5, 1e-10, 1e-15, 1e-18];
    const { output } = graphOf("out = svd(qr(x)[0] @ diag(s))[1]", { x: [5, 5], s: [5] });
    const data = Float64Array.from({ length: 25 }, (_, i) => Math.sin(i * i + 1));
    const [found] = evaluator([output])(
      new Map<string, Tensor>([
        ["x", { shape: [5, 5], data }],
        ["s", { shape: [5], data: Float64Array.from(values) }],
      ]),
    );
    values.forEach((value, i) => {
      expect(Math.abs(found!.data[i]! / value - 1)).toBeLessThan(1e-14);
    });
  });
});
