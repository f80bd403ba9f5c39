import { combinedBase, contiguousBase, opcode, scalarBase } from "./instructions.js";
import { columnsAt, heightAt, rowsAt, widthAt } from "./interpreter/strip-layout.js";
import { loopWords } from "./interpreter/walk.js";
import { kernelTables } from "./kernel-numbers.js";

/** What a plan consists of. */
export interface InstructionCount {
  /** Instructions; those of the body of a loop once. */
  readonly written: number;
  /** As often as they run, where every loop makes all of its steps. */
  readonly run: number;
  /** Of those written: the ones that run elementwise work strip by strip. */
  readonly fused: number;
  /** Strips that they cut, as often as they run. */
  readonly strips: number;
}

/** By opcode: how many operands the nest of an instruction walks, and how many words of its kernel follow. */
const nests: ReadonlyMap<number, readonly [operands: number, words: number]> = new Map([
  [opcode.map1, [2, 3]],
  [opcode.map2, [3, 4]],
  [opcode.map3, [4, 5]],
  [opcode.copy, [2, 3]],
  [opcode.reduce, [2, 2]],
  [opcode.axis, [2, 3]],
  [opcode.matmul, [3, 11]],
  [opcode.iota, [1, 1]],
  [opcode.linalg1, [2, 4]],
  [opcode.linalg2, [3, 4]],
  [opcode.gather, [2, 8]],
  [opcode.scatter, [2, 8]],
  [opcode.recurrence, [3, 4]],
  [opcode.random, [1, 3]],
  [opcode.pair, [3, 1]],
]);

/** Counts the instructions of a plan without running it. */
export function countInstructions(code: Int32Array): InstructionCount {
  const total = { written: 0, run: 0, fused: 0, strips: 0 };
  /** Where the loops around `pc` end, the innermost last, and how often their bodies run. */
  const around: { readonly end: number; readonly times: number }[] = [];
  let pc = 0;
  while (pc < code.length) {
    while (around.length > 0 && pc >= around.at(-1)!.end) around.pop();
    const times = around.at(-1)?.times ?? 1;
    total.written += 1;
    total.run += times;
    if (code[pc] === opcode.loop) {
      const body = pc + loopWords + 3 * (code[pc + 12]! + code[pc + 13]!);
      around.push({ end: body + code[pc + 11]!, times: times * code[pc + 2]! });
      pc = body;
    } else if (code[pc] === opcode.strips) {
      total.fused += 1;
      total.strips += times * stripsOf(code, pc);
      pc += code[pc + 1]!;
    } else {
      pc += wordsOf(code, pc);
    }
  }
  return total;
}

const stripsOf = (code: Int32Array, pc: number) =>
  Math.ceil(code[pc + rowsAt]! / code[pc + heightAt]!) *
  Math.ceil(code[pc + columnsAt]! / code[pc + widthAt]!);

/** How long an instruction is that holds no others. */
function wordsOf(code: Int32Array, pc: number): number {
  const operation = code[pc]!;
  if (operation >= contiguousBase) return 3 + kernelTables.arity[operation - contiguousBase]!;
  if (operation >= combinedBase) return 5;
  if (operation >= scalarBase) return 2 + kernelTables.arity[operation - scalarBase]!;
  const [operands, words] = nests.get(operation)!;
  const rank = code[pc + 2]!;
  return 3 + rank + operands * (rank + 1) + words;
}
