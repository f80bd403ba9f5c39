import fc from "fast-check";
import { expect, test } from "vitest";
import { matmul, matmulRows, subtractProduct } from "../../src/engine/kernels/matmul.js";
import { compiledKernels } from "../support/wasm-kernels.js";

const elements = 1 << 21;
const { kernels, arena, mem } = compiledKernels(elements);

/** Where a matrix lies: its first element and its strides. */
interface Place {
  readonly offset: number;
  readonly row: number;
  readonly column: number;
}

const layouts: Readonly<Record<string, (rows: number, columns: number) => Omit<Place, "offset">>> = {
  plain: (_rows, columns) => ({ row: columns, column: 1 }),
  transposed: (rows) => ({ row: 1, column: rows }),
  strided: (_rows, columns) => ({ row: 2 * columns + 3, column: 2 }),
  "strided, transposed": (rows) => ({ row: 3, column: 3 * rows + 1 }),
  "one row": () => ({ row: 0, column: 1 }),
  "one column": () => ({ row: 1, column: 0 }),
  "one number": () => ({ row: 0, column: 0 }),
};

interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly a: Place;
  readonly b: Place;
  readonly c: number;
  /** From row to row of C, at least n. */
  readonly cr: number;
}

/** Small sizes, primes, and the borders of blocks. */
const size = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 2, arbitrary: fc.constantFrom(31, 32, 33, 47, 61, 63, 64, 65, 97, 101, 127, 128, 129, 191, 211) },
  { weight: 1, arbitrary: fc.constantFrom(255, 256, 257, 293, 300, 320, 509, 511, 512, 513) },
);
const layout = fc.constantFrom(...Object.keys(layouts));
const most = 1_500_000;

const products = fc
  .record({
    m: size,
    k: size,
    n: size,
    left: layout,
    right: layout,
    offset: fc.integer({ min: 0, max: 5 }),
    gap: fc.constantFrom(0, 0, 1, 7),
  })
  .filter(({ m, k, n }) => m * k * n <= most)
  .map(({ m, k, n, left, right, offset, gap }): Product => {
    const c = offset;
    const a = c + m * (n + gap) + offset;
    const b = a + 3 * (m + 1) * (k + 1) + offset;
    return {
      ...{ m, k, n, c, cr: n + gap },
      a: { offset: a, ...layouts[left]!(m, k) },
      b: { offset: b, ...layouts[right]!(k, n) },
    };
  });

/** Numbers of both signs and of many sizes, from a seed. */
function fill(target: Float64Array, seed: number): void {
  let state = seed | 1;
  for (let i = 0; i < target.length; i++) {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    target[i] = (state / 2 ** 31) * 2 ** ((i * 7) % 11);
  }
}

const numbers = new Float64Array(elements);
fill(numbers, 12_345);

/** Calls both twins on the same numbers, and checks that everything they leave is the same. */
function both(
  { m, k, n, b, c, cr }: Product,
  inJavaScript: (m: Float64Array) => void,
  compiled: (arena: number) => void,
) {
  const used = numbers.subarray(0, b.offset + 3 * (k + 1) * (n + 1));
  const own = used.slice();
  mem.set(used);
  inJavaScript(own);
  compiled(arena);
  const different: unknown[] = [];
  for (let i = 0; i < c + m * cr + 3; i++)
    if (!Object.is(own[i], mem[i])) different.push([i, own[i], mem[i]]);
  expect(different.slice(0, 3)).toEqual([]);
  return (i: number, j: number) => own[c + i * cr + j]!;
}

const operands = ({ a, b }: Product) => [a.offset, a.row, a.column, b.offset, b.row, b.column] as const;

/** An element as kernels/matmul.ts defines it, from `start`, to which each sum is added, or from which it is taken. */
function defined({ k, a, b }: Product, i: number, j: number, start: number, sign: 1 | -1): number {
  let total = start;
  for (let p = 0; p < k; p += 64) {
    let sum = 0;
    for (let q = p; q < Math.min(k, p + 64); q++)
      sum += numbers[a.offset + i * a.row + q * a.column]! * numbers[b.offset + q * b.row + j * b.column]!;
    total += sign * sum;
  }
  return total;
}

/** Some elements, the corners among them. */
const someOf = ({ m, n }: Product) => {
  const along = (count: number) => [...new Set([0, count >> 1, count - 2, count - 1])].filter((i) => i >= 0);
  return along(m).flatMap((i) => along(n).map((j) => [i, j] as const));
};

test("C = A·B: the same bits as its definition, in JavaScript and in WebAssembly, in every layout", () => {
  fc.assert(
    fc.property(products, (loose) => {
      const product = { ...loose, cr: loose.n };
      const { m, k, n, c } = product;
      const args = [m, k, n, c, ...operands(product)] as const;
      const at = both(
        product,
        (own) => matmul(own, ...args),
        (address) => kernels.matmul(address, ...args),
      );
      for (const [i, j] of someOf(product)) expect(at(i, j)).toBe(defined(product, i, j, 0, 1));
    }),
    { numRuns: 150 },
  );
});

test("C −= A·B: the same bits as its definition, also where rows of C lie apart", () => {
  fc.assert(
    fc.property(products, (product) => {
      const { m, k, n, c, cr } = product;
      const args = [m, k, n, c, cr, ...operands(product)] as const;
      const at = both(
        product,
        (own) => subtractProduct(own, ...args),
        (address) => kernels.subtractProduct(address, ...args),
      );
      for (const [i, j] of someOf(product))
        expect(at(i, j)).toBe(defined(product, i, j, numbers[c + i * cr + j]!, -1));
    }),
    { numRuns: 150 },
  );
});

test("rows computed in parts are the whole", () => {
  fc.assert(
    fc.property(products, fc.double({ min: 0, max: 1, noNaN: true }), (loose, share) => {
      const product = { ...loose, cr: loose.n };
      const { m, k, n, c } = product;
      const cut = Math.floor(share * m);
      const rest = [k, n, c, ...operands(product)] as const;
      const at = both(
        product,
        (own) => {
          matmulRows(own, cut, m, ...rest);
          matmulRows(own, 0, cut, ...rest);
        },
        (address) => {
          kernels.matmulRows(address, 0, cut, ...rest);
          kernels.matmulRows(address, cut, m, ...rest);
        },
      );
      for (const [i, j] of someOf(product)) expect(at(i, j)).toBe(defined(product, i, j, 0, 1));
    }),
    { numRuns: 80 },
  );
});

/** The exact sum and error of x + y (Knuth), and of x·y (Dekker). */
function twoSum(x: number, y: number): [number, number] {
  const sum = x + y;
  const z = sum - x;
  return [sum, x - (sum - z) + (y - z)];
}
function twoProduct(x: number, y: number): [number, number] {
  const product = x * y;
  const [hx, hy] = [x, y].map((v) => v * 134_217_729 - (v * 134_217_729 - v)) as [number, number];
  const [lx, ly] = [x - hx, y - hy];
  return [product, lx * ly - (product - hx * hy - lx * hy - hx * ly)];
}

test("an element differs from twice the precision by no more than the rounding of 64 + k/64 additions", () => {
  fc.assert(
    fc.property(products, (loose) => {
      const product = { ...loose, cr: loose.n };
      const { m, k, n, c, a, b } = product;
      const own = numbers.slice();
      matmul(own, m, k, n, c, ...operands(product));
      for (const [i, j] of someOf(product)) {
        let [high, low, size] = [0, 0, 0];
        for (let p = 0; p < k; p++) {
          const x = numbers[a.offset + i * a.row + p * a.column]!;
          const y = numbers[b.offset + p * b.row + j * b.column]!;
          const [term, error] = twoProduct(x, y);
          const [sum, rest] = twoSum(high, term);
          high = sum;
          low += rest + error;
          size += Math.abs(term);
        }
        const bound = (Math.min(k, 64) + Math.ceil(k / 64) + 1) * 2 ** -53 * size;
        expect(Math.abs(own[c + i * n + j]! - high - low)).toBeLessThanOrEqual(bound);
      }
    }),
    { numRuns: 100 },
  );
});

test("what is not finite meets only its own row and column", () => {
  const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  fc.assert(
    fc.property(products, fc.constantFrom(...special), (loose, value) => {
      const product = { ...loose, cr: loose.n };
      const { m, k, n, c, a } = product;
      const i = m >> 1;
      const place = a.offset + i * a.row + (k >> 1) * a.column;
      const before = numbers[place]!;
      numbers[place] = value;
      try {
        const args = [m, k, n, c, ...operands(product)] as const;
        const at = both(
          product,
          (own) => matmul(own, ...args),
          (address) => kernels.matmul(address, ...args),
        );
        for (const [r, s] of someOf(product)) {
          const expected = defined(product, r, s, 0, 1);
          expect(at(r, s)).toBe(expected);
          if (r === i) expect(Number.isFinite(expected)).toBe(false);
        }
      } finally {
        numbers[place] = before;
      }
    }),
    { numRuns: 80 },
  );
});
