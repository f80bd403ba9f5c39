import { describe, expect, it } from "vitest";
import { type PreciseTensor, preciseTensor, setElement } from "../../src/precise/tensor.js";
import { type Real, Reals, real } from "../accuracy/decimal.js";
import { decimals } from "../support/precise.js";
import { compute, expectClose, one, random, row, sumOf, tolerance, valueOfScript, zero } from "./decimals.js";

type Matrix = readonly (readonly Real[])[];

const matrixOf = (x: PreciseTensor): Matrix => Array.from({ length: x.shape[0]! }, (_, i) => row(x, i));
const times = (a: Matrix, c: Matrix): Matrix =>
  a.map((list) => c[0]!.map((_, j) => sumOf(list.map((x, k) => x.times(c[k]![j]!)))));

/** Σ Aᵏ/k!, until nothing is added any more. */
function exponential(a: Matrix): Matrix {
  let term: Matrix = a.map((list, i) => list.map((_, j) => real(i === j ? 1 : 0)));
  let sum = term;
  for (let k = 1; k < 200; k++) {
    term = times(term, a).map((list) => list.map((x) => x.div(k)));
    sum = sum.map((list, i) => list.map((x, j) => x.plus(term[i]![j]!)));
  }
  return sum;
}

describe("matrices", () => {
  it("products, with batches that repeat", () => {
    const x = random([2, 1, 3, 4], 8);
    const y = random([5, 4, 2], 9);
    const found = compute({ x, y }, (b, p, q) => b.matmul(p!, q!));
    expect(found.shape).toEqual([2, 5, 3, 2]);
    const matrix = (z: PreciseTensor, turn: number, m: number, n: number): Matrix =>
      Array.from({ length: m }, (_, i) => decimals(z).slice((turn * m + i) * n, (turn * m + i + 1) * n));
    const expected = [0, 1].flatMap((i) =>
      [0, 1, 2, 3, 4].flatMap((j) => times(matrix(x, i, 3, 4), matrix(y, j, 4, 2)).flat()),
    );
    expectClose(found, expected);
  });

  it("determinants, their logarithms and cofactors, of a singular matrix as well", () => {
    const regular = random([3, 3], 10, 4);
    const singular = preciseTensor([3, 3]);
    singular.hi.set([1, 2, 3, 2, 4, 6, 1, -1, 5]);
    // Its cofactors are products of what its determinant has lost.
    const nearly = { ...preciseTensor([3, 3]), hi: singular.hi.slice() };
    nearly.hi[0]! += 2 ** -48;
    // Its determinant is next to the smallest doubles, its cofactors are not.
    const tiny = { ...preciseTensor([3, 3]), hi: regular.hi.map((y) => y * 2 ** -330) };
    for (const x of [regular, nearly, singular, tiny]) {
      const a = matrixOf(x);
      const minor = (i: number, j: number) => {
        const rest = a.filter((_, k) => k !== i).map((list) => list.filter((_, k) => k !== j));
        return rest[0]![0]!.times(rest[1]![1]!).minus(rest[0]![1]!.times(rest[1]![0]!));
      };
      const cofactors = a.flatMap((list, i) =>
        list.map((_, j) => minor(i, j).times((i + j) % 2 === 0 ? 1 : -1)),
      );
      const det = sumOf(a[0]!.map((y, j) => y.times(cofactors[j]!)));
      const ofFactors = (name: string) =>
        compute({ x }, (b, node) => b.apply(name, [node!, b.apply("lu", [node!])]));
      expectClose(ofFactors("cofactors"), cofactors, 1e-29);
      if (x === singular) expect(ofFactors("det").hi[0]).toBe(0);
      if (x === singular || x === tiny) continue;
      // Against the products that it is a sum of.
      const room = sumOf(a[0]!.map((y, j) => y.times(cofactors[j]!).abs()))
        .div(det.abs())
        .toNumber();
      expectClose(ofFactors("det"), [det], tolerance * Math.max(1, room));
      expectClose(ofFactors("det_sign"), [real(det.isNeg() ? -1 : 1)]);
      expectClose(ofFactors("log_abs_det"), [det.abs().ln()], tolerance * Math.max(1, room));
    }
  });

  it.each([0.001, 1, 7, 40])("exponentials of matrices of the size %d", (scale) => {
    const x = random([4, 4], 11, scale);
    const found = compute({ x }, (b, node) => b.apply("expm", [node!], { block: 4 }));
    // Squaring repeatedly doubles the error each time; five or six times here.
    expectClose(found, exponential(matrixOf(x)).flat(), 1e-28);
  });

  it("exponentials whose scaling a leading block decides on", () => {
    const x = random([4, 4], 12);
    // A large direction beside two equal blocks, as in derivatives.
    for (const [i, j] of [0, 1].flatMap((p) => [0, 1].map((q) => [p, q] as const))) {
      setElement(x, (2 + i) * 4 + 2 + j, { hi: x.hi[i * 4 + j]!, lo: x.lo[i * 4 + j]! });
      setElement(x, (2 + i) * 4 + j, { hi: 0, lo: 0 });
      x.hi[i * 4 + 2 + j]! *= 2 ** 60;
      x.lo[i * 4 + 2 + j]! *= 2 ** 60;
    }
    const found = compute({ x }, (b, node) => b.apply("expm", [node!], { block: 2 }));
    const expected = exponential(matrixOf(x));
    expectClose(found, expected.flat());
    const block = compute({ x }, (b, node) =>
      b.apply("slice", [b.apply("expm", [node!], { block: 2 })], {
        starts: [0, 0],
        steps: [1, 1],
        counts: [2, 2],
      }),
    );
    expectClose(
      block,
      expected.slice(0, 2).flatMap((list) => list.slice(0, 2)),
    );
  });

  it("eigenvalues and singular values of second differences", () => {
    const n = 9;
    const pi = Reals.acos(-1);
    const x = preciseTensor([n, n]);
    for (let i = 0; i < n; i++) {
      x.hi[i * n + i] = 2;
      if (i > 0) x.hi[i * n + i - 1] = x.hi[(i - 1) * n + i] = -1;
    }
    const expected = Array.from({ length: n }, (_, k) =>
      real(2).minus(
        pi
          .times(k + 1)
          .div(n + 1)
          .cos()
          .times(2),
      ),
    );
    expectClose(valueOfScript("out = eigvalsh(x)", { x }), expected);
    expectClose(valueOfScript("out = svd(x)[1]", { x }), [...expected].reverse());
  });

  it("reciprocal gaps", () => {
    const s = preciseTensor([3]);
    s.hi.set([1, 3.5, 0.3]);
    const values = decimals(s);
    for (const squares of [false, true]) {
      const found = compute({ s }, (b, node) => b.apply("reciprocal_gaps", [node!], { squares }));
      const power = (y: Real) => (squares ? y.times(y) : y);
      const expected = values.flatMap((p, i) =>
        values.map((q, j) => (i === j ? zero : one.div(power(q).minus(power(p))))),
      );
      expectClose(found, expected);
    }
  });
});
