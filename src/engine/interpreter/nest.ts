import { opcode } from "../instructions.js";
import { recurrence } from "../kernels/cumulative.js";
import { gather, scatterAdd } from "../kernels/indexed.js";
import type { Memory, Words } from "../kernels/portable/memory.js";
import { alongAxis, copyStrided, linalg, matmuls, random, reduce, stridedMap } from "./calls.js";
import { at, counter, fail, failureCount } from "./workspace.js";

/**
 * Runs the nest at `pc` and returns where the next instruction begins. The kernel inside walks `operands` operands and is
 * followed by `words` integers of its own.
 */
export function walkNest(code: Words, pc: i32, mem: Memory, run: Words, operands: i32, words: i32): i32 {
  const rank = code[pc + 2];
  const first = pc + 3 + rank;
  const inner = first + operands * (rank + 1);
  const known = failureCount(run);
  for (let k: i32 = 0; k < operands; k++) run[at + k] = code[first + k * (rank + 1)];
  for (let axis: i32 = 0; axis < rank; axis++) run[counter + axis] = 0;
  let axis: i32 = 0;
  for (let turn: i32 = 0; axis >= 0; turn++) {
    const status = callKernel(code, pc, mem, run, inner);
    // The first matrix of a batch that fails stands for all of them.
    if (status !== 0 && failureCount(run) === known) fail(run, pc, turn, status);
    for (axis = rank - 1; axis >= 0; axis--) {
      const size = code[pc + 3 + axis];
      const stride = first + 1 + axis;
      for (let k: i32 = 0; k < operands; k++) run[at + k] += code[stride + k * (rank + 1)];
      run[counter + axis] += 1;
      if (run[counter + axis] < size) break;
      run[counter + axis] = 0;
      for (let k: i32 = 0; k < operands; k++) run[at + k] -= size * code[stride + k * (rank + 1)];
    }
  }
  return inner + words;
}

/** Runs the kernel inside a nest once; `i` is where its own integers begin. Returns 0, or what failed. */
function callKernel(code: Words, pc: i32, mem: Memory, run: Words, i: i32): i32 {
  const kernel = code[pc + 1];
  const d = run[at];
  const a = run[at + 1];
  const b = run[at + 2];
  const n = code[i];
  switch (code[pc]) {
    case opcode.map1:
      stridedMap(kernel, mem, n, d, code[i + 1], a, code[i + 2], 0, 0, 0, 0);
      break;
    case opcode.map2:
      stridedMap(kernel, mem, n, d, code[i + 1], a, code[i + 2], b, code[i + 3], 0, 0);
      break;
    case opcode.map3:
      stridedMap(kernel, mem, n, d, code[i + 1], a, code[i + 2], b, code[i + 3], run[at + 3], code[i + 4]);
      break;
    case opcode.copy:
      copyStrided(mem, n, d, code[i + 1], a, code[i + 2]);
      break;
    case opcode.reduce:
      mem[d] = reduce(kernel, mem, n, a, code[i + 1]);
      break;
    case opcode.axis:
      alongAxis(kernel, mem, n, d, code[i + 1], a, code[i + 2]);
      break;
    case opcode.matmul:
      matmuls(
        mem,
        code[i + 7],
        n,
        code[i + 1],
        code[i + 2],
        d,
        code[i + 8],
        a,
        code[i + 9],
        code[i + 3],
        code[i + 4],
        b,
        code[i + 10],
        code[i + 5],
        code[i + 6],
      );
      break;
    case opcode.iota:
      for (let k: i32 = 0; k < n; k++) mem[d + k] = k;
      break;
    case opcode.linalg1:
      return linalg(kernel, mem, d, a, 0, n, code[i + 1], code[i + 2], code[i + 3]);
    case opcode.linalg2:
      return linalg(kernel, mem, d, a, b, n, code[i + 1], code[i + 2], code[i + 3]);
    case opcode.gather:
      gather(
        mem,
        n,
        d,
        code[i + 1],
        a,
        code[i + 2],
        code[i + 3],
        code[i + 4],
        code[i + 5],
        code[i + 6],
        code[i + 7],
      );
      break;
    case opcode.scatter:
      scatterAdd(
        mem,
        n,
        d,
        code[i + 1],
        a,
        code[i + 2],
        code[i + 3],
        code[i + 4],
        code[i + 5],
        code[i + 6],
        code[i + 7],
      );
      break;
    case opcode.recurrence:
      recurrence(mem, n, d, code[i + 1], a, code[i + 2], b, code[i + 3]);
      break;
    case opcode.random:
      random(kernel, mem, n, d, code[i + 1], code[i + 2]);
      break;
  }
  return 0;
}
