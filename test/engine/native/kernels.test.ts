import { describe, expect, it } from "vitest";
import { linalgKernels } from "../../../src/engine/kernels/linalg.js";
import type { NativeKernelName } from "../../../src/engine/native/blas.js";
import { absence, blas, hasLapack, randomNumbers, sharedNumbers } from "../../support/blas.js";

type Fill = (i: number, j: number, random: () => number) => number;

/** A call of a kernel: sizes, contents, and how many elements it writes and works in. */
interface Call {
  readonly name: NativeKernelName;
  readonly m: number;
  readonly n: number;
  readonly p?: number;
  readonly a: readonly number[];
  readonly b?: readonly number[];
  readonly result: number;
  readonly work?: number;
}

/** What our own kernel and LAPACK answer: status and destination. */
function run({ name, m, n, p = 0, a, b = [], result, work = 0 }: Call) {
  const at = { a: 3, b: 3 + a.length, d: 3 + a.length + b.length };
  const room = at.d + result;
  const answer = (kernel: (typeof linalgKernels)[NativeKernelName] | undefined) => {
    const mem = sharedNumbers(room + work + 5);
    mem.set(a, at.a);
    mem.set(b, at.b);
    const status = kernel!(mem, at.d, at.a, at.b, m, n, p, room);
    expect([...mem.subarray(at.a, at.d)], "operands stay").toEqual([...a, ...b]);
    expect([...mem.subarray(room + work)].every(Number.isNaN), "nothing is written behind").toBe(true);
    return { status, values: mem.slice(at.d, room) };
  };
  const native = blas.kernels[name] as (typeof linalgKernels)[NativeKernelName] | undefined;
  return { own: answer(linalgKernels[name]), native: answer(native) };
}

function matrix(rows: number, columns: number, seed: number, fill: Fill = (_i, _j, random) => random()) {
  const random = randomNumbers(seed);
  return Array.from({ length: rows * columns }, (_, k) => fill(Math.floor(k / columns), k % columns, random));
}

const symmetric = (n: number, seed: number) => {
  const x = matrix(n, n, seed);
  return x.map((_, k) => (x[k]! + x[(k % n) * n + Math.floor(k / n)]!) / 2);
};

const positive = (n: number, seed: number) => {
  const x = matrix(n, n, seed);
  return x.map((_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    let total = i === j ? n : 0;
    for (let l = 0; l < n; l++) total += x[i * n + l]! * x[j * n + l]!;
    return total;
  });
};

/** Our own packed factors of a random matrix. */
function factors(n: number, seed: number): number[] {
  const mem = Float64Array.from([...matrix(n, n, seed), ...new Array(n * n + n).fill(0)]);
  linalgKernels.lu(mem, n * n, 0, 0, n, n, 0, 0);
  return [...mem.subarray(n * n)];
}

/** Both are the same but for rounding, which `amplification` may make larger. */
function agree(call: Call, amplification = 1): void {
  const { own, native } = run(call);
  expect(native.status).toBe(own.status);
  const scale = own.values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const error = own.values.reduce((most, x, i) => Math.max(most, Math.abs(x - native.values[i]!)), 0);
  expect(error, `${call.name} ${call.m}×${call.n}`).toBeLessThanOrEqual(1e-13 * amplification * scale);
}

const sizes = [1, 2, 3, 7, 16, 31, 33, 64, 100];
const rectangles = sizes.flatMap((m) => sizes.map((n) => [m, n] as const));

describe.skipIf(!hasLapack)(`kernels by LAPACK answer as our own${absence}`, () => {
  it("has all that OpenBLAS has", () => {
    if (!blas.identity?.startsWith("OpenBLAS")) return;
    expect(Object.keys(blas.kernels).sort()).toEqual(
      ["cholesky", "eigh_factors", "lu", "qr_factors", "solve", "solve_lower", "svd_factors"].sort(),
    );
  });

  it.each(sizes)("lu of %i rows", (n) => {
    for (let seed = 0; seed < 5; seed++)
      agree({ name: "lu", m: n, n, a: matrix(n, n, seed + n), result: n * n + n }, n);
  });

  it("lu of 400 rows: its recursion, on several threads, takes more of a stack than koffi gives by itself", () => {
    const n = 400;
    agree({ name: "lu", m: n, n, a: matrix(n, n, 1), result: n * n + n }, n);
  });

  it("lu of a matrix with a column of 0, which is no failure", () => {
    for (const n of [1, 2, 5, 40]) {
      const a = matrix(n, n, 5, (_i, j, random) => (j === n >> 1 ? 0 : random()));
      agree({ name: "lu", m: n, n, a, result: n * n + n }, n);
    }
  });

  it.each(rectangles)("solve for %i rows and %i right sides", (m, n) => {
    for (const p of [0, 1]) {
      const b = matrix(m, n, m + n);
      agree({ name: "solve", m, n, p, a: factors(m, m + 7), b, result: m * n }, 10 * m * m);
    }
  });

  it.each(rectangles)("solve_lower for %i rows and %i right sides", (m, n) => {
    const a = matrix(m, m, m, (i, j, random) => (i === j ? 2 + random() : j < i ? random() / m : 0));
    for (const p of [0, 1]) agree({ name: "solve_lower", m, n, p, a, b: matrix(m, n, n), result: m * n }, m);
  });

  it("solve and solve_lower with a 0 on the diagonal", () => {
    for (const [m, zero] of [
      [1, 0],
      [5, 0],
      [5, 3],
      [40, 39],
    ] as const) {
      const lu = factors(m, 3);
      lu[zero * m + zero] = 0;
      const b = matrix(m, 2, 1);
      for (const name of ["solve", "solve_lower"] as const) {
        const { own, native } = run({
          name,
          m,
          n: 2,
          a: name === "solve" ? lu : lu.slice(0, m * m),
          b,
          result: 2 * m,
        });
        expect(native).toEqual(own);
        expect(native.status).toBe(zero + 1);
      }
    }
  });

  it.each(sizes)("cholesky of %i rows", (n) => {
    agree({ name: "cholesky", m: n, n, a: positive(n, n), result: n * n }, n);
  });

  it("cholesky of a matrix that is not positive definite: the same pivot", () => {
    for (const n of [1, 4, 40, 100])
      for (const bad of new Set([0, n >> 1, n - 1])) {
        const a = positive(n, n);
        a[bad * n + bad] = -1;
        const { own, native } = run({ name: "cholesky", m: n, n, a, result: n * n });
        expect(native).toEqual(own);
        expect(native.status).toBe(bad + 1);
      }
  });

  it("cholesky reads the lower triangle", () => {
    const n = 20;
    const a = positive(n, 1).map((x, k) => (k % n > Math.floor(k / n) ? 100 : x));
    agree({ name: "cholesky", m: n, n, a, result: n * n }, n);
  });

  it.each(rectangles.filter(([m, n]) => n <= m))("qr of %i×%i", (m, n) => {
    const call = { name: "qr_factors", m, n, result: m * n + n * n, work: m * n + n } as const;
    for (let seed = 0; seed < 3; seed++) agree({ ...call, a: matrix(m, n, seed + n) }, 10 * m * n);
    // Nothing to be reflected: R keeps the signs of the diagonal.
    agree({ ...call, a: matrix(m, n, 3, (i, j, random) => (i > j ? 0 : i === j ? i - 0.5 : random())) }, m);
  });

  it.each(sizes)("eigh of %i rows", (n) => {
    for (let seed = 0; seed < 3; seed++)
      agree(
        { name: "eigh_factors", m: n, n, a: symmetric(n, seed + n), result: n * n + n, work: 2 * n * n },
        1e3 * n,
      );
  });

  it.each(rectangles)("svd of %i×%i", (m, n) => {
    const short = Math.min(m, n);
    agree(
      {
        name: "svd_factors",
        m,
        n,
        a: matrix(m, n, m + 3 * n),
        result: (m + 1 + n) * short,
        work: short * (m + n),
      },
      1e5,
    );
  });
});

describe.skipIf(!hasLapack)(`kernels by LAPACK leave to our own${absence}`, () => {
  const calls = (n: number): readonly Call[] => [
    { name: "lu", m: n, n, a: matrix(n, n, 1), result: n * n + n },
    { name: "solve", m: n, n: 2, a: factors(n, 2), b: matrix(n, 2, 3), result: 2 * n },
    { name: "solve_lower", m: n, n: 2, a: factors(n, 2).slice(0, n * n), b: matrix(n, 2, 3), result: 2 * n },
    { name: "cholesky", m: n, n, a: positive(n, 4), result: n * n },
    { name: "qr_factors", m: n, n, a: matrix(n, n, 5), result: 2 * n * n, work: n * n + n },
    { name: "eigh_factors", m: n, n, a: symmetric(n, 6), result: n * n + n, work: 2 * n * n },
    { name: "svd_factors", m: n, n, a: matrix(n, n, 7), result: (2 * n + 1) * n, work: 2 * n * n },
  ];

  it.each(calls(20).map((call) => [call.name, call] as const))("%s of what is not finite", (_name, call) => {
    expect(run(call).native.status).toBe(0);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      for (const place of [1, 19 * 20]) {
        const spoilt = call.a.map((x, i) => (i === place ? value : x));
        expect(run({ ...call, a: spoilt }).native.status).toBe(undefined);
        const b = call.b?.map((x, i) => (i === 1 ? value : x));
        if (b !== undefined) expect(run({ ...call, b }).native.status).toBe(undefined);
      }
  });

  it("results that overflow", () => {
    const a = [1e-300, 0, 0, 1e-300];
    expect(run({ name: "solve_lower", m: 2, n: 1, a, b: [1e300, 1], result: 2 }).native.status).toBe(
      undefined,
    );
  });

  it("vectors that the matrix does not determine", () => {
    const n = 12;
    const one = matrix(n, n, 0, (i, j) => (i === j ? 1 : 0));
    const lowRank = matrix(n, n, 0, (i, j) => Math.sin(i + 1) * Math.sin(j + 1));
    for (const a of [one, lowRank, one.map(() => 0)]) {
      const eigh = run({ name: "eigh_factors", m: n, n, a, result: n * n + n, work: 2 * n * n });
      expect(eigh.native.status).toBe(undefined);
      const svd = run({ name: "svd_factors", m: n, n, a, result: (2 * n + 1) * n, work: 2 * n * n });
      expect(svd.native.status).toBe(undefined);
    }
  });
});
