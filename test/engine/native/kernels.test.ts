import { describe, expect, it } from "vitest";
import { linalgKernels } from "../../../src/engine/kernels/linalg.js";
import type { NativeKernelName } from "../../../src/engine/native/blas.js";
import { absence, blas, hasLapack, randomNumbers, sharedNumbers } from "../../support/blas.js";

type Kernel = (typeof linalgKernels)[NativeKernelName];

/** An m×n matrix. */
interface Matrix {
  readonly m: number;
  readonly n: number;
  readonly elements: readonly number[];
}

type Fill = (i: number, j: number, random: () => number) => number;

function matrix(m: number, n: number, seed: number, fill: Fill = (_i, _j, random) => random()): Matrix {
  const random = randomNumbers(seed);
  return { m, n, elements: Array.from({ length: m * n }, (_, k) => fill(Math.floor(k / n), k % n, random)) };
}

function symmetric(n: number, seed: number): Matrix {
  const { elements: x } = matrix(n, n, seed);
  return { m: n, n, elements: x.map((_, k) => (x[k]! + x[(k % n) * n + Math.floor(k / n)]!) / 2) };
}

/** Elements of the result and of the room to work in. */
const sizes: Readonly<
  Record<NativeKernelName, (m: number, n: number) => readonly [result: number, work: number]>
> = {
  eigh_factors: (_m, n) => [(n + 1) * n, 2 * n * n],
  svd_factors: (m, n) => [(m + 1 + n) * Math.min(m, n), Math.min(m, n) * (m + n)],
};

/** What our own kernel and LAPACK answer: status and destination. */
function run(name: NativeKernelName, { m, n, elements }: Matrix) {
  const [result, work] = sizes[name](m, n);
  const a = 3;
  const d = a + elements.length;
  const room = d + result;
  const answer = (kernel: Kernel) => {
    const mem = sharedNumbers(room + work + 5);
    mem.set(elements, a);
    const status = kernel(mem, d, a, 0, m, n, 0, room);
    expect([...mem.subarray(a, d)], "the matrix stays").toEqual(elements);
    expect([...mem.subarray(room + work)].every(Number.isNaN), "nothing is written behind").toBe(true);
    return { status, values: mem.slice(d, room) };
  };
  return { own: answer(linalgKernels[name]), native: answer(blas.kernels[name] as Kernel) };
}

/** Both are the same but for rounding, which near values make larger. */
function agree(name: NativeKernelName, x: Matrix): void {
  const { own, native } = run(name, x);
  expect(native.status, `${name} of ${x.m}×${x.n}`).toBe(0);
  expect(own.status).toBe(0);
  const scale = own.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const error = own.values.reduce((most, value, i) => Math.max(most, Math.abs(value - native.values[i]!)), 0);
  expect(error, `${name} of ${x.m}×${x.n}`).toBeLessThanOrEqual(1e-9 * scale);
}

/** The largest element of a − b. */
const distance = (a: readonly number[], b: readonly number[]) =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);

const orders = [100, 101, 128, 150];

describe.skipIf(!hasLapack)(`kernels by LAPACK${absence}`, () => {
  it.each(orders)("eigh answers as our own: %i rows", (n) => {
    for (let seed = 0; seed < 3; seed++) agree("eigh_factors", symmetric(n, seed + n));
  });

  it("eigh of 300 rows: A V = V Λ to rounding", () => {
    const n = 300;
    const x = symmetric(n, 1);
    const { status, values } = run("eigh_factors", x).native;
    expect(status).toBe(0);
    const product = matrix(n, n, 0, (i, j) => {
      let total = 0;
      for (let k = 0; k < n; k++) total += x.elements[i * n + k]! * values[n + k * n + j]!;
      return total;
    });
    const expected = matrix(n, n, 0, (i, j) => values[n + i * n + j]! * values[j]!);
    expect(distance(product.elements, expected.elements)).toBeLessThan(1e-12);
  });

  it.each(orders.flatMap((m) => orders.map((n) => [m, n] as const)))(
    "svd answers as our own: %i×%i",
    (m, n) => {
      agree("svd_factors", matrix(m, n, m + 3 * n));
    },
  );

  const order = 110;
  it.each([
    ["eigh_factors", symmetric(order, 6)],
    ["svd_factors", matrix(order, order, 7)],
  ] as const)("%s leaves what is not finite to our own", (name, x) => {
    expect(run(name, x).native.status).toBe(0);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const spoilt = x.elements.map((element, i) => (i === order + 3 ? value : element));
      expect(run(name, { ...x, elements: spoilt }).native.status).toBe(undefined);
    }
  });

  it("leaves vectors to our own that the matrix does not determine", () => {
    const one = matrix(order, order, 0, (i, j) => (i === j ? 1 : 0));
    const lowRank = matrix(order, order, 0, (i, j) => Math.sin(i + 1) * Math.sin(j + 1));
    const zero = matrix(order, order, 0, () => 0);
    for (const x of [one, lowRank, zero])
      for (const name of ["eigh_factors", "svd_factors"] as const)
        expect(run(name, x).native.status).toBe(undefined);
    // One value of 0: its eigenvector is determined, its singular vectors are so but for their signs.
    const { elements } = symmetric(order, 3);
    const projected = matrix(order, order, 0, (i, j) => (i === 0 || j === 0 ? 0 : elements[i * order + j]!));
    expect(run("eigh_factors", projected).native.status).toBe(0);
    expect(run("svd_factors", projected).native.status).toBe(undefined);
  });

  it("leaves small matrices to our own", () => {
    for (const [m, n] of [
      [1, 1],
      [1, 200],
      [200, 1],
      [99, 110],
      [110, 99],
    ] as const)
      expect(run("svd_factors", matrix(m, n, 1)).native.status).toBe(undefined);
    expect(run("eigh_factors", symmetric(99, 1)).native.status).toBe(undefined);
  });
});
