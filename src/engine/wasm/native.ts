import * as host from "./host";
import type { Memory } from "./memory";

/** What is left to a native library, where the host has one. */

/** From how many multiplications on: never without a library. */
let leastWork: f64 = Infinity;

export function useHostFrom(multiplications: f64): void {
  leastWork = multiplications;
}

/** The matrices from which on the library's own factorisations are faster. */
const leastRows: i32 = 100;

/** Whether a library, if there is one, is asked for a product of this size. */
export function isNative(m: i32, k: i32, n: i32): bool {
  return <f64>m * <f64>k * <f64>n >= leastWork;
}

/** As `matmul`; false, and nothing is done, where no library can. */
export function nativeProduct(
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
): bool {
  return isNative(m, k, n) && host.matmul(changetype<usize>(mem), m, k, n, c, a, ar, ac, b, br, bc);
}

/** As `subtractProduct`; false, and nothing is done, where no library can. */
export function nativeSubtraction(
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
): bool {
  return (
    isNative(m, k, n) && host.subtractProduct(changetype<usize>(mem), m, k, n, c, cr, a, ar, ac, b, br, bc)
  );
}

/** As a kernel of kernels/linalg.ts; −1, and what is to be written is undefined, where no library has done it. */
export function nativeFactors(
  kernel: i32,
  mem: Memory,
  d: i32,
  a: i32,
  b: i32,
  m: i32,
  n: i32,
  p: i32,
  work: i32,
): i32 {
  if (leastWork === Infinity || n < leastRows) return -1;
  return host.linalg(changetype<usize>(mem), kernel, d, a, b, m, n, p, work);
}
