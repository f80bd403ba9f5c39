import { matmul, subtractProduct } from "../matmul.js";
import type { Memory } from "../portable/memory.js";
import { copyRow, fillRow } from "../portable/rows.js";
import { reflect, reflector } from "./householder.js";

/** Reflections that are applied together. */
const block: i32 = 32;
/** From this many columns on, blocks are worth it, and what they need fits into the place of Rᵀ. */
const worthBlocks: i32 = 128;

/**
 * Householder QR of an m×n matrix, n ≤ m, with LAPACK's signs (dgeqr2): Q above Rᵀ in the destination.
 * Work: m×n for Q, then n factors τ. Until the end, the reflected matrix is where Q will be; the place of Rᵀ is free.
 */
export function qr(mem: Memory, d: i32, a: i32, _b: i32, m: i32, n: i32, _p: i32, work: i32): i32 {
  const size = m * n;
  const r = d + size;
  copyRow(mem, size, d, a);
  fillRow(mem, size, work, 0);
  for (let i: i32 = 0; i < n; i++) mem[work + i * (n + 1)] = 1;
  if (n < worthBlocks) {
    reflectPanel(mem, d, n, work + size, m, n, r);
    for (let k: i32 = n - 1; k >= 0; k--)
      reflect(mem, d + k * (n + 1), n, mem[work + size + k], work + k * (n + 1), m - k, n, n - k, r);
  } else {
    for (let k: i32 = 0; k < n; k += block) {
      const columns = block < n - k ? block : n - k;
      reflectPanel(mem, d + k * (n + 1), n, work + size + k, m - k, columns, r + block * n);
      reflectBlock(mem, d, work + size, m, n, k, true, d, k + columns, r);
    }
    for (let k: i32 = n - 1 - ((n - 1) % block); k >= 0; k -= block)
      reflectBlock(mem, d, work + size, m, n, k, false, work, k, r);
  }
  for (let i: i32 = 0; i < n; i++) {
    for (let j: i32 = 0; j < n; j++) mem[r + i * n + j] = j <= i ? mem[d + j * n + i] : 0;
  }
  copyRow(mem, size, d, work);
  return 0;
}

/** Reflects the columns one after another; `room` is for as many numbers. */
function reflectPanel(mem: Memory, x: i32, xr: i32, tau: i32, rows: i32, columns: i32, room: i32): void {
  for (let k: i32 = 0; k < columns; k++) {
    const v = x + k * (xr + 1);
    mem[tau + k] = reflector(mem, v, rows - k, xr);
    reflect(mem, v, xr, mem[tau + k], v + 1, rows - k, xr, columns - k - 1, room);
  }
}

/**
 * The reflections from the k-th on together, H = H₁ H₂ … = 1 − V T Vᵀ (Schreiber and Van Loan 1989, "A storage-efficient
 * WY representation"), or Hᵀ, applied to the columns of Y from `from` on. V lies in X under the diagonal. In `room`, the
 * triangles T stay from the first use, for Hᵀ, to the second.
 */
function reflectBlock(
  mem: Memory,
  x: i32,
  tau: i32,
  m: i32,
  n: i32,
  k: i32,
  transposed: bool,
  y: i32,
  from: i32,
  room: i32,
): void {
  const rows = m - k;
  const columns = block < n - k ? block : n - k;
  const count = n - from;
  const v = x + k * (n + 1);
  const c = y + k * n + from;
  const t = room + k * block;
  const corner = room + block * (n + block);
  const w = corner + block * block;
  const turned = w + block * n;
  clearCorner(mem, v, n, columns, corner);
  if (transposed) {
    matmul(mem, columns, rows, columns, w, v, 1, n, v, n, 1);
    triangle(mem, t, columns, tau + k, w);
  }
  if (count > 0) {
    matmul(mem, columns, rows, count, w, v, 1, n, c, n, 1);
    if (transposed) matmul(mem, columns, columns, count, turned, t, 1, columns, w, count, 1);
    else matmul(mem, columns, columns, count, turned, t, columns, 1, w, count, 1);
    subtractProduct(mem, rows, columns, count, c, n, v, n, 1, turned, count, 1);
  }
  for (let i: i32 = 0; i < columns; i++)
    copyRow(mem, columns - i, v + i * (n + 1), corner + i * (columns + 1));
}

/** Puts what lies on and above the diagonal aside, and 1 and 0 in its place. */
function clearCorner(mem: Memory, v: i32, vr: i32, n: i32, corner: i32): void {
  for (let i: i32 = 0; i < n; i++) {
    const row = v + i * vr;
    copyRow(mem, n, corner + i * n, row);
    mem[row + i] = 1;
    fillRow(mem, n - i - 1, row + i + 1, 0);
  }
}

/** The triangle T from the factors τ and the products VᵀV (LAPACK's dlarft). */
function triangle(mem: Memory, t: i32, n: i32, tau: i32, products: i32): void {
  fillRow(mem, n * n, t, 0);
  for (let j: i32 = 0; j < n; j++) {
    const factor = mem[tau + j];
    mem[t + j * (n + 1)] = factor;
    for (let i: i32 = 0; i < j; i++) {
      let sum: f64 = 0;
      for (let q: i32 = i; q < j; q++) sum += mem[t + i * n + q] * mem[products + q * n + j];
      mem[t + i * n + j] = -factor * sum;
    }
  }
}
