import { stripLength } from "../instructions.js";
import type { Memory, Words } from "../kernels/portable/memory.js";
import { shareStrips, strip } from "./calls.js";
import { loadStrip } from "./load-strip.js";
import {
  buffersAt,
  columnsAt,
  directAt,
  heightAt,
  instructionsAt,
  instructionWords,
  isSequence,
  lengthAt,
  listsAt,
  orderAt,
  parts,
  place,
  rowsAt,
  splatsAt,
  walkedAt,
  widthAt,
} from "./strip-layout.js";
import { finishAll, finishLine, reduceStrip } from "./strip-reductions.js";

/** Runs `strips`, as `instructions.ts` describes it, and returns where the next instruction begins. */
export function runStrips(code: Words, pc: i32, mem: Memory): i32 {
  const units = unitsOf(code, pc);
  if (!shareStrips(code, pc, mem, units)) {
    const buffers = code[pc + buffersAt];
    const count = runUnits(code, pc, mem, 0, units, buffers);
    finishAll(code, pc, mem, count, buffers);
  }
  return pc + code[pc + lengthAt];
}

/** What may be computed apart: strips, if they follow one another, or else lines of them. */
export function unitsOf(code: Words, pc: i32): i32 {
  const byRows = parts(code[pc + rowsAt], code[pc + heightAt]);
  const byColumns = parts(code[pc + columnsAt], code[pc + widthAt]);
  if (isSequence(code, pc)) return byRows * byColumns;
  return code[pc + orderAt] === 1 ? byColumns : byRows;
}

/** Runs units from one to another with the buffers given, and returns how many strips that were. */
export function runUnits(code: Words, pc: i32, mem: Memory, from: i32, to: i32, buffers: i32): i32 {
  fillSplats(code, pc, mem, buffers);
  const rows = code[pc + rowsAt];
  const columns = code[pc + columnsAt];
  const height = code[pc + heightAt];
  const width = code[pc + widthAt];
  let number: i32 = 0;
  if (isSequence(code, pc)) {
    const isNarrow: bool = columns <= width;
    for (let unit: i32 = from; unit < to; unit++) {
      runStrip(
        code,
        pc,
        mem,
        isNarrow ? unit * height : 0,
        isNarrow ? 0 : unit * width,
        number,
        number,
        buffers,
      );
      number += 1;
    }
    return number;
  }
  const byStretches: bool = code[pc + orderAt] === 1;
  for (let unit: i32 = from; unit < to; unit++) {
    const first: i32 = number;
    const end: i32 = byStretches ? rows : columns;
    const step: i32 = byStretches ? height : width;
    for (let at: i32 = 0; at < end; at += step) {
      const row: i32 = byStretches ? at : unit;
      const column: i32 = byStretches ? unit * width : at;
      runStrip(code, pc, mem, row, column, number - first, number, buffers);
      number += 1;
    }
    finishLine(code, pc, mem, unit, number - first, buffers);
  }
  return number;
}

/** Writes out a strip of each operand that is one number, once for all strips. */
function fillSplats(code: Words, pc: i32, mem: Memory, buffers: i32): void {
  const splats = code[pc + splatsAt];
  const list: i32 = pc + listsAt + code[pc + directAt];
  for (let k: i32 = 0; k < splats; k++) {
    const buffer: i32 = buffers + k * stripLength;
    mem.fill(mem[code[list + k]], buffer, buffer + stripLength);
  }
}

/**
 * One strip: from `row` and `column` on, as many rows and columns as there are. `index` counts the strips of a line,
 * `number` all of them.
 */
function runStrip(
  code: Words,
  pc: i32,
  mem: Memory,
  row: i32,
  column: i32,
  index: i32,
  number: i32,
  buffers: i32,
): void {
  const columns = code[pc + columnsAt];
  const height = lesser(code[pc + heightAt], code[pc + rowsAt] - row);
  const width = lesser(code[pc + widthAt], columns - column);
  const n: i32 = height * width;
  const flat: i32 = row * columns + column;
  const splats = code[pc + splatsAt];
  const walked = code[pc + walkedAt];
  let at: i32 = pc + listsAt + code[pc + directAt] + splats;
  let buffer: i32 = buffers + splats * stripLength;
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
      place(code, pc, flat, code[at + 1], buffers),
      place(code, pc, flat, code[at + 2], buffers),
      place(code, pc, flat, code[at + 3], buffers),
      place(code, pc, flat, code[at + 4], buffers),
    );
  }
  reduceStrip(code, pc, at, mem, row, column, height, width, index, number, buffers);
}

function lesser(x: i32, y: i32): i32 {
  return x < y ? x : y;
}
