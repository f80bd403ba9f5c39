import { describe, expect, test } from "vitest";
import * as compiled from "../../src/engine/kernels/linalg/index.js";
import { factorsOf, none, plain, positive, run, sample, symmetric } from "../support/linalg-kernels.js";

/** Sizes of both sides of every border between one way and another. */
const sizes = [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 64, 65, 97, 127, 128, 129, 160, 201];
/** Jacobi rotations take long in JavaScript. */
const smallSizes = sizes.filter((n) => n < 70);

const lowRank = (n: number) => {
  const x = sample(2 * n, n + 5);
  return Float64Array.from({ length: n * n }, (_, k) => x[Math.floor(k / n)]! * x[n + (k % n)]!);
};
/** Most elements are 0, so that zeros meet what is put in. */
const sparse = (n: number, value: number) => {
  const x = plain(n).map((x, k) => (k % (n + 1) === 0 || k % 7 === 3 ? x : 0));
  x[(n * n) >> 1] = value;
  return x;
};

/** What each kernel is tried on. */
const trials: Readonly<Record<keyof typeof compiled, () => void>> = {
  lu: () => {
    for (const n of sizes) for (const x of [plain(n), positive(n), lowRank(n)]) run("lu", x, none, n, n, 0);
  },
  solve: () => {
    for (const m of sizes)
      for (const n of [1, 2, 7, m])
        for (const p of [0, 1]) run("solve", factorsOf(plain(m), m), sample(m * n, n), m, n, p);
  },
  solve_lower: () => {
    for (const m of sizes)
      for (const n of [1, 2, 7, m])
        for (const p of [0, 1]) run("solve_lower", positive(m), sample(m * n, n), m, n, p);
  },
  cholesky: () => {
    for (const n of sizes) for (const x of [positive(n), symmetric(n)]) run("cholesky", x, none, n, n, 0);
  },
  qr_factors: () => {
    for (const n of sizes)
      for (const m of [n, n + 1, n + 40, 3 * n])
        for (const x of [sample(m * n, m), new Float64Array(m * n)]) run("qr_factors", x, none, m, n, 0);
  },
  det: () => {
    for (const n of sizes) run("det", factorsOf(plain(n), n), none, n, n, 0);
  },
  det_sign: () => {
    for (const n of sizes) run("det_sign", factorsOf(plain(n), n), none, n, n, 0);
  },
  log_abs_det: () => {
    for (const n of sizes) run("log_abs_det", factorsOf(plain(n), n), none, n, n, 0);
    run("log_abs_det", new Float64Array(12), none, 3, 3, 0);
  },
  eigh_factors: () => {
    for (const n of smallSizes)
      for (const x of [symmetric(n), lowRank(n), new Float64Array(n * n)])
        run("eigh_factors", x, none, n, n, 0);
  },
  svd_factors: () => {
    for (const n of smallSizes)
      for (const m of [1, n, n + 9])
        for (const x of [sample(m * n, m), new Float64Array(m * n)]) run("svd_factors", x, none, m, n, 0);
    for (const n of smallSizes) run("svd_factors", lowRank(n), none, n, n, 0);
  },
  reciprocal_gaps: () => {
    for (const n of sizes)
      for (const p of [0, 1])
        for (const x of [sample(n, n), new Float64Array(n)]) run("reciprocal_gaps", x, none, n, n, p);
  },
  reciprocal_singular_values: () => {
    for (const n of sizes) run("reciprocal_singular_values", sample(n, n).map(Math.abs), none, n, n, 0);
  },
  cofactors: () => {
    for (const n of smallSizes)
      for (const x of [plain(n), lowRank(n)]) run("cofactors", x, factorsOf(x, n), n, n, 0);
  },
  cofactors_derivative: () => {
    for (const n of smallSizes) {
      const { result } = run("svd_factors", plain(n), none, n, n, 0);
      run("cofactors_derivative", symmetric(n), result.slice(0, (2 * n + 1) * n), n, n, 0);
    }
  },
  expm: () => {
    for (const n of smallSizes)
      for (const scale of [1e-3, 1e-1, 0.5, 1, 10, 1e300])
        run(
          "expm",
          plain(n).map((x) => (scale * x) / n),
          none,
          n,
          n,
          n,
        );
  },
};

test.each(Object.keys(compiled) as (keyof typeof compiled)[])(
  "%s: the same bits in JavaScript and in WebAssembly",
  (name) => trials[name](),
);

describe("what is not finite meets the same elements, however large the matrix is", () => {
  test("an infinite block stays apart from another", () => {
    for (const n of [40, 150]) {
      const half = n / 2;
      const x = new Float64Array(n * n);
      const inner = plain(half);
      for (let i = 0; i < half; i++) {
        x[i * n + i] = Number.POSITIVE_INFINITY;
        for (let j = 0; j < half; j++) x[(i + half) * n + j + half] = inner[i * half + j]!;
      }
      const { result } = run("lu", x, none, n, n, 0);
      const alone = run("lu", inner, none, half, half, 0).result;
      for (let i = 0; i < half; i++)
        for (let j = 0; j < half; j++)
          expect(Math.abs(result[(i + half) * n + j + half]! - alone[i * half + j]!)).toBeLessThan(1e-10);
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("right sides with %s", (value) => {
    for (const n of [12, 40, 150]) {
      const b = sample(n * 3, 1);
      b[(n - 1) * 3 + 1] = value;
      const lower = run("solve_lower", positive(n), b, n, 3, 0).result;
      for (let i = 0; i < n * 3; i++) expect(Number.isFinite(lower[i])).toBe(i !== (n - 1) * 3 + 1);
      run("solve", factorsOf(plain(n), n), b, n, 3, 0);
      run("lu", sparse(n, value), none, n, n, 0);
      run("cholesky", sparse(n, value), none, n, n, 0);
      run("qr_factors", sparse(n, value), none, n, n, 0);
      run("expm", sparse(n, value), none, n, n, n);
      if (n < 100) {
        run("eigh_factors", sparse(n, value), none, n, n, 0);
        run("svd_factors", sparse(n, value), none, n, n, 0);
      }
    }
  });
});

describe("failures tell the same place, however large the matrix is", () => {
  test.each([5, 8, 9, 17, 70, 150])("%i rows", (n) => {
    for (const place of [0, 1, n >> 1, n - 1].filter((i) => i < n)) {
      const x = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0));
      x[place * (n + 1)] = 0;
      expect(run("solve_lower", x, sample(n, 1), n, 1, 0).status).toBe(place + 1);
      expect(
        run("solve", Float64Array.of(...x, ...Array.from({ length: n }, (_, i) => i)), sample(n, 1), n, 1, 0)
          .status,
      ).toBe(place + 1);
      expect(run("cholesky", x, none, n, n, 0).status).toBe(place + 1);
      x[place * (n + 1)] = -1;
      const { status, result } = run("cholesky", x, none, n, n, 0);
      expect(status).toBe(place + 1);
      expect(result.subarray(0, n * n).every(Number.isNaN)).toBe(true);
    }
  });
});
