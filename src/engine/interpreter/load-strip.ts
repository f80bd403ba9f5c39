import type { Memory, Words } from "../kernels/portable/memory.js";
import { truncated } from "../kernels/portable/number.js";
import { copyStrided } from "./calls.js";

/**
 * Copies n elements of a view, from the element `flat` in row-major order on, into a buffer. At `at`: the rank, the
 * sizes, the offset and the strides.
 */
export function loadStrip(code: Words, at: i32, mem: Memory, buffer: i32, flat: i32, n: i32): void {
  const rank = code[at];
  const sizes: i32 = at + 1;
  const strides: i32 = sizes + rank + 1;
  const last: i32 = rank - 1;
  const length = code[sizes + last];
  const stride = code[strides + last];
  // Where along the last axis the strip begins, and how often that axis has been gone through before.
  let turns: i32 = truncated(flat / length);
  let index: i32 = flat - turns * length;
  let done: i32 = 0;
  while (done < n) {
    let from: i32 = code[sizes + rank] + index * stride;
    let rest: i32 = turns;
    for (let axis: i32 = last - 1; axis > 0; axis--) {
      const size = code[sizes + axis];
      const over: i32 = truncated(rest / size);
      from += (rest - over * size) * code[strides + axis];
      rest = over;
    }
    if (last > 0) from += rest * code[strides];
    const left: i32 = length - index;
    const count: i32 = left < n - done ? left : n - done;
    copyStrided(mem, count, buffer + done, 1, from, stride);
    done += count;
    turns += 1;
    index = 0;
  }
}
