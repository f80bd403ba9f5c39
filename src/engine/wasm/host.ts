/** What is JavaScript, or native code behind it. `arena` is the address that offsets count from. */

/** A kernel of kernels/linalg.ts by a native library; −1 where it cannot. */
export declare function linalg(
  arena: usize,
  kernel: i32,
  d: i32,
  a: i32,
  b: i32,
  p: i32,
  q: i32,
  r: i32,
  work: i32,
): i32;
export declare function random(arena: usize, kernel: i32, n: i32, d: i32, low: i32, high: i32): void;
/** A matrix product by a native library; false, and nothing is done, where it cannot. */
export declare function matmul(
  arena: usize,
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
): bool;
/** The same, for C less the product. */
export declare function subtractProduct(
  arena: usize,
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
): bool;

/** Whether a thread of the team has not ended. */
export declare function isAlive(member: i32): bool;
/** Ends the run, because a share of its work is lost. */
export declare function failTeam(): void;
