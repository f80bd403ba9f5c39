import type { Memory } from "../portable/memory.js";
import { addMultiple, copyRow } from "../portable/rows.js";
import { powerNear } from "./kernel.js";

/**
 * Makes the column at `x` (with this many elements) the vector v of the reflection 1 − τ v vᵀ, v₀ = 1, that turns it into
 * β e₁; β is left in the place of v₀. Returns τ, 0 where nothing has to be turned (Golub and Van Loan, 4th ed., alg. 5.1.1).
 */
export function reflector(mem: Memory, x: i32, count: i32, stride: i32): f64 {
  let most: f64 = 0;
  for (let i: i32 = 1; i < count; i++) most = Math.max(most, Math.abs(mem[x + i * stride]));
  if (most === 0) return 0;
  // Only ratios matter, and divided by a power of two, exactly, their squares neither overflow nor underflow.
  const scale = powerNear(Math.max(most, Math.abs(mem[x])));
  const alpha = mem[x] / scale;
  let squares = alpha * alpha;
  for (let i: i32 = 1; i < count; i++) {
    const y = mem[x + i * stride] / scale;
    squares += y * y;
  }
  const beta = alpha >= 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
  for (let i: i32 = 1; i < count; i++) mem[x + i * stride] = mem[x + i * stride] / scale / (alpha - beta);
  mem[x] = beta * scale;
  return (beta - alpha) / beta;
}

/**
 * Y −= τ v (vᵀ Y), row by row; v₀ counts as 1. The elements of v lie `vs` apart, the rows of Y `yr`; `room` gets τ vᵀ Y.
 */
export function reflect(
  mem: Memory,
  v: i32,
  vs: i32,
  tau: f64,
  y: i32,
  rows: i32,
  yr: i32,
  columns: i32,
  room: i32,
): void {
  if (tau === 0 || columns === 0) return;
  copyRow(mem, columns, room, y);
  for (let i: i32 = 1; i < rows; i++) addMultiple(mem, columns, room, mem[v + i * vs], y + i * yr);
  for (let j: i32 = 0; j < columns; j++) mem[room + j] *= tau;
  addMultiple(mem, columns, y, -1, room);
  for (let i: i32 = 1; i < rows; i++) addMultiple(mem, columns, y + i * yr, -mem[v + i * vs], room);
}
