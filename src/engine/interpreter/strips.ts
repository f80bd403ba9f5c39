import { stripLength } from "../instructions.js";
import type { Memory, Words } from "../kernels/portable/memory.js";
import { strip } from "./calls.js";
import { loadStrip } from "./load-strip.js";
import {
  buffersAt,
  columnsAt,
  directAt,
  heightAt,
  instructionsAt,
  instructionWords,
  listsAt,
  orderAt,
  place,
  rowsAt,
  splatsAt,
  walkedAt,
  widthAt,
} from "./strip-layout.js";
import { finishAll, finishRow, finishStretch, reduceStrip } from "./strip-reductions.js";

/** Runs `strips`, as `instructions.ts` describes it, and returns where the next instruction begins. */
export function runStrips(code: Words, pc: i32, mem: Memory): i32 {
  const rows = code[pc + rowsAt];
  const columns = code[pc + columnsAt];
  const height = code[pc + heightAt];
  const width = code[pc + widthAt];
  fillSplats(code, pc, mem);
  let number: i32 = 0;
  if (code[pc + orderAt] === 1) {
    for (let column: i32 = 0; column < columns; column += width) {
      const first: i32 = number;
      for (let row: i32 = 0; row < rows; row += height) {
        runStrip(code, pc, mem, row, column, number - first, number);
        number += 1;
      }
      finishStretch(code, pc, mem, column, number - first);
    }
  } else {
    for (let row: i32 = 0; row < rows; row += height) {
      const first: i32 = number;
      for (let column: i32 = 0; column < columns; column += width) {
        runStrip(code, pc, mem, row, column, number - first, number);
        number += 1;
      }
      finishRow(code, pc, mem, row, number - first);
    }
  }
  finishAll(code, pc, mem, number);
  return pc + code[pc + 1];
}

/** Writes out a strip of each operand that is one number, once for all strips. */
function fillSplats(code: Words, pc: i32, mem: Memory): void {
  const splats = code[pc + splatsAt];
  const list: i32 = pc + listsAt + code[pc + directAt];
  let buffer = code[pc + buffersAt];
  for (let k: i32 = 0; k < splats; k++) {
    mem.fill(mem[code[list + k]], buffer, buffer + stripLength);
    buffer += stripLength;
  }
}

/**
 * One strip: from `row` and `column` on, as many rows and columns as there are. `index` counts the strips of a row or
 * stretch, `number` all of them.
 */
function runStrip(code: Words, pc: i32, mem: Memory, row: i32, column: i32, index: i32, number: i32): void {
  const columns = code[pc + columnsAt];
  const height = lesser(code[pc + heightAt], code[pc + rowsAt] - row);
  const width = lesser(code[pc + widthAt], columns - column);
  const n: i32 = height * width;
  const flat: i32 = row * columns + column;
  const splats = code[pc + splatsAt];
  const walked = code[pc + walkedAt];
  let at: i32 = pc + listsAt + code[pc + directAt] + splats;
  let buffer: i32 = code[pc + buffersAt] + splats * stripLength;
  for (let k: i32 = 0; k < walked; k++) {
    loadStrip(code, at, mem, buffer, flat, n);
    buffer += stripLength;
    at += 2 + 2 * code[at];
  }
  const end: i32 = at + instructionWords * code[pc + instructionsAt];
  for (; at < end; at += instructionWords) {
    strip(
      code[at],
      mem,
      n,
      place(code, pc, flat, code[at + 1]),
      place(code, pc, flat, code[at + 2]),
      place(code, pc, flat, code[at + 3]),
      place(code, pc, flat, code[at + 4]),
    );
  }
  reduceStrip(code, pc, at, mem, row, column, height, width, index, number);
}

function lesser(x: i32, y: i32): i32 {
  return x < y ? x : y;
}
