import { meet, meetRow, next, SET, step, sumDepth } from "./matmul-tile";

// Tiles of C straight from operands that lie in the first cache: B's rows are contiguous, A has any strides. All
// strides are in bytes.

function tile44(
  k: i32,
  c: usize,
  cr: usize,
  a: usize,
  ar: usize,
  ac: usize,
  b: usize,
  br: usize,
  mode: i32,
): void {
  const ar2 = ar << 1;
  const ar3 = ar + ar2;
  while (k > 0) {
    const depth = min(k, sumDepth);
    k -= depth;
    let c00 = f64x2.splat(0);
    let c01 = c00;
    let c10 = c00;
    let c11 = c00;
    let c20 = c00;
    let c21 = c00;
    let c30 = c00;
    let c31 = c00;
    for (let p = 0; p < depth; p++) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let x = v128.load_splat<f64>(a);
      c00 = step(c00, x, b0);
      c01 = step(c01, x, b1);
      x = v128.load_splat<f64>(a + ar);
      c10 = step(c10, x, b0);
      c11 = step(c11, x, b1);
      x = v128.load_splat<f64>(a + ar2);
      c20 = step(c20, x, b0);
      c21 = step(c21, x, b1);
      x = v128.load_splat<f64>(a + ar3);
      c30 = step(c30, x, b0);
      c31 = step(c31, x, b1);
      a += ac;
      b += br;
    }
    meetRow(mode, c, c00, c01);
    meetRow(mode, c + cr, c10, c11);
    meetRow(mode, c + (cr << 1), c20, c21);
    meetRow(mode, c + (cr << 1) + cr, c30, c31);
    mode = next(mode);
  }
}

function tile42(
  k: i32,
  c: usize,
  cr: usize,
  a: usize,
  ar: usize,
  ac: usize,
  b: usize,
  br: usize,
  mode: i32,
): void {
  const ar2 = ar << 1;
  const ar3 = ar + ar2;
  while (k > 0) {
    const depth = min(k, sumDepth);
    k -= depth;
    let c0 = f64x2.splat(0);
    let c1 = c0;
    let c2 = c0;
    let c3 = c0;
    for (let p = 0; p < depth; p++) {
      const y = v128.load(b);
      c0 = step(c0, v128.load_splat<f64>(a), y);
      c1 = step(c1, v128.load_splat<f64>(a + ar), y);
      c2 = step(c2, v128.load_splat<f64>(a + ar2), y);
      c3 = step(c3, v128.load_splat<f64>(a + ar3), y);
      a += ac;
      b += br;
    }
    meetPair(mode, c, c0);
    meetPair(mode, c + cr, c1);
    meetPair(mode, c + (cr << 1), c2);
    meetPair(mode, c + (cr << 1) + cr, c3);
    mode = next(mode);
  }
}

function meetPair(mode: i32, c: usize, x: v128): void {
  meet(mode, c, f64x2.extract_lane(x, 0));
  meet(mode, c + 8, f64x2.extract_lane(x, 1));
}

export function tile41(
  k: i32,
  c: usize,
  cr: usize,
  a: usize,
  ar: usize,
  ac: usize,
  b: usize,
  br: usize,
  mode: i32,
): void {
  const ar2 = ar << 1;
  const ar3 = ar + ar2;
  while (k > 0) {
    const depth = min(k, sumDepth);
    k -= depth;
    let c0: f64 = 0;
    let c1: f64 = 0;
    let c2: f64 = 0;
    let c3: f64 = 0;
    for (let p = 0; p < depth; p++) {
      const y = load<f64>(b);
      c0 += load<f64>(a) * y;
      c1 += load<f64>(a + ar) * y;
      c2 += load<f64>(a + ar2) * y;
      c3 += load<f64>(a + ar3) * y;
      a += ac;
      b += br;
    }
    meet(mode, c, c0);
    meet(mode, c + cr, c1);
    meet(mode, c + (cr << 1), c2);
    meet(mode, c + (cr << 1) + cr, c3);
    mode = next(mode);
  }
}

function tile18(k: i32, c: usize, a: usize, ac: usize, b: usize, br: usize, mode: i32): void {
  while (k > 0) {
    const depth = min(k, sumDepth);
    k -= depth;
    let c0 = f64x2.splat(0);
    let c1 = c0;
    let c2 = c0;
    let c3 = c0;
    for (let p = 0; p < depth; p++) {
      const x = v128.load_splat<f64>(a);
      c0 = step(c0, x, v128.load(b));
      c1 = step(c1, x, v128.load(b, 16));
      c2 = step(c2, x, v128.load(b, 32));
      c3 = step(c3, x, v128.load(b, 48));
      a += ac;
      b += br;
    }
    meetRow(mode, c, c0, c1);
    meetRow(mode, c + 32, c2, c3);
    mode = next(mode);
  }
}

function tile12(k: i32, c: usize, a: usize, ac: usize, b: usize, br: usize, mode: i32): void {
  while (k > 0) {
    const depth = min(k, sumDepth);
    k -= depth;
    let x = f64x2.splat(0);
    for (let p = 0; p < depth; p++) {
      x = step(x, v128.load_splat<f64>(a), v128.load(b));
      a += ac;
      b += br;
    }
    meetPair(mode, c, x);
    mode = next(mode);
  }
}

function tile11(k: i32, c: usize, a: usize, ac: usize, b: usize, br: usize, mode: i32): void {
  while (k > 0) {
    const depth = min(k, sumDepth);
    k -= depth;
    let x: f64 = 0;
    for (let p = 0; p < depth; p++) {
      x += load<f64>(a) * load<f64>(b);
      a += ac;
      b += br;
    }
    meet(mode, c, x);
    mode = next(mode);
  }
}

/** B's rows are contiguous. Tiles at the edges may overlap others where nothing is added up: each gives the same bits. */
export function directProduct(
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
  mode: i32,
): void {
  const mayOverlap = mode === SET && m > 4;
  for (; m >= 4; m -= 4) {
    fourRows(k, n, c, cr, a, ar, ac, b, br, mode);
    c += cr << 2;
    a += ar << 2;
  }
  if (mayOverlap && m === 3) {
    fourRows(k, n, c - cr, cr, a - ar, ar, ac, b, br, mode);
    return;
  }
  for (; m > 0; m--) {
    directRow(k, n, c, a, ac, b, br, mode);
    c += cr;
    a += ar;
  }
}

function fourRows(
  k: i32,
  n: i32,
  c: usize,
  cr: usize,
  a: usize,
  ar: usize,
  ac: usize,
  b: usize,
  br: usize,
  mode: i32,
): void {
  const mayOverlap = mode === SET && n > 4;
  for (; n >= 4; n -= 4) {
    tile44(k, c, cr, a, ar, ac, b, br, mode);
    c += 32;
    b += 32;
  }
  if (mayOverlap && n === 3) {
    tile44(k, c - 8, cr, a, ar, ac, b - 8, br, mode);
    return;
  }
  if (n >= 2) {
    tile42(k, c, cr, a, ar, ac, b, br, mode);
    c += 16;
    b += 16;
  }
  if (n & 1) tile41(k, c, cr, a, ar, ac, b, br, mode);
}

export function directRow(
  k: i32,
  n: i32,
  c: usize,
  a: usize,
  ac: usize,
  b: usize,
  br: usize,
  mode: i32,
): void {
  for (; n >= 8; n -= 8) {
    tile18(k, c, a, ac, b, br, mode);
    c += 64;
    b += 64;
  }
  for (; n >= 2; n -= 2) {
    tile12(k, c, a, ac, b, br, mode);
    c += 16;
    b += 16;
  }
  if (n === 1) tile11(k, c, a, ac, b, br, mode);
}
