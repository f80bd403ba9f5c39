import type { ScalarOpName } from "../../ops/registry.js";
import * as elementwise from "./elementwise/index.js";

/** One element of an elementwise operation; operations of fewer arguments ignore the rest. */
export type ScalarKernel = (x: number, y: number, z: number) => number;

/** The reference kernels: what every other set of kernels must agree with. */
export const scalarKernels: Readonly<Record<ScalarOpName, ScalarKernel>> = elementwise;
