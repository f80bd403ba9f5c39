import base64 from "./wasm/kernels.wasm";

/** The functions that the compiled kernels export; addresses and counts are in bytes and elements. */
export interface KernelExports {
  /** The first address that is free. */
  readonly heapBase: WebAssembly.Global<number>;
  strip(kernel: number, n: number, d: number, a: number, b: number, c: number): void;
  walk(start: number, end: number, arena: number): void;
}

/** Compiles the kernels: a few milliseconds, so only for work that is worth it. */
export function compileKernels(): WebAssembly.Module {
  const text = atob(base64);
  return new WebAssembly.Module(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}
