import * as kernels from "./linalg/index.js";
import type { LinalgKernel } from "./linalg/kernel.js";

export type LinalgKernelName = keyof typeof kernels;

/**
 * Operations on one matrix at a time, by the name of their operation. Sorted, since numbers follow from the order, and
 * what a module exports has another order in a bundle.
 */
export const linalgKernels = Object.fromEntries(
  Object.entries<LinalgKernel>(kernels).sort(([a], [b]) => (a < b ? -1 : 1)),
) as Readonly<Record<LinalgKernelName, LinalgKernel>>;
