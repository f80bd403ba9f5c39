import { stripLength } from "../instructions";
import { cumprod, cumsum } from "../kernels/cumulative";
import { max, min, norm, prod, sum } from "../kernels/reduce";
import { log_softmax, logsumexp, softmax } from "../kernels/softmax";
import { arity, axisKernel, contiguous, pair, reducer } from "./dispatch";
import * as host from "./host";
import { isSmall, matmul as product, smallProducts } from "./matmul";
import { address, copyBetween, type Memory } from "./memory";
import { isNative, nativeProduct } from "./native";
import { shareProduct } from "./team";

/** In the place of `interpreter/calls.ts`, which says what each function means. */
export { linalg, runContiguous, runScalar } from "./dispatch";
export { shareStrips } from "./team";

export function strip(kernel: i32, m: Memory, n: i32, d: i32, a: i32, b: i32, c: i32): void {
  contiguous(kernel, n, address(m, d), address(m, a), address(m, b), address(m, c));
}

export function runPair(kernel: i32, m: Memory, n: i32, d: i32, e: i32, a: i32): void {
  pair(kernel, n, address(m, d), address(m, e), address(m, a));
}

/** Strips for operands that are not contiguous, one for each and one for the result. */
let gathered: usize = 0;
export const gatheredBytes: usize = 4 * 8 * 256;

/** Has to be called before anything runs, in each instance with a place of its own. */
export function useBuffers(address: usize): void {
  gathered = address;
}

/** The address of n elements one after another: of the operand itself, or of a copy in the buffer with this number. */
function together(m: Memory, buffer: i32, n: i32, a: i32, stride: i32): usize {
  if (stride === 1) return address(m, a);
  const copy = gathered + ((<usize>(buffer * stripLength)) << 3);
  if (stride === 0) {
    const x = v128.load_splat<f64>(address(m, a));
    for (let i: i32 = 0; i < n; i += 2) v128.store(copy + ((<usize>i) << 3), x);
  } else {
    const step = (<usize>stride) << 3;
    let from = address(m, a);
    for (let i: i32 = 0; i < n; i++) {
      store<f64>(copy + ((<usize>i) << 3), load<f64>(from));
      from += step;
    }
  }
  return copy;
}

export function stridedMap(
  kernel: i32,
  m: Memory,
  n: i32,
  d: i32,
  ds: i32,
  a: i32,
  as: i32,
  b: i32,
  bs: i32,
  c: i32,
  cs: i32,
): void {
  const count = arity(kernel);
  for (let i: i32 = 0; i < n; i += stripLength) {
    const length: i32 = n - i < stripLength ? n - i : stripLength;
    const x = together(m, 1, length, a + i * as, as);
    const y = count > 1 ? together(m, 2, length, b + i * bs, bs) : 0;
    const z = count > 2 ? together(m, 3, length, c + i * cs, cs) : 0;
    if (ds === 1) contiguous(kernel, length, address(m, d + i), x, y, z);
    else {
      contiguous(kernel, length, gathered, x, y, z);
      const step = (<usize>ds) << 3;
      let to = address(m, d + i * ds);
      for (let k: i32 = 0; k < length; k++) {
        store<f64>(to, load<f64>(gathered + ((<usize>k) << 3)));
        to += step;
      }
    }
  }
}

export function copyStrided(m: Memory, n: i32, d: i32, ds: i32, a: i32, as: i32): void {
  if (ds === 1 && as === 1) {
    copyBetween(m, d, m, a, n);
    return;
  }
  if (ds === 1 && as === 0) {
    m.fill(m[a], d, d + n);
    return;
  }
  let to = address(m, d);
  let from = address(m, a);
  const toStep = (<usize>ds) << 3;
  const fromStep = (<usize>as) << 3;
  for (let i: i32 = 0; i < n; i++) {
    store<f64>(to, load<f64>(from));
    to += toStep;
    from += fromStep;
  }
}

export function repeatRows(m: Memory, rows: i32, length: i32, d: i32, a: i32, stride: i32): void {
  let to = address(m, d);
  let from = address(m, a);
  const step = (<usize>stride) << 3;
  const pairs = (<usize>(length & ~1)) << 3;
  for (; rows > 0; rows--) {
    const x = v128.load_splat<f64>(from);
    for (const end = to + pairs; to < end; to += 16) v128.store(to, x);
    if (length & 1) {
      store<f64>(to, f64x2.extract_lane(x, 0));
      to += 8;
    }
    from += step;
  }
}

export function reduce(kernel: i32, m: Memory, n: i32, a: i32, stride: i32): f64 {
  switch (kernel) {
    case reducer.sum:
      return sum(m, n, a, stride);
    case reducer.max:
      return max(m, n, a, stride);
    case reducer.min:
      return min(m, n, a, stride);
    case reducer.prod:
      return prod(m, n, a, stride);
    case reducer.norm:
      return norm(m, n, a, stride);
    case reducer.logsumexp:
      return logsumexp(m, n, a, stride);
    default:
      unreachable();
      return 0;
  }
}

export function reduceRows(kernel: i32, m: Memory, rows: i32, columns: i32, d: i32, a: i32): void {
  // Adds up what `sum` does of as few, in its order, but without a call for each row.
  if (kernel === reducer.sum && columns < 16) {
    sumShortRows(rows, columns, address(m, d), address(m, a));
    return;
  }
  for (let row: i32 = 0; row < rows; row++) m[d + row] = reduce(kernel, m, columns, a + row * columns, 1);
}

/** Sums from the first element on; those of four rows do not wait for each other. */
function sumShortRows(rows: i32, columns: i32, to: usize, from: usize): void {
  const step = (<usize>columns) << 3;
  for (; rows >= 4; rows -= 4) {
    const end = from + step;
    let s0 = load<f64>(from);
    let s1 = load<f64>(from + step);
    let s2 = load<f64>(from + 2 * step);
    let s3 = load<f64>(from + 3 * step);
    for (from += 8; from < end; from += 8) {
      s0 += load<f64>(from);
      s1 += load<f64>(from + step);
      s2 += load<f64>(from + 2 * step);
      s3 += load<f64>(from + 3 * step);
    }
    store<f64>(to, s0);
    store<f64>(to, s1, 8);
    store<f64>(to, s2, 16);
    store<f64>(to, s3, 24);
    to += 32;
    from += 3 * step;
  }
  for (; rows > 0; rows--) {
    const end = from + step;
    let sum = load<f64>(from);
    for (from += 8; from < end; from += 8) sum += load<f64>(from);
    store<f64>(to, sum);
    to += 8;
  }
}

export function alongAxis(kernel: i32, m: Memory, n: i32, d: i32, ds: i32, a: i32, as: i32): void {
  switch (kernel) {
    case axisKernel.cumsum:
      cumsum(m, n, d, ds, a, as);
      break;
    case axisKernel.cumprod:
      cumprod(m, n, d, ds, a, as);
      break;
    case axisKernel.softmax:
      softmax(m, n, d, ds, a, as);
      break;
    case axisKernel.log_softmax:
      log_softmax(m, n, d, ds, a, as);
      break;
    default:
      unreachable();
  }
}

export function random(kernel: i32, m: Memory, n: i32, d: i32, low: i32, high: i32): void {
  host.random(changetype<usize>(m), kernel, n, d, low, high);
}

export function matmuls(
  m: Memory,
  count: i32,
  rows: i32,
  inner: i32,
  columns: i32,
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
  if (count > 1 && isSmall(rows, inner, columns) && !isNative(rows, inner, columns)) {
    smallProducts(m, count, rows, inner, columns, c, cs, a, as, ar, ac, b, bs, br, bc);
    return;
  }
  for (let k: i32 = 0; k < count; k++) {
    matmul(m, rows, inner, columns, c, a, ar, ac, b, br, bc);
    c += cs;
    a += as;
    b += bs;
  }
}

function matmul(
  m: Memory,
  rows: i32,
  inner: i32,
  columns: i32,
  c: i32,
  a: i32,
  ar: i32,
  ac: i32,
  b: i32,
  br: i32,
  bc: i32,
): void {
  if (nativeProduct(m, rows, inner, columns, c, a, ar, ac, b, br, bc)) return;
  if (shareProduct(m, rows, inner, columns, c, a, ar, ac, b, br, bc)) return;
  product(m, rows, inner, columns, c, a, ar, ac, b, br, bc);
}
