import type { ScalarOpName } from "../../ops/registry.js";
import * as elementwise from "./elementwise/index.js";
import { digamma, gammaln, polygamma } from "./gamma.js";
import { pow, shiftedPower } from "./power.js";
import { erf, erfc, gaussian, gelu, normalCdf, normalPdf } from "./special.js";

/** One element of an elementwise operation; operations of fewer arguments ignore the rest. */
export type ScalarKernel = (x: number, y: number, z: number) => number;

function mod(x: number, y: number): number {
  const remainder = x % y;
  if (remainder === 0) return y < 0 || Object.is(y, -0) ? -0 : 0;
  return remainder < 0 !== y < 0 ? remainder + y : remainder;
}

/** ⌊x/y⌋ from the quotient without its remainder, which is next to a whole number. */
function floorQuotient(x: number, y: number): number {
  const remainder = x % y;
  const quotient = Math.round((x - remainder) / y);
  // Beyond 2^53 doubles are further apart than 1.
  const isBelow = remainder !== 0 && remainder < 0 !== y < 0 && Math.abs(quotient) < 2 ** 53;
  return isBelow ? quotient - 1 : quotient;
}

/** The reference kernels: what every other set of kernels must agree with. */
export const scalarKernels: Readonly<Record<ScalarOpName, ScalarKernel>> = {
  pow,
  // The shift is whole, as the order of a derivative is; rounding says so to those who vary it.
  shifted_power: (x, y, k) => shiftedPower(x, y, Math.round(k)),
  mod,
  floor_quotient: floorQuotient,

  gelu,

  erf,
  erfc,
  gammaln,
  digamma,
  // Likewise.
  polygamma: (n, x) => polygamma(Math.round(n), x),
  gaussian,
  normal_cdf: normalCdf,
  normal_pdf: normalPdf,

  ...elementwise,
};
