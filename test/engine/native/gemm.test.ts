import { describe, expect, it } from "vitest";
import { matmul, subtractProduct } from "../../../src/engine/kernels/matmul.js";
import { leadingSize } from "../../../src/engine/native/gemm.js";
import { absence, blas, hasBlas, randomNumbers, sharedMemory, sharedNumbers } from "../../support/blas.js";

/** Row and column stride of a matrix in its room, and how much room it takes. */
type Layout = (rows: number, columns: number) => readonly [row: number, column: number, room: number];

const layouts: Readonly<Record<string, Layout>> = {
  "row-major": (rows, columns) => [columns, 1, rows * columns],
  transposed: (rows, columns) => [1, rows, rows * columns],
  "rows of a wider matrix": (rows, columns) => [columns + 3, 1, rows * (columns + 3)],
  "columns of a taller matrix": (rows, columns) => [1, rows + 2, columns * (rows + 2)],
  "every second element": (rows, columns) => [2 * columns, 2, 2 * rows * columns],
  "one row for all": (rows, columns) => [0, 1, rows * columns],
};

const sizes = [1, 2, 3, 5, 8, 17, 40, 65];

describe.skipIf(!hasBlas)(`products by BLAS${absence}`, () => {
  /** Both products of the same random matrices: what BLAS answers, and the largest difference in units of rounding. */
  function compare(m: number, k: number, n: number, left: Layout, right: Layout) {
    const [ar, ac, aRoom] = left(m, k);
    const [br, bc, bRoom] = right(k, n);
    const mem = sharedNumbers(7 + aRoom + bRoom + 2 * m * n + 1);
    const [a, b, c, d] = [7, 7 + aRoom, 7 + aRoom + bRoom, 7 + aRoom + bRoom + m * n];
    const random = randomNumbers(m + 100 * k + 10_000 * n);
    for (let i = a; i < c; i++) mem[i] = random();
    const before = mem.slice();
    matmul(mem, m, k, n, d, a, ar, ac, b, br, bc);
    const done = blas.gemm(mem, m, k, n, c, a, ar, ac, b, br, bc);
    let most = 0;
    for (let i = 0; i < m * n; i++) most = Math.max(most, Math.abs(mem[c + i]! - mem[d + i]!));
    const untouched = [...mem.keys()].every((i) => (i >= c && i < d + m * n) || Object.is(mem[i], before[i]));
    return { done, error: most / (k * 2 ** -52), untouched, isResult: !Number.isNaN(mem[c]!) };
  }

  it.each(Object.keys(layouts).flatMap((left) => Object.keys(layouts).map((right) => [left, right])))(
    "are those of our own kernel, or refused as a whole: %s by %s",
    (left, right) => {
      for (const m of sizes)
        for (const k of sizes)
          for (const n of sizes) {
            const { done, error, untouched, isResult } = compare(m, k, n, layouts[left]!, layouts[right]!);
            expect(untouched).toBe(true);
            expect(isResult, "only a product that is done is written").toBe(done);
            if (done) expect(error, `${m}×${k} by ${k}×${n}`).toBeLessThan(4);
          }
    },
  );

  it.each(Object.keys(layouts).flatMap((left) => Object.keys(layouts).map((right) => [left, right])))(
    "are subtracted from rows of a wider matrix: %s by %s",
    (left, right) => {
      for (const [m, k, n] of [
        [1, 1, 1],
        [1, 7, 5],
        [7, 5, 1],
        [4, 1, 6],
        [17, 9, 20],
        [40, 33, 65],
      ] as const) {
        const [ar, ac, aRoom] = layouts[left]!(m, k);
        const [br, bc, bRoom] = layouts[right]!(k, n);
        const cr = n + 2;
        const random = randomNumbers(m + k + n);
        const start = Float64Array.from({ length: aRoom + bRoom + m * cr }, random);
        const [a, b, c] = [0, aRoom, aRoom + bRoom];
        const [own, native] = [start.slice(), start.slice()];
        subtractProduct(own, m, k, n, c, cr, a, ar, ac, b, br, bc);
        const done = blas.subtractProduct(native, m, k, n, c, cr, a, ar, ac, b, br, bc);
        const expected = done ? own : start;
        const error = native.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i]!)), 0);
        expect(error, `${m}×${k} by ${k}×${n}`).toBeLessThanOrEqual(done ? 4 * (k + 1) * 2 ** -52 : 0);
      }
    },
  );

  it("does all that lie by rows or by columns", () => {
    for (const left of Object.keys(layouts).slice(0, 4))
      for (const right of Object.keys(layouts).slice(0, 4))
        for (const size of [1, 2, 17]) {
          expect(compare(size, 5, 6, layouts[left]!, layouts[right]!).done).toBe(true);
          expect(compare(5, size, 6, layouts[left]!, layouts[right]!).done).toBe(true);
          expect(compare(5, 6, size, layouts[left]!, layouts[right]!).done).toBe(true);
        }
  });

  it("takes NaN and infinities from its operands, and none from where the result goes", () => {
    const mem = new Float64Array(12).fill(Number.NaN);
    mem.set([1, 2, 3, 4, 1, Number.POSITIVE_INFINITY, 0, 1]);
    expect(blas.gemm(mem, 2, 2, 2, 8, 0, 2, 1, 4, 2, 1)).toBe(true);
    expect([...mem.subarray(8)]).toEqual([1, Number.POSITIVE_INFINITY, 3, Number.POSITIVE_INFINITY]);
    mem[0] = Number.NaN;
    expect(blas.gemm(mem, 2, 2, 2, 8, 0, 2, 1, 4, 2, 1)).toBe(true);
    expect([...mem.subarray(8)]).toEqual([Number.NaN, Number.NaN, 3, Number.POSITIVE_INFINITY]);
  });

  it("works in parts of an array, in memory that has grown, and beyond 2³² bytes", () => {
    const memory = sharedMemory(1);
    const product = (mem: Float64Array, at: number) => {
      mem.set([1, 2, 3, 4, 5, 6, 7, 8], at);
      expect(blas.gemm(mem, 2, 2, 2, at + 8, at, 2, 1, at + 4, 2, 1)).toBe(true);
      return [...mem.slice(at + 8, at + 12)];
    };
    const expected = [19, 22, 43, 50];
    expect(product(new Float64Array(memory.buffer), 3)).toEqual(expected);
    memory.grow(100);
    const grown = new Float64Array(memory.buffer);
    expect(product(grown.subarray(5), grown.length - 40)).toEqual(expected);
    const large = new Float64Array(2 ** 29 + 64);
    expect(product(large, 2 ** 29 + 16)).toEqual(expected);
  });

  it("never reaches beyond the array", () => {
    const mem = new Float64Array(12);
    expect(() => blas.gemm(mem, 2, 2, 2, 9, 0, 2, 1, 4, 2, 1)).toThrow("elements 9 to 12 are not within 12");
    expect(() => blas.gemm(mem, 2, 2, 2, 8, 0, 2, 1, -1, 2, 1)).toThrow(RangeError);
    expect(() => blas.gemm(mem, 2, 2, 2, 8, 0, 12, 1, 4, 2, 1)).toThrow(RangeError);
    expect(() => blas.subtractProduct(mem, 2, 2, 2, 8, 3, 0, 2, 1, 4, 2, 1)).toThrow("elements 8 to 12");
    expect(blas.subtractProduct(mem, 2, 2, 2, 8, 1, 0, 2, 1, 4, 2, 1)).toBe(false);
  });

  it("leaves products without elements alone", () => {
    const mem = new Float64Array(4);
    for (const [m, k, n] of [
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
    ] as const)
      expect(blas.gemm(mem, m, k, n, 0, 0, 1, 1, 0, 1, 1)).toBe(false);
  });
});

describe("the leading size of a matrix", () => {
  it.each([
    [3, 4, 4, 1, 4],
    [3, 4, 9, 1, 9],
    [3, 4, 1, 3, -3],
    [3, 4, 1, 8, -8],
    [3, 4, 3, 1, 0],
    [3, 4, 0, 1, 0],
    [3, 4, 8, 2, 0],
    [3, 4, -4, 1, 0],
    [1, 4, 0, 1, 4],
    [1, 4, 77, 5, -5],
    [3, 1, 1, 0, 1],
    [3, 1, 6, 0, 6],
    [1, 1, 0, 0, 1],
    [2, 2, 2 ** 31, 1, 0],
  ])("of %i×%i with strides %i and %i is %i", (rows, columns, row, column, expected) => {
    expect(leadingSize(rows, columns, row, column)).toBe(expected);
  });
});
