import type { Memory } from "./portable/memory.js";
import { isNan } from "./portable/number.js";

/** How many elements are summed straight; a strip of the interpreter is as long. */
export const sumBlock: i32 = 256;

/** Up to `sumBlock` elements: eight sums side by side, which do not wait for each other, then what is left over. */
function sumOfBlock(m: Memory, n: i32, a: i32, stride: i32): f64 {
  // The first element, not 0, so that a sum of negative zeros stays one.
  if (n === 0) return 0;
  let total: f64 = m[a];
  if (n < 16) {
    for (let i: i32 = 1; i < n; i++) total += m[a + i * stride];
    return total;
  }
  let s1: f64 = m[a + stride];
  let s2: f64 = m[a + 2 * stride];
  let s3: f64 = m[a + 3 * stride];
  let s4: f64 = m[a + 4 * stride];
  let s5: f64 = m[a + 5 * stride];
  let s6: f64 = m[a + 6 * stride];
  let s7: f64 = m[a + 7 * stride];
  let p: i32 = a + 8 * stride;
  let i: i32 = 8;
  for (; i + 8 <= n; i += 8) {
    total += m[p];
    s1 += m[p + stride];
    s2 += m[p + 2 * stride];
    s3 += m[p + 3 * stride];
    s4 += m[p + 4 * stride];
    s5 += m[p + 5 * stride];
    s6 += m[p + 6 * stride];
    s7 += m[p + 7 * stride];
    p += 8 * stride;
  }
  total = total + s2 + (s4 + s6) + (s1 + s3 + (s5 + s7));
  for (; i < n; i++) {
    total += m[p];
    p += stride;
  }
  return total;
}

/** The largest power of two times `sumBlock` below n: where a sum is divided. */
function half(n: i32): i32 {
  let size: i32 = sumBlock;
  while (2 * size < n) size *= 2;
  return size;
}

/**
 * Pairwise summation by blocks: the rounding error grows with log n instead of n
 * (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., sec. 4.2). Blocks are paired from the start, so
 * whoever sums strip by strip, or only a part, can make the same pairs.
 */
export function sum(m: Memory, n: i32, a: i32, stride: i32): f64 {
  if (n <= sumBlock) return sumOfBlock(m, n, a, stride);
  const left: i32 = half(n);
  return sum(m, left, a, stride) + sum(m, n - left, a + left * stride, stride);
}

/** Whichever is compared first, the largest is the same: four at a time do not wait for each other. */
export function max(m: Memory, n: i32, a: i32, stride: i32): f64 {
  let most: f64 = m[a];
  let i: i32 = 1;
  let p: i32 = a + stride;
  if (n > 8) {
    let x: f64 = most;
    let y: f64 = most;
    let z: f64 = most;
    for (; i + 4 <= n; i += 4) {
      most = Math.max(most, m[p]);
      x = Math.max(x, m[p + stride]);
      y = Math.max(y, m[p + 2 * stride]);
      z = Math.max(z, m[p + 3 * stride]);
      p += 4 * stride;
    }
    most = Math.max(Math.max(most, x), Math.max(y, z));
  }
  for (; i < n; i++) {
    most = Math.max(most, m[p]);
    p += stride;
  }
  return most;
}

export function min(m: Memory, n: i32, a: i32, stride: i32): f64 {
  let least: f64 = m[a];
  let i: i32 = 1;
  let p: i32 = a + stride;
  if (n > 8) {
    let x: f64 = least;
    let y: f64 = least;
    let z: f64 = least;
    for (; i + 4 <= n; i += 4) {
      least = Math.min(least, m[p]);
      x = Math.min(x, m[p + stride]);
      y = Math.min(y, m[p + 2 * stride]);
      z = Math.min(z, m[p + 3 * stride]);
      p += 4 * stride;
    }
    least = Math.min(Math.min(least, x), Math.min(y, z));
  }
  for (; i < n; i++) {
    least = Math.min(least, m[p]);
    p += stride;
  }
  return least;
}

export function prod(m: Memory, n: i32, a: i32, stride: i32): f64 {
  let product: f64 = 1;
  for (let i: i32 = 0; i < n; i++) product *= m[a + i * stride];
  return product;
}

/** Sum of (x·scale)², by blocks as `sum`. */
function sumSquares(m: Memory, n: i32, a: i32, stride: i32, scale: f64): f64 {
  if (n > sumBlock) {
    const left: i32 = half(n);
    return sumSquares(m, left, a, stride, scale) + sumSquares(m, n - left, a + left * stride, stride, scale);
  }
  let even: f64 = 0;
  let odd: f64 = 0;
  let i: i32 = 0;
  for (; i + 1 < n; i += 2) {
    const x: f64 = m[a + i * stride] * scale;
    const y: f64 = m[a + (i + 1) * stride] * scale;
    even += x * x;
    odd += y * y;
  }
  if (i < n) {
    const x: f64 = m[a + i * stride] * scale;
    even += x * x;
  }
  return even + odd;
}

/** Powers of two, 2^±600: multiplying by them is exact. */
const large: f64 = 4.149515568880993e180;
const small: f64 = 2.409919865102884e-181;

/** The 2-norm; where squares would overflow or underflow, the elements are scaled by a power of 2, which is exact. */
export function norm(m: Memory, n: i32, a: i32, stride: i32): f64 {
  const squares: f64 = sumSquares(m, n, a, stride, 1);
  if ((squares > 1e-280 && squares < 1e300) || isNan(squares)) return Math.sqrt(squares);
  const scale: f64 = squares > 1 ? small : large;
  return Math.sqrt(sumSquares(m, n, a, stride, scale)) / scale;
}
