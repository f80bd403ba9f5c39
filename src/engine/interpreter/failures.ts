import { failureAt, failureCount } from "./workspace.js";

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
