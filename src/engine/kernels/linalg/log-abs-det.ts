import { log } from "../elementwise/logarithm.js";
import { first, splat } from "../portable/lane.js";
import type { Memory } from "../portable/memory.js";

/** n = rows; a: the packed factors. */
export function logAbsDet(mem: Memory, d: i32, a: i32, _b: i32, _m: i32, n: i32, _p: i32, _work: i32): i32 {
  let total: f64 = 0;
  for (let i: i32 = 0; i < n; i++) total += first(log(splat(Math.abs(mem[a + i * n + i]))));
  mem[d] = total;
  return 0;
}
