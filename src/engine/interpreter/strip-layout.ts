import { stripLength } from "../instructions.js";
import type { Words } from "../kernels/portable/memory.js";

/** Where the words of `strips` stand, from its opcode on; `instructions.ts` says what they mean. */
export const lengthAt: i32 = 1;
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
export const partialsAt: i32 = 13;
export const shareAt: i32 = 14;
/** Where the lists begin. */
export const listsAt: i32 = 15;

/** Words of an instruction on strips: the kernel, the destination and three sources. */
export const instructionWords: i32 = 5;

/** Words of a reduction: along what, kernel, kernel that joins two results, source, destination, room. */
export const reductionWords: i32 = 6;

/** What a reduction runs along, where it is not columns. */
export const alongRows: i32 = 1;
export const alongAll: i32 = 2;

/** Where an operand's part of the strip lies: in the arena, or in one of the buffers. */
export function place(code: Words, pc: i32, flat: i32, operand: i32, buffers: i32): i32 {
  const direct = code[pc + directAt];
  if (operand < direct) return code[pc + listsAt + operand] + flat;
  return buffers + (operand - direct) * stripLength;
}

/** How many parts of at most `part` elements there are. */
export function parts(whole: i32, part: i32): i32 {
  let count: i32 = 0;
  for (let rest: i32 = whole; rest > 0; rest -= part) count += 1;
  return count;
}

/** Whether all strips follow one another; otherwise they come in lines, rows or stretches of columns, each on its own. */
export function isSequence(code: Words, pc: i32): bool {
  return code[pc + columnsAt] <= code[pc + widthAt] || (code[pc + orderAt] === 0 && code[pc + rowsAt] === 1);
}
