import { fault } from "../diagnostics.js";
import * as calls from "./interpreter/calls.js";
import { linalgNames } from "./kernel-numbers.js";
import type { LinalgKernel } from "./kernels/linalg/kernel.js";
import type { matmul, matmulRows, subtractProduct } from "./kernels/matmul.js";
import type { Memory } from "./kernels/portable/memory.js";
import type { NativeKernelName } from "./native/blas.js";
import type { BlasSource } from "./native/source.js";
import base64 from "./wasm/kernels.wasm";

/** The functions that the compiled kernels export. Operands are addresses. */
export interface KernelExports {
  /** The first address that is free. */
  readonly heapBase: WebAssembly.Global<number>;
  /** Walks instructions, from one word of the code to another. */
  walk(code: number, start: number, end: number, arena: number, workspace: number): void;
  /** An elementwise kernel over n elements. */
  strip(kernel: number, n: number, d: number, a: number, b: number, c: number): void;
  /** From how many multiplications on a product is left to the host's native library. */
  useHostFrom(multiplications: number): void;
  /** Makes this instance a member of so many threads that share work through a control block. */
  joinTeam(control: number, buffers: number, member: number, threads: number): void;
  /** Bytes that an instance needs for itself; `useScratch` has to tell where they are before anything runs. */
  readonly scratchBytes: WebAssembly.Global<number>;
  /** The address must be a multiple of 16, and no other instance may use the same. */
  useScratch(address: number): void;
  /** The functions of kernels/matmul.ts, with the address of an arena. */
  matmul(arena: number, ...rest: MatmulArguments): void;
  matmulRows(arena: number, ...rest: Rest<typeof matmulRows>): void;
  subtractProduct(arena: number, ...rest: Rest<typeof subtractProduct>): void;
  /** A kernel of kernels/linalg.ts. */
  linalg(kernel: number, arena: number, ...rest: Rest<LinalgKernel>): number;
}

/** From how many multiplications on a native product is faster than ours: that of 32×32 matrices. */
const leastNativeProduct = 2 ** 15;

let compiled: WebAssembly.Module | undefined;

/** Compiled once in a process: it takes a few milliseconds and never changes. */
export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(
    Uint8Array.from(atob(base64()), (character) => character.charCodeAt(0)),
  );
  return compiled;
}

/** What the compiled kernels call: JavaScript, or native code behind it. Kernels get the address of their arena. */
function hostOf(
  memory: WebAssembly.Memory,
  blas: BlasSource | undefined,
  isAlive: (member: number) => boolean,
) {
  const arenas = new Map<number, Memory>();
  const at = (address: number) => {
    const known = arenas.get(address);
    // A memory that has grown has another buffer.
    if (known !== undefined && known.buffer === memory.buffer) return known;
    const arena = new Float64Array(memory.buffer, address);
    arenas.set(address, arena);
    return arena;
  };
  const kernels = () => blas?.()?.kernels ?? {};
  return {
    random: (arena: number, kernel: number, ...rest: AfterKernel<typeof calls.random>) =>
      calls.random(kernel, at(arena), ...rest),
    matmul: (arena: number, ...rest: MatmulArguments) => blas?.()?.gemm(at(arena), ...rest) ?? false,
    subtractProduct: (arena: number, ...rest: Rest<typeof subtractProduct>) =>
      blas?.()?.subtractProduct(at(arena), ...rest) ?? false,
    linalg: (arena: number, kernel: number, ...rest: AfterKernel<typeof calls.linalg>) =>
      kernels()[linalgNames[kernel] as NativeKernelName]?.(at(arena), ...rest) ?? -1,
    isAlive,
    failTeam: () => {
      throw fault("thread-lost", {});
    },
  };
}

/** What a function gets besides the number of a kernel and its arena. */
type AfterKernel<F extends (kernel: number, m: Memory, ...rest: never) => unknown> =
  Parameters<F> extends [number, Memory, ...infer R] ? R : never;
/** What a function gets besides its arena. */
type Rest<F extends (m: Memory, ...rest: never) => unknown> =
  Parameters<F> extends [Memory, ...infer R] ? R : never;
type MatmulArguments = Rest<typeof matmul>;

/**
 * The kernels over a memory of their own. The BLAS is opened when a product is large enough for it. `isAlive` tells of
 * the other threads, where there are some.
 */
export function instantiate(
  memory: WebAssembly.Memory,
  blas?: BlasSource,
  isAlive: (member: number) => boolean = () => false,
): KernelExports {
  const host = hostOf(memory, blas, isAlive);
  const kernels = new WebAssembly.Instance(kernelModule(), { env: { memory }, host })
    .exports as KernelExports;
  if (blas !== undefined) kernels.useHostFrom(leastNativeProduct);
  return kernels;
}
