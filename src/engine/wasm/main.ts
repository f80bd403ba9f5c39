import { walk as walkCode } from "../interpreter/walk";
import { gatheredBytes, useBuffers } from "./calls";
import { contiguous, linalg as runLinalg } from "./dispatch";
import { scratchBytes as productBytes, useScratch as useProductScratch } from "./matmul";
import type { Memory, Words } from "./memory";

export { matmul, matmulRows, subtractProduct } from "./matmul";
export { useHostFrom } from "./native";
export { giveUp, help, joinTeam } from "./team";

/** The first address that is free: what the compiler has placed ends here. */
export const heapBase: usize = __heap_base;

/** Bytes that an instance needs for itself. */
export const scratchBytes: usize = productBytes + gatheredBytes;

/** Has to be called first: the address, a multiple of 16, of room that no other instance uses. */
export function useScratch(address: usize): void {
  useProductScratch(address);
  useBuffers(address + productBytes);
}

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
