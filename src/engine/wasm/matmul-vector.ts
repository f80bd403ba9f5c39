import { tile41 } from "./matmul-direct";
import { meet, next, SET, SUBTRACT, step, sumDepth } from "./matmul-tile";

// Products with a vector. What keeps the processor busy, where one sum alone would wait for each addition, are sums that
// do not depend on each other: those of several elements of C, or several of the same element. Strides are in bytes.

/** The sum over `depth` elements. */
function sum(depth: i32, x: usize, xs: usize, y: usize, ys: usize): f64 {
  let total: f64 = 0;
  for (let p = 0; p < depth; p++) {
    total += load<f64>(x) * load<f64>(y);
    x += xs;
    y += ys;
  }
  return total;
}

/** One element of C. */
export function dot(k: i32, c: usize, x: usize, xs: usize, y: usize, ys: usize, mode: i32): void {
  const xBlock = xs * <usize>sumDepth;
  const yBlock = ys * <usize>sumDepth;
  let total: f64 = mode === SET ? 0 : load<f64>(c);
  for (; k >= 4 * sumDepth; k -= 4 * sumDepth) {
    let s0: f64 = 0;
    let s1: f64 = 0;
    let s2: f64 = 0;
    let s3: f64 = 0;
    let u = x;
    let v = y;
    for (let p = 0; p < sumDepth; p++) {
      s0 += load<f64>(u) * load<f64>(v);
      s1 += load<f64>(u + xBlock) * load<f64>(v + yBlock);
      s2 += load<f64>(u + (xBlock << 1)) * load<f64>(v + (yBlock << 1));
      s3 += load<f64>(u + xBlock * 3) * load<f64>(v + yBlock * 3);
      u += xs;
      v += ys;
    }
    total = mode === SUBTRACT ? total - s0 - s1 - s2 - s3 : total + s0 + s1 + s2 + s3;
    x += xBlock << 2;
    y += yBlock << 2;
  }
  while (k > 0) {
    const depth = min(k, sumDepth);
    const part = sum(depth, x, xs, y, ys);
    total = mode === SUBTRACT ? total - part : total + part;
    k -= depth;
    x += xBlock;
    y += yBlock;
  }
  store<f64>(c, total);
}

/** One column of C, `cr` bytes from element to element: rows of A, which are contiguous, times x. */
export function alongRows(
  m: i32,
  k: i32,
  c: usize,
  cr: usize,
  a: usize,
  ar: usize,
  x: usize,
  xs: usize,
  mode: i32,
): void {
  for (; m >= 8; m -= 8) {
    eightRows(k, c, cr, a, ar, x, xs, mode);
    c += cr << 3;
    a += ar << 3;
  }
  if (m >= 4) {
    tile41(k, c, cr, a, ar, 8, x, xs, mode);
    c += cr << 2;
    a += ar << 2;
    m -= 4;
  }
  for (; m > 0; m--) {
    dot(k, c, a, 8, x, xs, mode);
    c += cr;
    a += ar;
  }
}

/** Elements of two rows that stand at one place along k. */
function pair(a: usize, ar: usize): v128 {
  return v128.load_lane<f64>(a + ar, v128.load_splat<f64>(a), 1);
}

function eightRows(k: i32, c: usize, cr: usize, a: usize, ar: usize, x: usize, xs: usize, mode: i32): void {
  const ar2 = ar << 1;
  while (k > 0) {
    const depth = min(k, sumDepth);
    k -= depth;
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    const end = a + ((<usize>(depth & ~1)) << 3);
    while (a < end) {
      const x0 = v128.load_splat<f64>(x);
      const x1 = v128.load_splat<f64>(x + xs);
      let row = a;
      let r0 = v128.load(row);
      let r1 = v128.load(row + ar);
      s0 = step(step(s0, v128.shuffle<f64>(r0, r1, 0, 2), x0), v128.shuffle<f64>(r0, r1, 1, 3), x1);
      row += ar2;
      r0 = v128.load(row);
      r1 = v128.load(row + ar);
      s1 = step(step(s1, v128.shuffle<f64>(r0, r1, 0, 2), x0), v128.shuffle<f64>(r0, r1, 1, 3), x1);
      row += ar2;
      r0 = v128.load(row);
      r1 = v128.load(row + ar);
      s2 = step(step(s2, v128.shuffle<f64>(r0, r1, 0, 2), x0), v128.shuffle<f64>(r0, r1, 1, 3), x1);
      row += ar2;
      r0 = v128.load(row);
      r1 = v128.load(row + ar);
      s3 = step(step(s3, v128.shuffle<f64>(r0, r1, 0, 2), x0), v128.shuffle<f64>(r0, r1, 1, 3), x1);
      a += 16;
      x += xs << 1;
    }
    if (depth & 1) {
      const y = v128.load_splat<f64>(x);
      s0 = step(s0, pair(a, ar), y);
      s1 = step(s1, pair(a + ar2, ar), y);
      s2 = step(s2, pair(a + (ar2 << 1), ar), y);
      s3 = step(s3, pair(a + (ar2 << 1) + ar2, ar), y);
      a += 8;
      x += xs;
    }
    meetColumn(mode, c, cr, s0);
    meetColumn(mode, c + (cr << 1), cr, s1);
    meetColumn(mode, c + (cr << 2), cr, s2);
    meetColumn(mode, c + (cr << 2) + (cr << 1), cr, s3);
    mode = next(mode);
  }
}

function meetColumn(mode: i32, c: usize, cr: usize, x: v128): void {
  meet(mode, c, f64x2.extract_lane(x, 0));
  meet(mode, c + cr, f64x2.extract_lane(x, 1));
}

const widest: i32 = 512;
/** Room for sums that are not yet whole. */
export const acrossBytes: usize = (<usize>widest) << 3;

/** One row of C: x times rows of B, which are contiguous; B is read in the order in which it lies. */
export function acrossRows(
  k: i32,
  n: i32,
  c: usize,
  x: usize,
  xs: usize,
  b: usize,
  br: usize,
  mode: i32,
  scratch: usize,
): void {
  const whole = n & ~1;
  for (let j = 0; j < whole; j += widest) {
    const columns = min(widest, whole - j);
    const to = c + ((<usize>j) << 3);
    let from = b + ((<usize>j) << 3);
    let factors = x;
    let how = mode;
    for (let p = 0; p < k; p += sumDepth) {
      const depth = min(sumDepth, k - p);
      const sums = how === SET ? to : scratch;
      addRows(depth, columns, sums, factors, xs, from, br);
      if (how !== SET) meetSums(how, columns, to, sums);
      from += br * <usize>depth;
      factors += xs * <usize>depth;
      how = next(how);
    }
  }
  if (n & 1) {
    const last = (<usize>whole) << 3;
    dot(k, c + last, x, xs, b + last, br, mode);
  }
}

function addRows(depth: i32, n: i32, sums: usize, x: usize, xs: usize, b: usize, br: usize): void {
  memory.fill(sums, 0, (<usize>n) << 3);
  const end = sums + ((<usize>n) << 3);
  for (; depth >= 4; depth -= 4) {
    addFour(
      sums,
      end,
      v128.load_splat<f64>(x),
      v128.load_splat<f64>(x + xs),
      v128.load_splat<f64>(x + (xs << 1)),
      v128.load_splat<f64>(x + (xs << 1) + xs),
      b,
      br,
    );
    b += br << 2;
    x += xs << 2;
  }
  for (; depth > 0; depth--) {
    addOne(sums, end, v128.load_splat<f64>(x), b);
    b += br;
    x += xs;
  }
}

function addFour(sums: usize, end: usize, x0: v128, x1: v128, x2: v128, x3: v128, b: usize, br: usize): void {
  const b2 = br << 1;
  const b3 = b2 + br;
  for (; sums < end; sums += 16) {
    let s = step(v128.load(sums), x0, v128.load(b));
    s = step(s, x1, v128.load(b + br));
    s = step(s, x2, v128.load(b + b2));
    s = step(s, x3, v128.load(b + b3));
    v128.store(sums, s);
    b += 16;
  }
}

function addOne(sums: usize, end: usize, x: v128, b: usize): void {
  for (; sums < end; sums += 16) {
    v128.store(sums, step(v128.load(sums), x, v128.load(b)));
    b += 16;
  }
}

function meetSum(mode: i32, c: usize, s: v128): void {
  const now = v128.load(c);
  if (mode === SUBTRACT) v128.store(c, f64x2.sub(now, s));
  else v128.store(c, f64x2.add(now, s));
}

function meetSums(mode: i32, n: i32, c: usize, sums: usize): void {
  const end = c + ((<usize>n) << 3);
  for (; c < end; c += 16) {
    meetSum(mode, c, v128.load(sums));
    sums += 16;
  }
}

/** One row of C from one element of A and a row of B. */
export function outerRow(mode: i32, n: i32, c: usize, a: f64, b: usize): void {
  const zero = f64x2.splat(0);
  const x = f64x2.splat(a);
  const end = c + ((<usize>(n & ~1)) << 3);
  for (; c < end; c += 16) {
    const s = step(zero, x, v128.load(b));
    if (mode !== SET) meetSum(mode, c, s);
    else v128.store(c, s);
    b += 16;
  }
  if (n & 1) meet(mode, c, 0 + a * load<f64>(b));
}
