import { walk } from "./walk.js";
import { failureAt, failureCount, workspaceSize } from "./workspace.js";

/** A kernel that could not compute its result, the first of its instruction. */
export interface Failure {
  /** Where the instruction begins. */
  readonly pc: number;
  /** Which matrix of the batch, in row-major order. */
  readonly turn: number;
  /** What went wrong, as the kernel says. */
  readonly status: number;
}

/** What has failed, from the workspace of an interpretation. */
export function failuresOf(run: Int32Array): Failure[] {
  return Array.from({ length: failureCount(run) }, (_, i) => {
    const place = failureAt(i);
    return { pc: run[place], turn: run[place + 1], status: run[place + 2] };
  });
}

/** Walks the instructions from one word of the code to another over the arena, and returns what failed. */
export function interpret(code: Int32Array, start: number, end: number, mem: Float64Array): Failure[] {
  const run = new Int32Array(workspaceSize);
  walk(code, start, end, mem, run);
  return failuresOf(run);
}
