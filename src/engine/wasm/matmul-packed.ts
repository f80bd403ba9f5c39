import { ADD, packedTile, SET } from "./matmul-tile";

// The blocks of Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication": a panel of 4 rows of A
// and one of 4 columns of B stay in the first cache (16 KB of 32), a block of A in the second (256 KB of 1 MB).
const depthBlock: i32 = 256;
const rowBlock: i32 = 128;
const columnBlock: i32 = 512;

const rowBytes: usize = (<usize>rowBlock * depthBlock) << 3;
const columnBytes: usize = (<usize>columnBlock * depthBlock) << 3;
const tileBytes: usize = 4 * 4 * 8;
/** Room for the packed blocks, and for one tile that reaches over C's edge. */
export const packedBytes: usize = rowBytes + columnBytes + tileBytes;

/**
 * Panels of four lines each, `lead` bytes apart, with `depth` elements `along` bytes apart: for each place along, the
 * elements of all four. The last panel is filled up with 0, which meets only elements that are not kept.
 */
function pack(to: usize, x: usize, lead: usize, along: usize, lines: i32, depth: i32): void {
  const size = (<usize>depth) << 5;
  while (lines > 0) {
    if (lines < 4) packLines(to, x, lead, along, lines, depth);
    else if (lead === 8) packAcross(to, to + size, x, along);
    else if (along === 8) packAlong(to, x, lead, depth);
    else packLines(to, x, lead, along, 4, depth);
    to += size;
    x += lead << 2;
    lines -= 4;
  }
}

/** Four lines that lie side by side. */
function packAcross(to: usize, end: usize, x: usize, along: usize): void {
  while (to < end) {
    v128.store(to, v128.load(x));
    v128.store(to, v128.load(x, 16), 16);
    to += 32;
    x += along;
  }
}

/** Four lines that are contiguous, two elements of each at a time. */
function packAlong(to: usize, x: usize, lead: usize, depth: i32): void {
  const pairs = to + ((<usize>(depth & ~1)) << 5);
  let y = x + (lead << 1);
  while (to < pairs) {
    const x0 = v128.load(x);
    const x1 = v128.load(x + lead);
    const y0 = v128.load(y);
    const y1 = v128.load(y + lead);
    v128.store(to, v128.shuffle<f64>(x0, x1, 0, 2));
    v128.store(to, v128.shuffle<f64>(y0, y1, 0, 2), 16);
    v128.store(to, v128.shuffle<f64>(x0, x1, 1, 3), 32);
    v128.store(to, v128.shuffle<f64>(y0, y1, 1, 3), 48);
    to += 64;
    x += 16;
    y += 16;
  }
  if (depth & 1) packLines(to, x, lead, 8, 4, 1);
}

function packLines(to: usize, x: usize, lead: usize, along: usize, lines: i32, depth: i32): void {
  for (let p = 0; p < depth; p++) {
    for (let i = 0; i < 4; i++)
      store<f64>(to + ((<usize>i) << 3), i < lines ? load<f64>(x + <usize>i * lead) : 0);
    to += 32;
    x += along;
  }
}

/** A part of a tile that reaches over C's edge: computed aside. */
function edgeTile(
  rows: i32,
  columns: i32,
  k: i32,
  c: usize,
  cr: usize,
  a: usize,
  b: usize,
  mode: i32,
  aside: usize,
): void {
  if (mode !== SET) copyTile(aside, 32, c, cr, rows, columns);
  packedTile(k, aside, 32, a, b, mode);
  copyTile(c, cr, aside, 32, rows, columns);
}

function copyTile(to: usize, toRow: usize, x: usize, row: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      store<f64>(
        to + <usize>i * toRow + ((<usize>j) << 3),
        load<f64>(x + <usize>i * row + ((<usize>j) << 3)),
      );
}

/** All in bytes; `scratch` has `packedBytes`. */
export function packedProduct(
  m: i32,
  k: i32,
  n: i32,
  c: usize,
  cr: usize,
  a: usize,
  ar: usize,
  ac: usize,
  b: usize,
  br: usize,
  bc: usize,
  mode: i32,
  scratch: usize,
): void {
  const packedA = scratch;
  const packedB = scratch + rowBytes;
  const aside = packedB + columnBytes;
  for (let j = 0; j < n; j += columnBlock) {
    const columns = min(columnBlock, n - j);
    for (let p = 0; p < k; p += depthBlock) {
      const depth = min(depthBlock, k - p);
      const how = mode === SET && p > 0 ? ADD : mode;
      pack(packedB, b + <usize>j * bc + <usize>p * br, bc, br, columns, depth);
      for (let i = 0; i < m; i += rowBlock) {
        const rows = min(rowBlock, m - i);
        pack(packedA, a + <usize>i * ar + <usize>p * ac, ar, ac, rows, depth);
        blockProduct(
          rows,
          depth,
          columns,
          c + <usize>i * cr + ((<usize>j) << 3),
          cr,
          packedA,
          packedB,
          how,
          aside,
        );
      }
    }
  }
}

function blockProduct(
  rows: i32,
  depth: i32,
  columns: i32,
  c: usize,
  cr: usize,
  packedA: usize,
  packedB: usize,
  mode: i32,
  aside: usize,
): void {
  const panel = (<usize>depth) << 5;
  for (let j = 0; j < columns; j += 4) {
    let to = c + ((<usize>j) << 3);
    let a = packedA;
    for (let i = 0; i < rows; i += 4) {
      if (i + 4 <= rows && j + 4 <= columns) packedTile(depth, to, cr, a, packedB, mode);
      else edgeTile(min(4, rows - i), min(4, columns - j), depth, to, cr, a, packedB, mode, aside);
      a += panel;
      to += cr << 2;
    }
    packedB += panel;
  }
}
