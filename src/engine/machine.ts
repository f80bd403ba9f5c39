import { type Failure, failuresOf } from "./interpreter/failures.js";
import { walk } from "./interpreter/walk.js";
import { forgetFailures, workspaceSize } from "./interpreter/workspace.js";
import type { Plan } from "./plan.js";

/** What runs a plan: an arena, and an interpreter over it. */
export interface Machine {
  readonly arena: Float64Array;
  /** Whether WebAssembly runs it. */
  readonly isCompiled: boolean;
  /** How many threads share large work. */
  readonly threads: number;
  /** Runs the instructions from one word of the code to another, on what the arena holds, and returns what failed. */
  run(start: number, end: number): Failure[];
}

/** The plan in JavaScript: at once, and as good as any where there is little to do. */
export function javaScriptMachine({ code, constants }: Plan, arena: Float64Array): Machine {
  arena.set(constants);
  const run = new Int32Array(workspaceSize);
  return {
    arena,
    isCompiled: false,
    threads: 1,
    run: (start, end) => {
      forgetFailures(run);
      walk(code, start, end, arena, run);
      return failuresOf(run);
    },
  };
}
