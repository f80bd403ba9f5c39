import { meet, sumDepth, sumOf } from "./matmul-vector.js";

/** Columns of the block of B that stays in the cache, packed. */
const columnBlock = 256;

const packedA = new Float64Array(4 * sumDepth);
const packedB = new Float64Array(columnBlock * sumDepth);

/** Blocks of B and rows of A are copied to where they stay in the cache (Goto and van de Geijn 2008). */
export function packed(
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
  for (let j = 0; j < n; j += columnBlock) {
    const columns = Math.min(columnBlock, n - j);
    for (let p = 0; p < k; p += sumDepth) {
      const depth = Math.min(sumDepth, k - p);
      for (let q = 0; q < columns; q += 2)
        pack(mem, b + p * br + (j + q) * bc, bc, br, Math.min(2, columns - q), depth, packedB, q * depth, 2);
      for (let i = 0; i < m; i += 4) {
        const rows = Math.min(4, m - i);
        pack(mem, a + i * ar + p * ac, ar, ac, rows, depth, packedA, 0, 4);
        lineOfTiles(
          mem,
          mode,
          p === 0,
          rows,
          depth,
          columns,
          c + i * cr + j,
          cr,
          packedA,
          0,
          1,
          4,
          packedB,
          0,
          2,
          1,
          2 * depth,
        );
      }
    }
  }
}

/** Lines side by side: for each place along them, the elements of all. */
function pack(
  mem: Float64Array,
  x: number,
  lead: number,
  along: number,
  lines: number,
  depth: number,
  packed: Float64Array,
  to: number,
  width: number,
): void {
  for (let i = 0; i < lines; i++) {
    for (let p = 0; p < depth; p++) packed[to + p * width + i] = mem[x + i * lead + p * along];
  }
}

/** One sum for up to four rows of C: pairs of B's columns lie `panel` apart. */
export function lineOfTiles(
  mem: Float64Array,
  mode: number,
  first: boolean,
  rows: number,
  depth: number,
  columns: number,
  c: number,
  cr: number,
  x: Float64Array,
  a: number,
  ar: number,
  ac: number,
  y: Float64Array,
  b: number,
  br: number,
  bc: number,
  panel: number,
): void {
  let j = 0;
  if (rows === 4) {
    for (; j + 2 <= columns; j += 2)
      tile(mem, mode, first, depth, c + j, cr, x, a, ar, ac, y, b + (j >> 1) * panel, br, bc);
  }
  for (; j < columns; j++) {
    const at = b + (j >> 1) * panel + (j & 1) * bc;
    for (let i = 0; i < rows; i++) {
      const to = c + i * cr + j;
      mem[to] = meet(mode, first, mem[to], sumOf(depth, x, a + i * ar, ac, y, at, br));
    }
  }
}

/** 4×2 elements of C. */
function tile(
  mem: Float64Array,
  mode: number,
  first: boolean,
  depth: number,
  c: number,
  cr: number,
  x: Float64Array,
  a: number,
  ar: number,
  ac: number,
  y: Float64Array,
  b: number,
  br: number,
  bc: number,
): void {
  let s00 = 0;
  let s01 = 0;
  let s10 = 0;
  let s11 = 0;
  let s20 = 0;
  let s21 = 0;
  let s30 = 0;
  let s31 = 0;
  for (let p = 0; p < depth; p++) {
    const y0 = y[b];
    const y1 = y[b + bc];
    const x0 = x[a];
    const x1 = x[a + ar];
    const x2 = x[a + 2 * ar];
    const x3 = x[a + 3 * ar];
    s00 += x0 * y0;
    s01 += x0 * y1;
    s10 += x1 * y0;
    s11 += x1 * y1;
    s20 += x2 * y0;
    s21 += x2 * y1;
    s30 += x3 * y0;
    s31 += x3 * y1;
    a += ac;
    b += br;
  }
  const [c1, c2, c3] = [c + cr, c + 2 * cr, c + 3 * cr];
  mem[c] = meet(mode, first, mem[c], s00);
  mem[c + 1] = meet(mode, first, mem[c + 1], s01);
  mem[c1] = meet(mode, first, mem[c1], s10);
  mem[c1 + 1] = meet(mode, first, mem[c1 + 1], s11);
  mem[c2] = meet(mode, first, mem[c2], s20);
  mem[c2 + 1] = meet(mode, first, mem[c2 + 1], s21);
  mem[c3] = meet(mode, first, mem[c3], s30);
  mem[c3 + 1] = meet(mode, first, mem[c3 + 1], s31);
}
