import type { TensorOpName } from "../../ops/registry.js";
import type { PreciseKernel } from "../kernel.js";
import { axisKernels } from "./along-axes.js";
import { indexingKernels } from "./indexing.js";
import { leafKernels } from "./leaves.js";
import { linalgKernels } from "./linalg/index.js";
import { loopKernels } from "./loop.js";
import { productKernels } from "./products.js";
import { reductionKernels } from "./reductions.js";
import { shapingKernels } from "./shaping.js";

/** One entry an operation; the compiler names the one that is missing. */
export const preciseKernels: Readonly<Record<TensorOpName, PreciseKernel>> = {
  ...leafKernels,
  ...shapingKernels,
  ...indexingKernels,
  ...reductionKernels,
  ...axisKernels,
  ...productKernels,
  ...linalgKernels,
  ...loopKernels,
};
