import { contiguousBase, nestShape, type Opcode, opcode, scalarBase } from "./instructions.js";
import { kernelTables } from "./kernel-numbers.js";
import { recurrence } from "./kernels/cumulative.js";
import { gather, scatterAdd } from "./kernels/indexed.js";
import { matmul } from "./kernels/matmul.js";
import { copyStrip, strip1, strip3 } from "./kernels/strips.js";

/** Runs an inner kernel once: at `at`, the current offset of each operand; `inner`, where its own integers begin. */
type InnerKernel = (
  code: Int32Array,
  mem: Float64Array,
  kernel: number,
  at: Int32Array,
  inner: number,
) => void;

function byIndex(run: typeof gather): InnerKernel {
  return (code, mem, _kernel, at, i) =>
    run(mem, code[i]!, at[0]!, code[i + 1]!, at[1]!, code[i + 2]!, code[i + 3]!, code[i + 4]!);
}

const innerKernels: Readonly<Partial<Record<Opcode, InnerKernel>>> = {
  [opcode.map1]: (code, mem, kernel, at, i) =>
    strip1(kernelTables.scalar[kernel]!, mem, code[i]!, at[0]!, code[i + 1]!, at[1]!, code[i + 2]!),
  [opcode.map2]: (code, mem, kernel, at, i) =>
    kernelTables.strip2[kernel]!(
      kernelTables.scalar[kernel]!,
      mem,
      code[i]!,
      at[0]!,
      code[i + 1]!,
      at[1]!,
      code[i + 2]!,
      at[2]!,
      code[i + 3]!,
    ),
  [opcode.map3]: (code, mem, kernel, at, i) =>
    strip3(
      kernelTables.scalar[kernel]!,
      mem,
      code[i]!,
      at[0]!,
      code[i + 1]!,
      at[1]!,
      code[i + 2]!,
      at[2]!,
      code[i + 3]!,
      at[3]!,
      code[i + 4]!,
    ),
  [opcode.copy]: (code, mem, _kernel, at, i) =>
    copyStrip(mem, code[i]!, at[0]!, code[i + 1]!, at[1]!, code[i + 2]!),
  [opcode.reduce]: (code, mem, kernel, at, i) => {
    mem[at[0]!] = kernelTables.reducer[kernel]!(mem, code[i]!, at[1]!, code[i + 1]!);
  },
  [opcode.axis]: (code, mem, kernel, at, i) =>
    kernelTables.axis[kernel]!(mem, code[i]!, at[0]!, code[i + 1]!, at[1]!, code[i + 2]!),
  [opcode.matmul]: (code, mem, _kernel, at, i) =>
    matmul(
      mem,
      code[i]!,
      code[i + 1]!,
      code[i + 2]!,
      at[0]!,
      at[1]!,
      code[i + 3]!,
      code[i + 4]!,
      at[2]!,
      code[i + 5]!,
      code[i + 6]!,
    ),
  [opcode.iota]: (code, mem, _kernel, at, i) => {
    for (let k = 0; k < code[i]!; k++) mem[at[0]! + k] = k;
  },
  [opcode.gather]: byIndex(gather),
  [opcode.scatter]: byIndex(scatterAdd),
  [opcode.recurrence]: (code, mem, _kernel, at, i) =>
    recurrence(mem, code[i]!, at[0]!, code[i + 1]!, at[1]!, code[i + 2]!, at[2]!, code[i + 3]!),
  [opcode.random]: (code, mem, kernel, at, i) =>
    kernelTables.random[kernel]!(mem, code[i]!, at[0]!, code[i + 1]!, code[i + 2]!),
};

/** A kernel that could not compute its result, the first of its instruction. */
export interface Failure {
  /** Where the instruction begins. */
  readonly pc: number;
  /** Which matrix of the batch, in row-major order. */
  readonly turn: number;
  /** What went wrong, as the kernel says. */
  readonly status: number;
}

/** What one interpretation keeps: what failed, and room for the loops of a nest, which steps of a loop share. */
interface Run {
  readonly failures: Failure[];
  /** The current offset of each operand. */
  readonly at: Int32Array;
  readonly counter: Int32Array;
}

const mostOperands = 4;
/** Deeper nests get counters of their own. */
const commonRank = 16;

/** Walks the instructions once over the arena, and returns what failed. */
export function interpret(code: Int32Array, mem: Float64Array): Failure[] {
  const run: Run = {
    failures: [],
    at: new Int32Array(mostOperands),
    counter: new Int32Array(commonRank),
  };
  walk(code, mem, 0, code.length, run);
  return run.failures;
}

/** Walks the instructions from one place in the code to another. */
function walk(code: Int32Array, mem: Float64Array, start: number, end: number, run: Run): void {
  let pc = start;
  while (pc < end) pc = step(code, mem, pc, run);
}

/** Runs the instruction at `pc` and returns where the next one begins. */
function step(code: Int32Array, mem: Float64Array, pc: number, run: Run): number {
  const operation = code[pc]!;
  if (operation >= contiguousBase) return runContiguous(code, mem, pc, operation - contiguousBase);
  if (operation >= scalarBase) return runScalar(code, mem, pc, operation - scalarBase);
  if (operation === opcode.loop) return runLoop(code, mem, pc, run);
  if (operation === opcode.linalg1 || operation === opcode.linalg2)
    return runLinalg(code, mem, pc, operation, run);
  return walkNest(code, mem, pc, operation as Opcode, innerKernels[operation as Opcode]!, run);
}

function runScalar(code: Int32Array, mem: Float64Array, pc: number, kernel: number): number {
  const f = kernelTables.scalar[kernel]!;
  const arity = kernelTables.arity[kernel]!;
  const x = mem[code[pc + 2]!]!;
  const y = arity > 1 ? mem[code[pc + 3]!]! : 0;
  mem[code[pc + 1]!] = f(x, y, arity > 2 ? mem[code[pc + 4]!]! : 0);
  return pc + 2 + arity;
}

function runContiguous(code: Int32Array, mem: Float64Array, pc: number, kernel: number): number {
  const arity = kernelTables.arity[kernel]!;
  const [n, d, a] = [code[pc + 1]!, code[pc + 2]!, code[pc + 3]!];
  const f = kernelTables.scalar[kernel]!;
  if (arity === 1) strip1(f, mem, n, d, 1, a, 1);
  else if (arity === 2) kernelTables.strip2[kernel]!(f, mem, n, d, 1, a, 1, code[pc + 4]!, 1);
  else strip3(f, mem, n, d, 1, a, 1, code[pc + 4]!, 1, code[pc + 5]!, 1);
  return pc + 3 + arity;
}

/** Words of a loop before its lists. */
const loopWords = 14;

/** The status of a loop whose condition still holds after the most steps that it may make. */
export const goesOn = 1;

/** Runs a loop, as `instructions.ts` describes it, and returns where the next instruction begins. */
function runLoop(code: Int32Array, mem: Float64Array, pc: number, run: Run): number {
  const { failures } = run;
  const most = code[pc + 2]!;
  const isBackwards = code[pc + 3] === 1;
  const base = code[pc + 4]!;
  const counter = code[pc + 6]!;
  const made = code[pc + 7]!;
  const condition = code[pc + 8]!;
  const read = pc + loopWords;
  const stacked = read + 3 * code[pc + 12]!;
  const start = stacked + 3 * code[pc + 13]!;
  const conditionEnd = start + code[pc + 9]!;
  const bodyEnd = start + code[pc + 10]!;
  const end = start + code[pc + 11]!;
  const own = mem.subarray(base, base + code[pc + 5]!);
  const steps = counter < 0 ? most : Math.min(most, mem[counter]!);
  const known = failures.length;
  let step = 0;
  for (; step < steps; step++) {
    // Slices keep their places: a step back reads what the same step forward has read.
    const slice = isBackwards ? steps - 1 - step : step;
    for (let i = read; i < stacked; i += 3) {
      copyRun(mem, code[i]! + slice * code[i + 2]!, own, code[i + 1]!, code[i + 2]!);
    }
    walk(code, own, start, conditionEnd, run);
    if (condition >= 0 && own[condition] === 0) break;
    walk(code, own, conditionEnd, bodyEnd, run);
    for (let i = stacked; i < start; i += 3) {
      copyRun(own, code[i]!, mem, code[i + 1]! + slice * code[i + 2]!, code[i + 2]!);
    }
    walk(code, own, bodyEnd, end, run);
    if (failures.length > known) break;
  }
  if (made >= 0) {
    mem[made] = step;
    if (step === most && failures.length === known) {
      walk(code, own, start, conditionEnd, run);
      if (own[condition] !== 0) failures.push({ pc, turn: step, status: goesOn });
    }
  }
  return end;
}

/** Elements one after another from one place to another; short runs are copied faster by hand. */
function copyRun(from: Float64Array, at: number, to: Float64Array, start: number, size: number): void {
  if (size > 32) to.set(from.subarray(at, at + size), start);
  else for (let i = 0; i < size; i++) to[start + i] = from[at + i]!;
}

function runLinalg(
  code: Int32Array,
  mem: Float64Array,
  pc: number,
  operation: typeof opcode.linalg1 | typeof opcode.linalg2,
  run: Run,
): number {
  let turn = 0;
  let failed: Failure | undefined;
  const call: InnerKernel = (_code, _mem, kernel, at, i) => {
    const second = operation === opcode.linalg2 ? at[2]! : 0;
    const factor = kernelTables.linalg[kernel]!;
    const status = factor(mem, at[0]!, at[1]!, second, code[i]!, code[i + 1]!, code[i + 2]!, code[i + 3]!);
    if (status !== 0) failed ??= { pc, turn, status };
    turn += 1;
  };
  const next = walkNest(code, mem, pc, operation, call, run);
  if (failed !== undefined) run.failures.push(failed);
  return next;
}

/** Runs the nest at `pc` and returns where the next instruction begins. */
function walkNest(
  code: Int32Array,
  mem: Float64Array,
  pc: number,
  operation: Opcode,
  call: InnerKernel,
  { at, counter: common }: Run,
): number {
  const { operands, inner: innerWords } = nestShape[operation];
  const kernel = code[pc + 1]!;
  const rank = code[pc + 2]!;
  const sizes = pc + 3;
  const first = sizes + rank;
  const inner = first + operands * (rank + 1);
  for (let k = 0; k < operands; k++) at[k] = code[first + k * (rank + 1)]!;
  if (rank === 0) {
    call(code, mem, kernel, at, inner);
    return inner + innerWords;
  }
  const counter = rank <= commonRank ? common.fill(0, 0, rank) : new Int32Array(rank);
  for (;;) {
    call(code, mem, kernel, at, inner);
    let axis = rank - 1;
    for (; axis >= 0; axis--) {
      const size = code[sizes + axis]!;
      for (let k = 0; k < operands; k++) at[k]! += code[first + k * (rank + 1) + 1 + axis]!;
      counter[axis]! += 1;
      if (counter[axis]! < size) break;
      counter[axis] = 0;
      for (let k = 0; k < operands; k++) at[k]! -= size * code[first + k * (rank + 1) + 1 + axis]!;
    }
    if (axis < 0) return inner + innerWords;
  }
}
