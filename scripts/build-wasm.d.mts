/** The compiled kernels: from dist/ where they have been compiled from the same sources before. */
export function kernels(root: string): Promise<Buffer>;
