import type { Memory, Words } from "../kernels/portable/memory.js";
import { truncated } from "../kernels/portable/number.js";
import { copyStrided, repeatRows } from "./calls.js";

/** Shorter runs are copied here: a call would take longer than they do. */
const shortRun: i32 = 8;

/**
 * Copies n elements of a view, from the element `flat` in row-major order on, into a buffer. At `at`: the rank, the
 * sizes, the offset and the strides. The last two axes are walked; only where both are through does it take divisions to
 * find out where the next one begins.
 */
export function loadStrip(code: Words, at: i32, mem: Memory, buffer: i32, flat: i32, n: i32): void {
  const last: i32 = code[at] - 1;
  const strides: i32 = at + code[at] + 2;
  const length = code[at + 1 + last];
  const stride = code[strides + last];
  const rows: i32 = last > 0 ? code[at + last] : 1;
  const rowStride: i32 = last > 0 ? code[strides + last - 1] : 0;
  const turns: i32 = truncated(flat / length);
  let index: i32 = flat - turns * length;
  let outer: i32 = truncated(turns / rows);
  let row: i32 = turns - outer * rows;
  let base = beginning(code, at, outer);
  let to: i32 = buffer;
  const end: i32 = buffer + n;
  while (to < end) {
    if (index === 0 && (length <= shortRow || stride === 0)) {
      const whole: i32 = truncated((end - to) / length);
      const count: i32 = whole < rows - row ? whole : rows - row;
      const from: i32 = base + row * rowStride;
      if (length > shortRow) repeatRows(mem, count, length, to, from, rowStride);
      else copyRows(mem, count, length, to, from, rowStride, stride);
      to += count * length;
      row += count;
      if (row === rows) {
        row = 0;
        outer += 1;
        base = beginning(code, at, outer);
      }
      if (count > 0) continue;
    }
    let from: i32 = base + row * rowStride + index * stride;
    const left: i32 = length - index;
    const count: i32 = left < end - to ? left : end - to;
    if (count > shortRun) copyStrided(mem, count, to, 1, from, stride);
    else {
      for (let k: i32 = 0; k < count; k++) {
        mem[to + k] = mem[from];
        from += stride;
      }
    }
    to += count;
    index = 0;
    row += 1;
    if (row === rows) {
      row = 0;
      outer += 1;
      base = beginning(code, at, outer);
    }
  }
}

/** Rows of so many elements are copied by code of their own: points in a plane or in space come in such. */
const shortRow: i32 = 4;

/** Copies `count` rows of `length` elements, `stride` apart, to lie one after another; at most `shortRow` are in each. */
function copyRows(
  mem: Memory,
  count: i32,
  length: i32,
  to: i32,
  from: i32,
  rowStride: i32,
  stride: i32,
): void {
  const end: i32 = to + count * length;
  if (length === 1) {
    for (; to < end; to += 1) {
      mem[to] = mem[from];
      from += rowStride;
    }
  } else if (length === 2) {
    for (; to < end; to += 2) {
      mem[to] = mem[from];
      mem[to + 1] = mem[from + stride];
      from += rowStride;
    }
  } else if (length === 3) {
    for (; to < end; to += 3) {
      mem[to] = mem[from];
      mem[to + 1] = mem[from + stride];
      mem[to + 2] = mem[from + 2 * stride];
      from += rowStride;
    }
  } else {
    for (; to < end; to += 4) {
      mem[to] = mem[from];
      mem[to + 1] = mem[from + stride];
      mem[to + 2] = mem[from + 2 * stride];
      mem[to + 3] = mem[from + 3 * stride];
      from += rowStride;
    }
  }
}

/** Where the last two axes begin for the turn `outer` of those before them. */
function beginning(code: Words, at: i32, outer: i32): i32 {
  const rank = code[at];
  const strides: i32 = at + rank + 2;
  let from = code[at + 1 + rank];
  let rest: i32 = outer;
  for (let axis: i32 = rank - 3; axis >= 0; axis--) {
    const size = code[at + 1 + axis];
    const over: i32 = truncated(rest / size);
    from += (rest - over * size) * code[strides + axis];
    rest = over;
  }
  return from;
}
