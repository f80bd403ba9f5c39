/** The arena as kernels see it: elements by index. In WebAssembly, `engine/wasm/memory.ts` stands in the place of this file. */
export type Memory = Float64Array;
