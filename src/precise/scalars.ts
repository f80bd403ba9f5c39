import type { ScalarOpName } from "../ops/registry.js";
import type { DoubleDouble } from "./double-double.js";

/** What an elementwise operation computes; operands that it does not have are not read. */
export type PreciseScalar = (x: DoubleDouble, y: DoubleDouble, z: DoubleDouble) => DoubleDouble;

export const preciseScalars: Partial<Record<ScalarOpName, PreciseScalar>> = {};
