import { walk as walkCode } from "../interpreter/walk";
import { contiguous } from "./dispatch";
import type { Memory, Words } from "./memory";

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
