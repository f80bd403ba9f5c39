import { combined, combinedBase, contiguousBase, scalarBase } from "../instructions.js";
import { kernelTables } from "../kernel-numbers.js";
import { matmul } from "../kernels/matmul.js";
import type { Memory, Words } from "../kernels/portable/memory.js";

/**
 * Kernels by number. In WebAssembly, `engine/wasm/calls.ts` stands in the place of this file: calls through tables there
 * would cost more than the kernels do.
 */

/** Runs an instruction on contiguous elements and returns where the next one begins. */
export function runContiguous(code: Words, pc: i32, mem: Memory): i32 {
  const kernel = code[pc] - contiguousBase;
  strip(kernel, mem, code[pc + 1], code[pc + 2], code[pc + 3], code[pc + 4], code[pc + 5]);
  return pc + 3 + kernelTables.arity[kernel];
}

/** Runs an instruction on single elements and returns where the next one begins. */
export function runScalar(code: Words, pc: i32, mem: Memory): i32 {
  if (code[pc] >= combinedBase) return runCombined(code, pc, mem);
  const kernel = code[pc] - scalarBase;
  const arity = kernelTables.arity[kernel];
  const y = arity > 1 ? mem[code[pc + 3]] : 0;
  const z = arity > 2 ? mem[code[pc + 4]] : 0;
  mem[code[pc + 1]] = kernelTables.scalar[kernel](mem[code[pc + 2]], y, z);
  return pc + 2 + arity;
}

function runCombined(code: Words, pc: i32, mem: Memory): i32 {
  const product = mem[code[pc + 2]] * mem[code[pc + 3]];
  const z = mem[code[pc + 4]];
  const operation = code[pc];
  mem[code[pc + 1]] =
    operation === combined.mulAdd ? product + z : operation === combined.mulSub ? product - z : z - product;
  return pc + 5;
}

/** Both kernels of a pair over n contiguous elements; the second result may lie where the operand does. */
export function runPair(pair: i32, m: Memory, n: i32, d: i32, e: i32, a: i32): void {
  const [first, second] = kernelTables.pairs[pair]!;
  strip(first, m, n, d, a, 0, 0);
  strip(second, m, n, e, a, 0, 0);
}

/** An elementwise kernel over n contiguous elements; operands that it does not have are not read. */
export function strip(kernel: i32, m: Memory, n: i32, d: i32, a: i32, b: i32, c: i32): void {
  stridedMap(kernel, m, n, d, 1, a, 1, b, 1, c, 1);
}

/** An elementwise kernel over n elements of each operand, at its stride. */
export function stridedMap(
  kernel: i32,
  m: Memory,
  n: i32,
  d: i32,
  ds: i32,
  a: i32,
  as: i32,
  b: i32,
  bs: i32,
  c: i32,
  cs: i32,
): void {
  const f = kernelTables.scalar[kernel];
  const arity = kernelTables.arity[kernel];
  if (arity === 1) for (let i = 0; i < n; i++) m[d + i * ds] = f(m[a + i * as], 0, 0);
  else if (arity === 2) kernelTables.strip2[kernel](f, m, n, d, ds, a, as, b, bs);
  else for (let i = 0; i < n; i++) m[d + i * ds] = f(m[a + i * as], m[b + i * bs], m[c + i * cs]);
}

/** Has others run a part of `strips`; false, and nothing is done, where nobody is there. */
export const shareStrips = (_code: Words, _pc: i32, _mem: Memory, _units: i32): bool => false;

export function copyStrided(m: Memory, n: i32, d: i32, ds: i32, a: i32, as: i32): void {
  if (ds === 1 && as === 1 && n > 32) m.copyWithin(d, a, a + n);
  else for (let i = 0; i < n; i++) m[d + i * ds] = m[a + i * as];
}

/** Writes each of some elements, `stride` apart, `length` times. */
export function repeatRows(m: Memory, rows: i32, length: i32, d: i32, a: i32, stride: i32): void {
  for (let row = 0; row < rows; row++) m.fill(m[a + row * stride], d + row * length, d + (row + 1) * length);
}

/** n elements to one. */
export const reduce = (kernel: i32, m: Memory, n: i32, a: i32, stride: i32): f64 =>
  kernelTables.reducer[kernel](m, n, a, stride);

/** Each of some rows, which lie one after another, to one. */
export function reduceRows(kernel: i32, m: Memory, rows: i32, columns: i32, d: i32, a: i32): void {
  for (let row = 0; row < rows; row++) m[d + row] = reduce(kernel, m, columns, a + row * columns, 1);
}

/** n elements to n. */
export function alongAxis(kernel: i32, m: Memory, n: i32, d: i32, ds: i32, a: i32, as: i32): void {
  kernelTables.axis[kernel](m, n, d, ds, a, as);
}

/** A kernel of `kernels/linalg.ts`; returns 0, or what failed. */
export const linalg = (
  kernel: i32,
  m: Memory,
  d: i32,
  a: i32,
  b: i32,
  p: i32,
  q: i32,
  r: i32,
  work: i32,
): i32 => kernelTables.linalg[kernel](m, d, a, b, p, q, r, work);

/** n random numbers. */
export function random(kernel: i32, m: Memory, n: i32, d: i32, low: i32, high: i32): void {
  kernelTables.random[kernel](m, n, d, low, high);
}

/** Products of `count` matrices, which lie so many elements from one to the next. */
export function matmuls(
  m: Memory,
  count: i32,
  rows: i32,
  inner: i32,
  columns: i32,
  c: i32,
  cs: i32,
  a: i32,
  as: i32,
  ar: i32,
  ac: i32,
  b: i32,
  bs: i32,
  br: i32,
  bc: i32,
): void {
  for (let k = 0; k < count; k++)
    matmul(m, rows, inner, columns, c + k * cs, a + k * as, ar, ac, b + k * bs, br, bc);
}
