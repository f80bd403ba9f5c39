import { expmKernels } from "./expm.js";
import { jacobiKernels } from "./jacobi.js";
import type { LinalgKernel } from "./linalg-kernel.js";
import { luKernels } from "./lu.js";
import { orthogonalKernels } from "./orthogonal.js";
import { spectrumKernels } from "./spectrum.js";

const kernels = {
  ...luKernels,
  ...orthogonalKernels,
  ...jacobiKernels,
  ...spectrumKernels,
  ...expmKernels,
} as const;

export type LinalgKernelName = keyof typeof kernels;

/** Operations on one matrix at a time, by the name of their operation. */
export const linalgKernels: Readonly<Record<LinalgKernelName, LinalgKernel>> = kernels;
