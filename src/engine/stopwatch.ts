import type { Failure } from "./interpreter/failures.js";
import type { Machine } from "./machine.js";
import type { Mark } from "./marks.js";

/** How long instructions took that were timed together. */
export interface Timing {
  readonly marks: readonly Mark[];
  readonly milliseconds: number;
}

/** What timing has found. */
export interface Times {
  /** In the order of the code; of several runs, the shortest time of each. */
  readonly timings: readonly Timing[];
  /** What was taken off each timing, because timing itself takes it. */
  readonly cost: number;
  readonly runs: number;
  /** How long the first run took as a whole. */
  readonly first: number;
}

/** A short run is repeated until all have taken so long, or until there were so many. */
const enoughMilliseconds = 250;
const mostRuns = 100;

/**
 * How long the marks take, or neighbours of them that are to be timed together. In a process that has just begun, most
 * of a short run is spent on compiling the engine, so short runs are repeated. `begin` writes the inputs.
 */
export function time(
  machine: Machine,
  marks: readonly Mark[],
  areTogether: (one: Mark, next: Mark) => boolean,
  begin: () => void,
  check: (failures: readonly Failure[]) => void,
): Times {
  const together = neighbours(marks, areTogether);
  const shortest = new Float64Array(together.length).fill(Number.POSITIVE_INFINITY);
  const runOnce = () => {
    begin();
    let total = 0;
    together.forEach((some, i) => {
      const { milliseconds, failures } = timed(machine, some[0]!.start, some.at(-1)!.end);
      check(failures);
      shortest[i] = Math.min(shortest[i]!, milliseconds);
      total += milliseconds;
    });
    return total;
  };
  const first = runOnce();
  let runs = 1;
  for (let total = first; total < enoughMilliseconds && runs < mostRuns; runs++) total += runOnce();
  const cost = costOfTiming(machine);
  const timings = together.map((some, i) => ({
    marks: some,
    milliseconds: Math.max(0, shortest[i]! - cost),
  }));
  return { timings, cost, runs, first: Math.max(0, first - cost * together.length) };
}

/** How often nothing is timed to find out what timing takes. */
const trials = 201;

/** What it takes to read the clock and to enter the interpreter: the median, since some trials are interrupted. */
function costOfTiming(machine: Machine): number {
  const times = Float64Array.from({ length: trials }, () => timed(machine, 0, 0).milliseconds).sort();
  return times[(trials - 1) / 2]!;
}

function timed(machine: Machine, start: number, end: number): { milliseconds: number; failures: Failure[] } {
  const before = performance.now();
  const failures = machine.run(start, end);
  return { milliseconds: performance.now() - before, failures };
}

/** Marks in their order, with neighbours that belong together in one list. */
function neighbours(
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
