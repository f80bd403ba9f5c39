import { stripLength } from "../instructions.js";
import type { Words } from "../kernels/portable/memory.js";

/** Where the words of `strips` stand, from its opcode on; `instructions.ts` says what they mean. */
export const rowsAt: i32 = 2;
export const columnsAt: i32 = 3;
export const heightAt: i32 = 4;
export const widthAt: i32 = 5;
export const orderAt: i32 = 6;
export const buffersAt: i32 = 7;
export const directAt: i32 = 8;
export const splatsAt: i32 = 9;
export const walkedAt: i32 = 10;
export const instructionsAt: i32 = 11;
export const reductionsAt: i32 = 12;
/** Where the lists begin. */
export const listsAt: i32 = 13;

/** Words of an instruction on strips: the kernel, the destination and three sources. */
export const instructionWords: i32 = 5;

/** Words of a reduction: along columns or rows, kernel, kernel that joins two results, source, destination, room. */
export const reductionWords: i32 = 6;

/** Where an operand's part of the strip lies: in the arena, or in a buffer. */
export function place(code: Words, pc: i32, flat: i32, operand: i32): i32 {
  const direct = code[pc + directAt];
  if (operand < direct) return code[pc + listsAt + operand] + flat;
  return code[pc + buffersAt] + (operand - direct) * stripLength;
}
