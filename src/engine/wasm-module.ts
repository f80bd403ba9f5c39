import * as calls from "./interpreter/calls.js";
import type { Memory } from "./kernels/portable/memory.js";
import base64 from "./wasm/kernels.wasm";

/** The functions that the compiled kernels export. Operands are addresses. */
export interface KernelExports {
  /** The first address that is free. */
  readonly heapBase: WebAssembly.Global<number>;
  /** Walks instructions, from one word of the code to another. */
  walk(code: number, start: number, end: number, arena: number, workspace: number): void;
  /** An elementwise kernel over n elements. */
  strip(kernel: number, n: number, d: number, a: number, b: number, c: number): void;
}

let compiled: WebAssembly.Module | undefined;

/** Compiled once in a process: it takes a few milliseconds and never changes. */
export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
  return compiled;
}

/** Kernels that are JavaScript in either interpreter. They get the address of their arena. */
function hostOf(memory: WebAssembly.Memory) {
  const arenas = new Map<number, Memory>();
  const at = (address: number) => {
    const known = arenas.get(address);
    // A memory that has grown has another buffer.
    if (known !== undefined && known.buffer === memory.buffer) return known;
    const arena = new Float64Array(memory.buffer, address);
    arenas.set(address, arena);
    return arena;
  };
  type Rest<F> = F extends (kernel: number, m: Memory, ...rest: infer R) => infer V
    ? (arena: number, kernel: number, ...rest: R) => V
    : never;
  const host: {
    readonly [Name in "reduce" | "alongAxis" | "linalg" | "random"]: Rest<(typeof calls)[Name]>;
  } = {
    reduce: (arena, kernel, ...rest) => calls.reduce(kernel, at(arena), ...rest),
    alongAxis: (arena, kernel, ...rest) => calls.alongAxis(kernel, at(arena), ...rest),
    linalg: (arena, kernel, ...rest) => calls.linalg(kernel, at(arena), ...rest),
    random: (arena, kernel, ...rest) => calls.random(kernel, at(arena), ...rest),
  };
  const matmul = (arena: number, ...rest: MatmulArguments) => calls.matmul(at(arena), ...rest);
  return { ...host, matmul };
}

type MatmulArguments = Parameters<typeof calls.matmul> extends [Memory, ...infer R] ? R : never;

/** The kernels over a memory of their own. */
export function instantiate(memory: WebAssembly.Memory): KernelExports {
  const instance = new WebAssembly.Instance(kernelModule(), { env: { memory }, host: hostOf(memory) });
  return instance.exports as KernelExports;
}
