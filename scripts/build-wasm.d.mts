/** The module `kernels.wasm`: a function that gives the compiled kernels in base 64. */
export function kernelsModule(root: string): Promise<string>;
