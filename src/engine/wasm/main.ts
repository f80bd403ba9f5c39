import { walk as walkCode } from "../interpreter/walk";
import { contiguous, linalg as runLinalg } from "./dispatch";
import type { Memory, Words } from "./memory";

export { useHostFrom } from "./calls";
export { matmul, matmulRows, scratchBytes, subtractProduct, useScratch } from "./matmul";

/** The first address that is free: what the compiler has placed ends here. */
export const heapBase: usize = __heap_base;

/** Walks instructions, from one word of the code to another. All other arguments are addresses. */
export function walk(code: usize, start: i32, end: i32, arena: usize, workspace: usize): void {
  walkCode(changetype<Words>(code), start, end, changetype<Memory>(arena), changetype<Words>(workspace));
}

/** An elementwise kernel over n elements; the operands are addresses. */
export function strip(kernel: i32, n: i32, d: usize, a: usize, b: usize, c: usize): void {
  contiguous(kernel, n, d, a, b, c);
}

/** A kernel on matrices; returns 0, or what failed. The arena is an address, all others are indices of its elements. */
export function linalg(
  kernel: i32,
  arena: usize,
  d: i32,
  a: i32,
  b: i32,
  p: i32,
  q: i32,
  r: i32,
  work: i32,
): i32 {
  return runLinalg(kernel, changetype<Memory>(arena), d, a, b, p, q, r, work);
}
