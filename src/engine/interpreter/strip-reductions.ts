import type { Memory, Words } from "../kernels/portable/memory.js";
import { copyStrided, reduce, reduceRows, strip } from "./calls.js";
import {
  alongAll,
  alongRows,
  buffersAt,
  columnsAt,
  isSequence,
  lengthAt,
  orderAt,
  partialsAt,
  place,
  reductionsAt,
  reductionWords,
  widthAt,
} from "./strip-layout.js";

/**
 * Reductions of strips. What a strip gives is joined with what others gave in pairs, like the digits of a number that
 * counts strips: so a sum is pairwise however long it is, and whoever starts at a power of two makes the same pairs.
 */

/** Fewer columns than this are summed one after the other, more of them side by side. */
const fewColumns: i32 = 16;

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
  buffers: i32,
): void {
  const columns = code[pc + columnsAt];
  const end: i32 = at + reductionWords * code[pc + reductionsAt];
  for (; at < end; at += reductionWords) {
    const kernel = code[at + 1];
    const join = code[at + 2];
    const source = place(code, pc, row * columns + column, code[at + 3], buffers);
    const room: i32 = buffers + code[at + 5];
    if (code[at] === alongRows) {
      if (height > 1) joinRows(kernel, join, mem, source, height, width, room);
      push(join, mem, room, width, index, height > 1 ? room : source);
    } else if (code[at] === alongAll) {
      mem[room] = reduce(kernel, mem, height * width, source, 1);
      push(join, mem, room, 1, number, room);
    } else if (width === columns) {
      reduceRows(kernel, mem, height, columns, code[at + 4] + row, source);
    } else {
      mem[room] = reduce(kernel, mem, width, source, 1);
      push(join, mem, room, 1, index, room);
    }
  }
}

/** Where the list of reductions begins: it is the last one. */
function listOf(code: Words, pc: i32): i32 {
  return pc + code[pc + lengthAt] - reductionWords * code[pc + reductionsAt];
}

/** When a line of `count` strips is done: a row, or a stretch of columns. */
export function finishLine(code: Words, pc: i32, mem: Memory, line: i32, count: i32, buffers: i32): void {
  const end: i32 = pc + code[pc + lengthAt];
  const byStretches: bool = code[pc + orderAt] === 1;
  const column: i32 = line * code[pc + widthAt];
  const rest: i32 = code[pc + columnsAt] - column;
  const stretch: i32 = rest < code[pc + widthAt] ? rest : code[pc + widthAt];
  for (let at: i32 = listOf(code, pc); at < end; at += reductionWords) {
    if (code[at] === alongAll) continue;
    const width: i32 = byStretches ? stretch : 1;
    const to: i32 = code[at + 4] + (byStretches ? column : line);
    fold(code[at + 2], mem, buffers + code[at + 5], width, count, to);
  }
}

/** When all of `count` strips are done, or as many shares of them as `count` says. */
export function finishAll(code: Words, pc: i32, mem: Memory, count: i32, buffers: i32): void {
  const end: i32 = pc + code[pc + lengthAt];
  for (let at: i32 = listOf(code, pc); at < end; at += reductionWords) {
    const width = pendingWidth(code, pc, at);
    if (width > 0) fold(code[at + 2], mem, buffers + code[at + 5], width, count, code[at + 4]);
  }
}

/** How many elements of a reduction wait for the last strip: none where a strip, or a line, is enough. */
function pendingWidth(code: Words, pc: i32, at: i32): i32 {
  if (code[at] === alongAll) return 1;
  return code[at] === alongRows && isSequence(code, pc) ? code[pc + columnsAt] : 0;
}

/** Elements of all reductions that wait for the last strip. */
export function pendingElements(code: Words, pc: i32): i32 {
  const end: i32 = pc + code[pc + lengthAt];
  let total: i32 = 0;
  for (let at: i32 = listOf(code, pc); at < end; at += reductionWords) total += pendingWidth(code, pc, at);
  return total;
}

/** Whether a reduction runs over all lines, so that their strips have to be joined in order. */
export function joinsLines(code: Words, pc: i32): bool {
  const end: i32 = pc + code[pc + lengthAt];
  let joins: bool = false;
  for (let at: i32 = listOf(code, pc); at < end; at += reductionWords) joins = joins || code[at] === alongAll;
  return joins;
}

/** When a share of `count` strips is done: what it gives goes to `to`. */
export function finishShare(code: Words, pc: i32, mem: Memory, count: i32, buffers: i32, to: i32): void {
  const end: i32 = pc + code[pc + lengthAt];
  for (let at: i32 = listOf(code, pc); at < end; at += reductionWords) {
    const width = pendingWidth(code, pc, at);
    if (width > 0) fold(code[at + 2], mem, buffers + code[at + 5], width, count, to);
    to += width;
  }
}

/** Joins what shares have given, each of as many strips as a power of two; then all are done. */
export function joinShares(code: Words, pc: i32, mem: Memory, shares: i32): void {
  const buffers = code[pc + buffersAt];
  const end: i32 = pc + code[pc + lengthAt];
  let from = code[pc + partialsAt];
  for (let index: i32 = 0; index < shares; index++) {
    for (let at: i32 = listOf(code, pc); at < end; at += reductionWords) {
      const width = pendingWidth(code, pc, at);
      if (width > 0) push(code[at + 2], mem, buffers + code[at + 5], width, index, from);
      from += width;
    }
  }
  finishAll(code, pc, mem, shares, buffers);
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
