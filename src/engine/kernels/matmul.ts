import { lineOfTiles, packed } from "./matmul-tiles.js";
import { column, row, set, subtract, sumDepth } from "./matmul-vector.js";

// Products have the same bits on every machine, for every shape, in whatever order and by how many threads they are
// computed. An element of C is made of sums over 64 elements along k: each is formed one after another from 0, rounded
// at each step, and the sums meet C in their order. 64 is few enough for a long inner product to work on several sums at
// once, and enough for a tile of sums to stay in registers. The error is that of 64 + k/64 additions.
// `engine/wasm/matmul.ts` is this file for WebAssembly.

/** Up to this many columns or elements, B is read where it lies. */
const cachedColumns = 16;
const cachedElements = 2048;

/**
 * C = A·B for an m×k and a k×n matrix; rows of C are contiguous at `c`, `ar`/`ac` and `br`/`bc` are the row and column
 * strides, so transposes are read in place.
 */
export function matmul(
  mem: Float64Array,
  m: number,
  k: number,
  n: number,
  c: number,
  a: number,
  ar: number,
  ac: number,
  b: number,
  br: number,
  bc: number,
): void {
  if (m * n * k < 64) tiny(mem, m, k, n, c, a, ar, ac, b, br, bc);
  else multiply(mem, set, m, k, n, c, n, a, ar, ac, b, br, bc);
}

/** Rows of C = A·B from `start` to `end`; `c` and `a` are where row 0 is. */
export function matmulRows(
  mem: Float64Array,
  start: number,
  end: number,
  k: number,
  n: number,
  c: number,
  a: number,
  ar: number,
  ac: number,
  b: number,
  br: number,
  bc: number,
): void {
  multiply(mem, set, end - start, k, n, c + start * n, n, a + start * ar, ar, ac, b, br, bc);
}

/** C −= A·B; rows of C are contiguous and lie `cr` apart. */
export function subtractProduct(
  mem: Float64Array,
  m: number,
  k: number,
  n: number,
  c: number,
  cr: number,
  a: number,
  ar: number,
  ac: number,
  b: number,
  br: number,
  bc: number,
): void {
  multiply(mem, subtract, m, k, n, c, cr, a, ar, ac, b, br, bc);
}

function multiply(
  mem: Float64Array,
  mode: number,
  m: number,
  k: number,
  n: number,
  c: number,
  cr: number,
  a: number,
  ar: number,
  ac: number,
  b: number,
  br: number,
  bc: number,
): void {
  if (n === 1) column(mem, mode, m, k, c, cr, a, ar, ac, b, br);
  else if (m >= 4 && k > 1 && (n <= cachedColumns || k * n <= cachedElements)) {
    for (let p = 0; p < k; p += sumDepth) {
      const depth = Math.min(sumDepth, k - p);
      for (let i = 0; i < m; i += 4)
        lineOfTiles(
          mem,
          mode,
          p === 0,
          Math.min(4, m - i),
          depth,
          n,
          c + i * cr,
          cr,
          mem,
          a + i * ar + p * ac,
          ar,
          ac,
          mem,
          b + p * br,
          br,
          bc,
          2 * bc,
        );
    }
  } else if (m < 8 || k === 1) {
    for (let i = 0; i < m; i++) {
      if (bc === 1) row(mem, mode, k, n, c + i * cr, a + i * ar, ac, b, br);
      else column(mem, mode, n, k, c + i * cr, 1, b, bc, br, a + i * ar, ac);
    }
  } else packed(mem, mode, m, k, n, c, cr, a, ar, ac, b, br, bc);
}

/** One sum for each element; C's rows are contiguous. */
function tiny(
  mem: Float64Array,
  m: number,
  k: number,
  n: number,
  c: number,
  a: number,
  ar: number,
  ac: number,
  b: number,
  br: number,
  bc: number,
): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let total = 0;
      let x = a + i * ar;
      let y = b + j * bc;
      for (let p = 0; p < k; p++) {
        total += mem[x] * mem[y];
        x += ac;
        y += br;
      }
      mem[c++] = total;
    }
  }
}
