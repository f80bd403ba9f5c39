import type { Memory } from "./memory.js";
import { finite } from "./number.js";

// Operations on rows of `count` contiguous elements; in WebAssembly `engine/wasm/rows.ts` stands in the place of this
// file. They have the same bits in both.

/** From this many elements on, the host's function is faster than a loop. */
const many: i32 = 32;

/** d = s, for rows that do not overlap. */
export function copyRow(mem: Memory, count: i32, d: i32, s: i32): void {
  if (count >= many) mem.copyWithin(d, s, s + count);
  else for (let i = 0; i < count; i++) mem[d + i] = mem[s + i];
}

/** All elements of d = value. */
export function fillRow(mem: Memory, count: i32, d: i32, value: f64): void {
  if (count >= many) mem.fill(value, d, d + count);
  else for (let i = 0; i < count; i++) mem[d + i] = value;
}

/** Whether all elements from `a` on are finite. */
export function allFinite(mem: Memory, a: i32, count: i32): bool {
  for (let i: i32 = a; i < a + count; i++) if (!finite(mem[i])) return false;
  return true;
}

/** d += factor·s. */
export function addMultiple(mem: Memory, count: i32, d: i32, factor: f64, s: i32): void {
  for (let i = 0; i < count; i++) mem[d + i] += factor * mem[s + i];
}

export function divideRow(mem: Memory, count: i32, d: i32, divisor: f64): void {
  for (let i = 0; i < count; i++) mem[d + i] /= divisor;
}

export function exchangeRows(mem: Memory, count: i32, x: i32, y: i32): void {
  for (let i = 0; i < count; i++) {
    const t = mem[x + i];
    mem[x + i] = mem[y + i];
    mem[y + i] = t;
  }
}

/** x and y become c·x − s·y and s·x + c·y. */
export function rotateRows(mem: Memory, count: i32, x: i32, y: i32, c: f64, s: f64): void {
  for (let i = 0; i < count; i++) {
    const p = mem[x + i];
    const q = mem[y + i];
    mem[x + i] = c * p - s * q;
    mem[y + i] = s * p + c * q;
  }
}

/** Four sums side by side, the first and third and the second and fourth added; up to three elements come last. */
export function innerProduct(mem: Memory, count: i32, x: i32, y: i32): f64 {
  const whole = count & ~3;
  let s0: f64 = 0;
  let s1: f64 = 0;
  let s2: f64 = 0;
  let s3: f64 = 0;
  for (let i = 0; i < whole; i += 4) {
    s0 += mem[x + i] * mem[y + i];
    s1 += mem[x + i + 1] * mem[y + i + 1];
    s2 += mem[x + i + 2] * mem[y + i + 2];
    s3 += mem[x + i + 3] * mem[y + i + 3];
  }
  let total = s0 + s2 + (s1 + s3);
  for (let i = whole; i < count; i++) total += mem[x + i] * mem[y + i];
  return total;
}

/** x·x, y·y and x·y, summed like `innerProduct`, to three elements at d. */
export function innerProducts(mem: Memory, count: i32, d: i32, x: i32, y: i32): void {
  mem[d] = innerProduct(mem, count, x, x);
  mem[d + 1] = innerProduct(mem, count, y, y);
  mem[d + 2] = innerProduct(mem, count, x, y);
}
