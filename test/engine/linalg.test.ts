import { describe, expect, test } from "vitest";
import { kernelNumbers } from "../../src/engine/kernel-numbers.js";
import * as compiled from "../../src/engine/kernels/linalg/index.js";
import { type LinalgKernelName, linalgKernels } from "../../src/engine/kernels/linalg.js";
import { compiledKernels } from "../support/wasm-kernels.js";

const elements = 1 << 20;
const { kernels, arena, mem } = compiledKernels(elements);

/** Numbers from −1 to 1, the same in every run. */
function sample(count: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  });
}

/** Sizes of both sides of every border between one way and another. */
const sizes = [1, 2, 3, 5, 8, 15, 16, 17, 24, 31, 32, 33, 40, 64, 65, 97, 127, 128, 129, 160, 201];
/** Jacobi rotations take long in JavaScript. */
const smallSizes = sizes.filter((n) => n < 70);

const plain = (n: number) => sample(n * n, n);
const symmetric = (n: number) => {
  const x = plain(n);
  return x.map((_, k) => x[k]! + x[(k % n) * n + Math.floor(k / n)]!);
};
const positive = (n: number) => symmetric(n).map((x, k) => (k % (n + 1) === 0 ? x + 2 * n : x));
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

function run(name: LinalgKernelName, a: Float64Array, b: Float64Array, m: number, n: number, p: number) {
  const d = a.length + b.length;
  const work = d + (m + n + 1) * n;
  const args = [d, 0, a.length, m, n, p, work] as const;
  const own = new Float64Array(work + 8 * Math.max(m, n) * n);
  for (const each of [own, mem]) {
    each.fill(0, 0, own.length);
    each.set(a);
    each.set(b, a.length);
  }
  const status = linalgKernels[name](own, ...args);
  expect(kernels.linalg(kernelNumbers.linalg(name), arena, ...args)).toBe(status);
  const result = own.subarray(d, work);
  const other = mem.subarray(d, work);
  const different = [...result.keys()].filter((i) => !Object.is(result[i], other[i]));
  expect(different.slice(0, 3), `${name} of ${m}×${n}`).toEqual([]);
  return { status, result: result.slice() };
}

const none = new Float64Array(0);
const factorsOf = (x: Float64Array, n: number) => run("lu", x, none, n, n, 0).result.subarray(0, n * n + n);

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
  test.each([5, 16, 17, 70, 150])("%i rows", (n) => {
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
  const large = [17, 40, 100, 128, 150, 201];
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
