import type { Memory, Words } from "../kernels/portable/memory.js";
import { copyStrided, reduce, strip } from "./calls.js";
import { columnsAt, place, reductionsAt, reductionWords, widthAt } from "./strip-layout.js";

/**
 * Reductions of strips. What a strip gives is joined with what others gave in pairs, like the digits of a number that
 * counts strips: so a sum is pairwise however long it is, and whoever starts at a power of two makes the same pairs.
 */

/** Fewer columns than this are summed one after the other, more of them side by side. */
const fewColumns: i32 = 16;

/** What a reduction runs along. */
const alongColumns: i32 = 0;
const alongRows: i32 = 1;
const alongAll: i32 = 2;

/** Reduces one strip; the list of reductions begins at `at`. */
export function reduceStrip(
  code: Words,
  pc: i32,
  at: i32,
  mem: Memory,
  row: i32,
  column: i32,
  height: i32,
  width: i32,
  index: i32,
  number: i32,
): void {
  const columns = code[pc + columnsAt];
  const end: i32 = at + reductionWords * code[pc + reductionsAt];
  for (; at < end; at += reductionWords) {
    const kernel = code[at + 1];
    const join = code[at + 2];
    const source = place(code, pc, row * columns + column, code[at + 3]);
    const room = code[at + 5];
    if (code[at] === alongRows) {
      if (height > 1) joinRows(kernel, join, mem, source, height, width, room);
      push(join, mem, room, width, index, height > 1 ? room : source);
    } else if (code[at] === alongAll) {
      mem[room] = reduce(kernel, mem, height * width, source, 1);
      push(join, mem, room, 1, number, room);
    } else if (width === columns) {
      const to: i32 = code[at + 4] + row;
      for (let k: i32 = 0; k < height; k++)
        mem[to + k] = reduce(kernel, mem, columns, source + k * columns, 1);
    } else {
      mem[room] = reduce(kernel, mem, width, source, 1);
      push(join, mem, room, 1, index, room);
    }
  }
}

/** Where the list of reductions begins: it is the last one. */
function listOf(code: Words, pc: i32): i32 {
  return pc + code[pc + 1] - reductionWords * code[pc + reductionsAt];
}

/** When the strips of a row are done, if it took more than one. */
export function finishRow(code: Words, pc: i32, mem: Memory, row: i32, count: i32): void {
  if (code[pc + widthAt] === code[pc + columnsAt]) return;
  const end: i32 = pc + code[pc + 1];
  for (let at: i32 = listOf(code, pc); at < end; at += reductionWords) {
    if (code[at] === alongColumns) fold(code[at + 2], mem, code[at + 5], 1, count, code[at + 4] + row);
  }
}

/** When the strips of a stretch of columns are done. */
export function finishStretch(code: Words, pc: i32, mem: Memory, column: i32, count: i32): void {
  const rest: i32 = code[pc + columnsAt] - column;
  const width: i32 = rest < code[pc + widthAt] ? rest : code[pc + widthAt];
  const end: i32 = pc + code[pc + 1];
  for (let at: i32 = listOf(code, pc); at < end; at += reductionWords) {
    if (code[at] === alongRows) fold(code[at + 2], mem, code[at + 5], width, count, code[at + 4] + column);
  }
}

/** When all strips are done. */
export function finishAll(code: Words, pc: i32, mem: Memory, count: i32): void {
  const end: i32 = pc + code[pc + 1];
  for (let at: i32 = listOf(code, pc); at < end; at += reductionWords) {
    if (code[at] === alongAll) fold(code[at + 2], mem, code[at + 5], 1, count, code[at + 4]);
  }
}

/** The rows of a strip as one. */
function joinRows(kernel: i32, join: i32, mem: Memory, source: i32, height: i32, width: i32, to: i32): void {
  if (width < fewColumns) {
    for (let k: i32 = 0; k < width; k++) mem[to + k] = reduce(kernel, mem, height, source + k, width);
    return;
  }
  strip(join, mem, width, to, source, source + width, 0);
  for (let k: i32 = 2; k < height; k++) strip(join, mem, width, to, to, source + k * width, 0);
}

/** Joins the result with number `index` to those before it that are as many; the rest waits at its level. */
function push(join: i32, mem: Memory, room: i32, width: i32, index: i32, source: i32): void {
  let level: i32 = room + width;
  let from: i32 = source;
  for (let k: i32 = index; (k & 1) === 1; k >>= 1) {
    strip(join, mem, width, room, level, from, 0);
    from = room;
    level += width;
  }
  copyStrided(mem, width, level, 1, from, 1);
}

/** Joins what waits after `count` results, the least first. */
function fold(join: i32, mem: Memory, room: i32, width: i32, count: i32, to: i32): void {
  let level: i32 = room + width;
  let known = false;
  for (let k: i32 = count; k > 0; k >>= 1) {
    if ((k & 1) === 1) {
      if (known) strip(join, mem, width, to, level, to, 0);
      else copyStrided(mem, width, to, 1, level, 1);
      known = true;
    }
    level += width;
  }
}
