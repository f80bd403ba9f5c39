/** How a product meets what is in its place: it takes the place, is added, or is subtracted. */
export const SET: i32 = 0;
export const ADD: i32 = 1;
export const SUBTRACT: i32 = 2;

/** Elements along k that are summed up one after another before their sum meets C: see `kernels/matmul.ts`. */
export const sumDepth: i32 = 64;

export function step(sum: v128, x: v128, y: v128): v128 {
  return f64x2.add(sum, f64x2.mul(x, y));
}

function setRow(c: usize, x: v128, y: v128): void {
  v128.store(c, x);
  v128.store(c, y, 16);
}

function addRow(c: usize, x: v128, y: v128): void {
  v128.store(c, f64x2.add(v128.load(c), x));
  v128.store(c, f64x2.add(v128.load(c, 16), y), 16);
}

function subtractRow(c: usize, x: v128, y: v128): void {
  v128.store(c, f64x2.sub(v128.load(c), x));
  v128.store(c, f64x2.sub(v128.load(c, 16), y), 16);
}

export function meetRow(mode: i32, c: usize, x: v128, y: v128): void {
  if (mode === SET) setRow(c, x, y);
  else if (mode === ADD) addRow(c, x, y);
  else subtractRow(c, x, y);
}

export function meet(mode: i32, c: usize, x: f64): void {
  store<f64>(c, mode === SET ? x : mode === ADD ? load<f64>(c) + x : load<f64>(c) - x);
}

/** After the first sum. */
export function next(mode: i32): i32 {
  return mode === SET ? ADD : mode;
}

/**
 * 4×4 elements of C, whose rows lie `cr` bytes apart, from packed panels: for each p, four elements of a column of A and
 * four of a row of B. A longer body of the loop runs slower: V8 then holds too many addresses in registers.
 */
export function packedTile(k: i32, c: usize, cr: usize, a: usize, b: usize, mode: i32): void {
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
    const end = a + ((<usize>depth) << 5);
    while (a < end) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let x = v128.load_splat<f64>(a);
      c00 = step(c00, x, b0);
      c01 = step(c01, x, b1);
      x = v128.load_splat<f64>(a, 8);
      c10 = step(c10, x, b0);
      c11 = step(c11, x, b1);
      x = v128.load_splat<f64>(a, 16);
      c20 = step(c20, x, b0);
      c21 = step(c21, x, b1);
      x = v128.load_splat<f64>(a, 24);
      c30 = step(c30, x, b0);
      c31 = step(c31, x, b1);
      a += 32;
      b += 32;
    }
    const c2 = c + 2 * cr;
    if (mode === SET) {
      setRow(c, c00, c01);
      setRow(c + cr, c10, c11);
      setRow(c2, c20, c21);
      setRow(c2 + cr, c30, c31);
      mode = ADD;
    } else if (mode === ADD) {
      addRow(c, c00, c01);
      addRow(c + cr, c10, c11);
      addRow(c2, c20, c21);
      addRow(c2 + cr, c30, c31);
    } else {
      subtractRow(c, c00, c01);
      subtractRow(c + cr, c10, c11);
      subtractRow(c2, c20, c21);
      subtractRow(c2 + cr, c30, c31);
    }
  }
}
