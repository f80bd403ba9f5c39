import { type Failure, interpret } from "./interpreter/interpret.js";
import type { Plan } from "./plan.js";

/** What runs a plan: an arena, and an interpreter over it. */
export interface Machine {
  readonly arena: Float64Array;
  /** Runs the instructions from one word of the code to another, on what the arena holds, and returns what failed. */
  run(start: number, end: number): Failure[];
}

/** The plan in JavaScript: at once, and as good as any where there is little to do. */
export function javaScriptMachine({ code, constants }: Plan, arena: Float64Array): Machine {
  arena.set(constants);
  return { arena, run: (start, end) => interpret(code, start, end, arena) };
}
