// In the place of `kernels/matmul.ts`, which says what each function means and in which order sums are formed.
import { directProduct, directRow, tile41 } from "./matmul-direct";
import { packedBytes, packedProduct } from "./matmul-packed";
import { next, SET, SUBTRACT, sumDepth } from "./matmul-tile";
import { tinyProduct } from "./matmul-tiny";
import { acrossBytes, acrossRows, alongRows, dot, outerRow } from "./matmul-vector";
import { address, type Memory } from "./memory";
import { nativeSubtraction } from "./native";

/** Up to this many elements, an operand of a small product is read where it lies. */
const smallElements: i32 = 1024;
/** Up to this many, a matrix that a row is multiplied with stays in the first cache, whatever order it is read in. */
const cachedElements: i32 = 3072;

/** Up to this many rows of C, B is read too seldom to be worth packing. */
const fewRows: i32 = 12;

/** Room that products need, from an address of 16 bytes on. */
export const scratchBytes: usize = max(packedBytes, max(acrossBytes, (<usize>smallElements) << 3));

let scratch: usize = 0;

/** Has to be called once before the others, in each instance with a place of its own. */
export function useScratch(address: usize): void {
  scratch = address;
}

export function matmul(
  mem: Memory,
  m: i32,
  k: i32,
  n: i32,
  c: i32,
  a: i32,
  ar: i32,
  ac: i32,
  b: i32,
  br: i32,
  bc: i32,
): void {
  multiply(SET, mem, m, k, n, c, n, a, ar, ac, b, br, bc);
}

export function matmulRows(
  mem: Memory,
  start: i32,
  end: i32,
  k: i32,
  n: i32,
  c: i32,
  a: i32,
  ar: i32,
  ac: i32,
  b: i32,
  br: i32,
  bc: i32,
): void {
  multiply(SET, mem, end - start, k, n, c + start * n, n, a + start * ar, ar, ac, b, br, bc);
}

export function subtractProduct(
  mem: Memory,
  m: i32,
  k: i32,
  n: i32,
  c: i32,
  cr: i32,
  a: i32,
  ar: i32,
  ac: i32,
  b: i32,
  br: i32,
  bc: i32,
): void {
  if (nativeSubtraction(mem, m, k, n, c, cr, a, ar, ac, b, br, bc)) return;
  multiply(SUBTRACT, mem, m, k, n, c, cr, a, ar, ac, b, br, bc);
}

/** Up to so many multiplications, matrices of a batch are not worth a decision each. */
const smallWork: i32 = 512;

export function isSmall(m: i32, k: i32, n: i32): bool {
  return m <= smallWork && k <= smallWork && n <= smallWork && <i64>m * k * n <= smallWork;
}

/** Products of `count` small matrices. */
export function smallProducts(
  mem: Memory,
  count: i32,
  m: i32,
  k: i32,
  n: i32,
  c: i32,
  cs: i32,
  a: i32,
  as: i32,
  ar: i32,
  ac: i32,
  b: i32,
  bs: i32,
  br: i32,
  bc: i32,
): void {
  let to = address(mem, c);
  let x = address(mem, a);
  let y = address(mem, b);
  const isDirect = (m & 3) === 0 && n > 1 && bc === 1;
  for (; count > 0; count--) {
    if (isDirect) directProduct(m, k, n, to, bytes(n), x, bytes(ar), bytes(ac), y, bytes(br), SET);
    else product(SET, m, k, n, to, bytes(n), x, bytes(ar), bytes(ac), y, bytes(br), bytes(bc));
    to += bytes(cs);
    x += bytes(as);
    y += bytes(bs);
  }
}

function bytes(stride: i32): usize {
  return (<usize>stride) << 3;
}

function multiply(
  mode: i32,
  mem: Memory,
  m: i32,
  k: i32,
  n: i32,
  c: i32,
  cr: i32,
  a: i32,
  ar: i32,
  ac: i32,
  b: i32,
  br: i32,
  bc: i32,
): void {
  product(
    mode,
    m,
    k,
    n,
    address(mem, c),
    bytes(cr),
    address(mem, a),
    bytes(ar),
    bytes(ac),
    address(mem, b),
    bytes(br),
    bytes(bc),
  );
}

/** Whether a×b elements are at most `limit`, for sizes whose product may not be a number of 32 bits. */
function atMost(a: i32, b: i32, limit: i32): bool {
  return <i64>a * b <= limit;
}

function product(
  mode: i32,
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
): void {
  if (m <= 0 || n <= 0) return;
  if (n === 1) columnProduct(mode, m, k, c, cr, a, ar, ac, b, br);
  else if (m === 1) rowProduct(mode, k, n, c, a, ac, b, br, bc);
  else if (mode === SET && m < 4 && n < 4 && k < 6) tinyProduct(m, k, n, c, cr, a, ar, ac, b, br, bc);
  else if (atMost(k, n, smallElements) && atMost(m, k, smallElements))
    smallProduct(mode, m, k, n, c, cr, a, ar, ac, b, br, bc);
  else if (k === 1 && bc === 8) {
    for (; m > 0; m--) {
      outerRow(mode, n, c, load<f64>(a), b);
      c += cr;
      a += ar;
    }
  } else if (m < 4) {
    for (; m > 0; m--) {
      rowProduct(mode, k, n, c, a, ac, b, br, bc);
      c += cr;
      a += ar;
    }
  } else if (n < 4 && ac === 8) {
    for (; n > 0; n--) {
      columnProduct(mode, m, k, c, cr, a, ar, ac, b, br);
      c += 8;
      b += bc;
    }
  } else if (m <= fewRows && bc === 8) {
    for (; k > 0; k -= sumDepth) {
      directProduct(m, min(k, sumDepth), n, c, cr, a, ar, ac, b, br, mode);
      a += ac * <usize>sumDepth;
      b += br * <usize>sumDepth;
      mode = next(mode);
    }
  } else packedProduct(m, k, n, c, cr, a, ar, ac, b, br, bc, mode, scratch);
}

function smallProduct(
  mode: i32,
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
): void {
  if (bc !== 8) {
    copyRows(k, n, b, br, bc);
    b = scratch;
    br = (<usize>n) << 3;
  }
  directProduct(m, k, n, c, cr, a, ar, ac, b, br, mode);
}

/** B with contiguous rows. */
function copyRows(k: i32, n: i32, b: usize, br: usize, bc: usize): void {
  let to = scratch;
  for (let p = 0; p < k; p++) {
    let from = b;
    const end = to + ((<usize>n) << 3);
    for (; to < end; to += 8) {
      store<f64>(to, load<f64>(from));
      from += bc;
    }
    b += br;
  }
}

function rowProduct(
  mode: i32,
  k: i32,
  n: i32,
  c: usize,
  a: usize,
  ac: usize,
  b: usize,
  br: usize,
  bc: usize,
): void {
  if (bc !== 8) columnProduct(mode, n, k, c, 8, b, bc, br, a, ac);
  else if (atMost(k, n, cachedElements)) directRow(k, n, c, a, ac, b, br, mode);
  else acrossRows(k, n, c, a, ac, b, br, mode, scratch);
}

function columnProduct(
  mode: i32,
  m: i32,
  k: i32,
  c: usize,
  cr: usize,
  a: usize,
  ar: usize,
  ac: usize,
  b: usize,
  br: usize,
): void {
  if (ac === 8) alongRows(m, k, c, cr, a, ar, b, br, mode);
  else if (ar === 8 && cr === 8) rowProduct(mode, k, m, c, b, br, a, ac, 8);
  else {
    for (; m >= 4; m -= 4) {
      tile41(k, c, cr, a, ar, ac, b, br, mode);
      c += cr << 2;
      a += ar << 2;
    }
    for (; m > 0; m--) {
      dot(k, c, a, ac, b, br, mode);
      c += cr;
      a += ar;
    }
  }
}
