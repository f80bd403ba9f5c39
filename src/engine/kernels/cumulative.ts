import type { Memory } from "./portable/memory.js";

export function cumsum(m: Memory, n: i32, d: i32, ds: i32, a: i32, as: i32): void {
  let total: f64 = m[a];
  m[d] = total;
  for (let i: i32 = 1; i < n; i++) {
    total += m[a + i * as];
    m[d + i * ds] = total;
  }
}

export function cumprod(m: Memory, n: i32, d: i32, ds: i32, a: i32, as: i32): void {
  let total: f64 = m[a];
  m[d] = total;
  for (let i: i32 = 1; i < n; i++) {
    total *= m[a + i * as];
    m[d + i * ds] = total;
  }
}

/** h₀ = c₀, hᵢ = aᵢ·hᵢ₋₁ + cᵢ; a₀ is not read. */
export function recurrence(m: Memory, n: i32, d: i32, ds: i32, a: i32, as: i32, c: i32, cs: i32): void {
  let h: f64 = m[c];
  m[d] = h;
  for (let i: i32 = 1; i < n; i++) {
    h = m[a + i * as] * h + m[c + i * cs];
    m[d + i * ds] = h;
  }
}
