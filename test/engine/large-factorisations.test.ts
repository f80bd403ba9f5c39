import { describe, expect, test } from "vitest";
import { factorsOf, none, plain, positive, run, sample, symmetric } from "../support/linalg-kernels.js";

/** The largest size of an element of A·B − C, each given by its element at (i, j). */
type Element = (i: number, j: number) => number;
function residual(m: number, k: number, n: number, a: Element, b: Element, c: Element): number {
  let most = 0;
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = -c(i, j);
      for (let p = 0; p < k; p++) sum += a(i, p) * b(p, j);
      most = Math.max(most, Math.abs(sum));
    }
  return most;
}
const elementOf =
  (x: Float64Array, columns: number, start = 0): Element =>
  (i, j) =>
    x[start + i * columns + j]!;
const transposed =
  (x: Element): Element =>
  (i, j) =>
    x(j, i);
const identity: Element = (i, j) => (i === j ? 1 : 0);

describe("large factorisations are right to rounding", () => {
  const large = [9, 17, 40, 100, 128, 150, 201];
  test.each(large)("%i rows", (n) => {
    const x = plain(n);
    const a = elementOf(x, n);
    const packed = factorsOf(x, n);
    const rows = Array.from({ length: n }, (_, i) => i);
    for (let k = 0; k < n; k++) {
      const other = packed[n * n + k]!;
      [rows[k], rows[other]] = [rows[other]!, rows[k]!];
    }
    const f = elementOf(packed, n);
    const lower: Element = (i, j) => (i === j ? 1 : j < i ? f(i, j) : 0);
    const upper: Element = (i, j) => (j >= i ? f(i, j) : 0);
    expect(residual(n, n, n, lower, upper, (i, j) => a(rows[i]!, j))).toBeLessThan(n * 1e-15);
    // Partial pivoting: no factor is larger than 1.
    expect(packed.every((value, k) => k >= n * n || k % n >= Math.floor(k / n) || Math.abs(value) <= 1)).toBe(
      true,
    );

    const b = elementOf(positive(n), n);
    const right = positive(n);
    const inverse = elementOf(run("solve", factorsOf(right, n), x, n, n, 0).result, n);
    expect(residual(n, n, n, b, inverse, a)).toBeLessThan(1e-13);
    const turned = elementOf(run("solve", factorsOf(right, n), x, n, n, 1).result, n);
    expect(residual(n, n, n, transposed(b), turned, a)).toBeLessThan(1e-13);

    const l = elementOf(run("cholesky", right, none, n, n, 0).result, n);
    expect(residual(n, n, n, l, transposed(l), b)).toBeLessThan(n * 1e-14);
    expect(rows.every((_, i) => l(0, i) === (i === 0 ? l(0, 0) : 0))).toBe(true);
  });

  /** Matrices that are hard in different ways. */
  const kinds: Readonly<Record<string, (n: number) => Float64Array>> = {
    plain: symmetric,
    "of low rank": (n) => {
      const x = sample(n, 3);
      return Float64Array.from({ length: n * n }, (_, k) => x[Math.floor(k / n)]! * x[k % n]!);
    },
    "all 0": (n) => new Float64Array(n * n),
    "with equal values": (n) => Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 2 : 1)),
    diagonal: (n) => Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? (k * 7) % 5 : 0)),
    graded: (n) => symmetric(n).map((x, k) => x * 10 ** (-(Math.floor(k / n) + (k % n)) / 2)),
    huge: (n) => symmetric(n).map((x) => x * 1e300),
    "in two blocks": (n) => symmetric(n).map((x, k) => (Math.floor(k / n) % 2 === (k % n) % 2 ? x : 0)),
  };
  describe.each(Object.keys(kinds))("of matrices %s", (kind) => {
    /** Divided by the largest size of an element. */
    const normalised = (x: Float64Array) => {
      const most = x.reduce((size, value) => Math.max(size, Math.abs(value)), 0) || 1;
      return [x.map((value) => value / most), most] as const;
    };

    test.each([19, 20, 21, 75, 120])("%i eigenvalues", (n) => {
      const x = kinds[kind]!(n);
      const [scaled, most] = normalised(x);
      const { result } = run("eigh_factors", x, none, n, n, 0);
      const values = result.subarray(0, n).map((value) => value / most);
      const v = elementOf(result, n, n);
      expect(residual(n, n, n, elementOf(scaled, n), v, (i, j) => values[j]! * v(i, j))).toBeLessThan(
        n * 1e-15,
      );
      expect(residual(n, n, n, transposed(v), v, identity)).toBeLessThan(n * 1e-15);
      for (let i = 1; i < n; i++) expect(values[i]).toBeGreaterThanOrEqual(values[i - 1]!);
    });

    test.each([31, 32, 33, 75])("%i singular values", (n) => {
      // Taller than wide, and wider than tall.
      const x = kinds[kind]!(n + 8);
      const [scaled, most] = normalised(x.subarray(0, n * (n + 8)));
      for (const [rows, columns] of [
        [n, n + 8],
        [n + 8, n],
      ] as const) {
        const { result } = run("svd_factors", x.slice(0, n * (n + 8)), none, rows, columns, 0);
        const u = elementOf(result, n);
        const s = result.subarray(rows * n, (rows + 1) * n).map((value) => value / most);
        const v = elementOf(result, n, (rows + 1) * n);
        const a = elementOf(scaled, columns);
        expect(residual(rows, n, columns, (i, j) => u(i, j) * s[j]!, transposed(v), a)).toBeLessThan(
          n * 2e-15,
        );
        expect(residual(n, rows, n, transposed(u), u, identity)).toBeLessThan(n * 1e-15);
        expect(residual(n, columns, n, transposed(v), v, identity)).toBeLessThan(n * 1e-15);
        for (let i = 1; i < n; i++) expect(s[i]).toBeLessThanOrEqual(s[i - 1]!);
      }
    });
  });

  test.each(
    large.flatMap(
      (n) =>
        [
          [n, n],
          [n + 37, n],
        ] as const,
    ),
  )("Q R of %i×%i", (m, n) => {
    const x = sample(m * n, 9);
    const { result } = run("qr_factors", x, none, m, n, 0);
    const q = elementOf(result, n);
    const r = transposed(elementOf(result, n, m * n));
    expect(residual(m, n, n, q, r, elementOf(x, n))).toBeLessThan(2e-14);
    expect(residual(n, m, n, transposed(q), q, identity)).toBeLessThan(2e-14);
    expect(r(n - 1, 0)).toBe(0);
  });
});
