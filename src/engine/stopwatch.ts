import type { Failure } from "./interpreter/failures.js";
import type { Machine } from "./machine.js";
import type { Mark } from "./marks.js";

/** How long instructions took that were timed together. */
export interface Timing {
  readonly marks: readonly Mark[];
  readonly milliseconds: number;
}

/** How often nothing is timed to find out what timing takes. */
const trials = 201;

/** What it takes to read the clock and to enter the interpreter, in milliseconds: the median, since some trials are interrupted. */
export function costOfTiming(machine: Machine): number {
  const times = Float64Array.from({ length: trials }, () => timed(machine, 0, 0).milliseconds).sort();
  return times[(trials - 1) / 2]!;
}

/** How long the instructions took, from one word of the code to another, and what failed. */
export function timed(
  machine: Machine,
  start: number,
  end: number,
): { milliseconds: number; failures: Failure[] } {
  const before = performance.now();
  const failures = machine.run(start, end);
  return { milliseconds: performance.now() - before, failures };
}

/** Neighbours that belong together, in the order of the code. */
export function neighbours(
  marks: readonly Mark[],
  areTogether: (one: Mark, next: Mark) => boolean,
): (readonly Mark[])[] {
  const found: Mark[][] = [];
  for (const mark of marks) {
    const last = found.at(-1)?.at(-1);
    if (last !== undefined && areTogether(last, mark)) found.at(-1)!.push(mark);
    else found.push([mark]);
  }
  return found;
}
