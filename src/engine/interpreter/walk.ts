import { contiguousBase, opcode, scalarBase } from "../instructions.js";
import { copyBetween, type Memory, part, type Words } from "../kernels/portable/memory.js";
import { truncated } from "../kernels/portable/number.js";
import { copyStrided, reduce, runContiguous, runPair, runScalar } from "./calls.js";
import { walkNest } from "./nest.js";
import { runStrips } from "./strips.js";
import { fail, failureCount } from "./workspace.js";

/** Walks the instructions from one place in the code to another over an arena. */
export function walk(code: Words, start: i32, end: i32, mem: Memory, run: Words): void {
  let pc: i32 = start;
  while (pc < end) {
    const operation = code[pc];
    if (operation >= contiguousBase) pc = runContiguous(code, pc, mem);
    else if (operation >= scalarBase) pc = runScalar(code, pc, mem);
    else pc = structural(code, pc, mem, run);
  }
}

/** Runs the instruction at `pc` and returns where the next one begins. */
function structural(code: Words, pc: i32, mem: Memory, run: Words): i32 {
  switch (code[pc]) {
    case opcode.copy:
      // Most copies and reductions in loops are of a few elements: a nest costs more than they do.
      if (code[pc + 2] > 0) return walkNest(code, pc, mem, run, 2, 3);
      copyStrided(mem, code[pc + 5], code[pc + 3], code[pc + 6], code[pc + 4], code[pc + 7]);
      return pc + 8;
    case opcode.reduce:
      if (code[pc + 2] > 0) return walkNest(code, pc, mem, run, 2, 2);
      mem[code[pc + 3]] = reduce(code[pc + 1], mem, code[pc + 5], code[pc + 4], code[pc + 6]);
      return pc + 7;
    case opcode.iota:
      return walkNest(code, pc, mem, run, 1, 1);
    case opcode.random:
      return walkNest(code, pc, mem, run, 1, 3);
    case opcode.map1:
    case opcode.axis:
      return walkNest(code, pc, mem, run, 2, 3);
    case opcode.linalg1:
      return walkNest(code, pc, mem, run, 2, 4);
    case opcode.gather:
    case opcode.scatter:
      return walkNest(code, pc, mem, run, 2, 8);
    case opcode.map2:
    case opcode.linalg2:
    case opcode.recurrence:
      return walkNest(code, pc, mem, run, 3, 4);
    case opcode.matmul:
      return walkNest(code, pc, mem, run, 3, 11);
    case opcode.map3:
      return walkNest(code, pc, mem, run, 4, 5);
    case opcode.pair:
      runPair(code[pc + 1], mem, code[pc + 6], code[pc + 3], code[pc + 4], code[pc + 5]);
      return pc + 7;
    case opcode.strips:
      return runStrips(code, pc, mem);
    default:
      return runLoop(code, pc, mem, run);
  }
}

/** Words of a loop before its lists. */
export const loopWords: i32 = 14;

/** The status of a loop whose condition still holds after the most steps that it may make. */
const goesOn: i32 = 1;

/** Runs a loop, as `instructions.ts` describes it, and returns where the next instruction begins. */
function runLoop(code: Words, pc: i32, mem: Memory, run: Words): i32 {
  const most = code[pc + 2];
  const isBackwards = code[pc + 3] === 1;
  const count = code[pc + 6];
  const made = code[pc + 7];
  const condition = code[pc + 8];
  const read = pc + loopWords;
  const stacked = read + 3 * code[pc + 12];
  const start = stacked + 3 * code[pc + 13];
  const conditionEnd = start + code[pc + 9];
  const bodyEnd = start + code[pc + 10];
  const end = start + code[pc + 11];
  const own = part(mem, code[pc + 4], code[pc + 5]);
  const steps: i32 = count < 0 ? most : truncated(Math.min(most, mem[count]));
  const known = failureCount(run);
  let step: i32 = 0;
  for (; step < steps; step++) {
    // Slices keep their places: a step back reads what the same step forward has read.
    const slice: i32 = isBackwards ? steps - 1 - step : step;
    for (let i: i32 = read; i < stacked; i += 3) {
      copyBetween(own, code[i + 1], mem, code[i] + slice * code[i + 2], code[i + 2]);
    }
    walk(code, start, conditionEnd, own, run);
    if (condition >= 0 && own[condition] === 0) break;
    walk(code, conditionEnd, bodyEnd, own, run);
    for (let i: i32 = stacked; i < start; i += 3) {
      copyBetween(mem, code[i + 1] + slice * code[i + 2], own, code[i], code[i + 2]);
    }
    walk(code, bodyEnd, end, own, run);
    if (failureCount(run) > known) break;
  }
  if (made >= 0) {
    mem[made] = step;
    if (step === most && failureCount(run) === known) {
      walk(code, start, conditionEnd, own, run);
      if (own[condition] !== 0) fail(run, pc, step, goesOn);
    }
  }
  return end;
}
