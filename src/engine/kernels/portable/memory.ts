/** The arena as kernels see it: elements by index. In WebAssembly, `engine/wasm/memory.ts` stands in the place of this file. */
export type Memory = Float64Array;

/** Integers of 32 bits: instructions, and what the interpreter keeps. */
export type Words = Int32Array;

/** A part of the arena with indices of its own. */
export const part = (m: Memory, start: i32, size: i32): Memory => m.subarray(start, start + size);

/** Copies n elements from one part of the arena to another; they do not overlap. */
export function copyBetween(to: Memory, at: i32, from: Memory, start: i32, n: i32): void {
  if (n > 32) to.set(from.subarray(start, start + n), at);
  else for (let i = 0; i < n; i++) to[at + i] = from[start + i];
}
