import type { Words } from "../kernels/portable/memory.js";

/**
 * What one interpretation keeps: the loops of the nest that runs, and what has failed. A list of words, because that is
 * what JavaScript and WebAssembly share:
 *
 *   at[4]  counter[32]  …  failures  (pc turn status)…
 */

/** The current offset of each operand of a nest. */
export const at: i32 = 0;
/** How often each loop of a nest has turned. Loops of one turn are gone, so no arena has room for more of them. */
export const counter: i32 = 4;
const failures: i32 = 40;
const mostFailures: i32 = 1000;

export const workspaceSize: i32 = 44 + 3 * mostFailures;

export function failureCount(run: Words): i32 {
  return run[failures];
}

/** Before the next interpretation; nothing else is read before it is written. */
export function forgetFailures(run: Words): void {
  run[failures] = 0;
}

/** Where the words (pc, turn, status) of a failure begin. */
export function failureAt(index: i32): i32 {
  return failures + 1 + 3 * index;
}

/** Notes a kernel that could not compute its result; those beyond the first thousand are not told apart. */
export function fail(run: Words, pc: i32, turn: i32, status: i32): void {
  const count = run[failures];
  if (count === mostFailures) return;
  const place = failureAt(count);
  run[place] = pc;
  run[place + 1] = turn;
  run[place + 2] = status;
  run[failures] = count + 1;
}
