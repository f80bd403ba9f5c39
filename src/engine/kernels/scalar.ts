import type { ScalarOpName } from "../../ops/registry.js";
import * as elementwise from "./elementwise/index.js";
import { digamma, gammaln, polygamma } from "./gamma.js";
import { cosh, sechSquared, sinh, tanh } from "./hyperbolic.js";
import { hypot } from "./hypot.js";
import { exp, pow, scaledExp, shiftedPower } from "./power.js";
import { differenceRest } from "./rounding.js";
import { erf, erfc, gaussian, gelu, normalCdf, normalPdf } from "./special.js";

/** One element of an elementwise operation; operations of fewer arguments ignore the rest. */
export type ScalarKernel = (x: number, y: number, z: number) => number;

function sigmoid(x: number): number {
  if (x >= 0 || (x < -1 && x > -40)) return 1 / (1 + exp(-x));
  // Here e^−x would overflow, or be as large as its sum with 1 and count more.
  const t = exp(x);
  return t / (1 + t);
}

/** x·sigmoid(x); 0 at −∞, where the product would be NaN. */
function silu(x: number): number {
  if (x > -40) return x / (1 + exp(-x));
  return x < -760 ? -0 : scaledExp(x, 0, x);
}

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(exp(-Math.abs(x)));

function logaddexp(x: number, y: number): number {
  // Equal infinities: their difference would be NaN.
  if (x === y) return x + Math.LN2;
  const larger = Math.max(x, y);
  const smaller = Math.min(x, y);
  const difference = smaller - larger;
  if (!(difference > -745)) return larger;
  return larger + Math.log1p(scaledExp(difference, differenceRest(smaller, larger, difference), 1));
}

/** σ(x − y): what the difference d has lost counts by σ′(d) = σ(d)·(1 − σ(d)). */
function sigmoidOfDifference(x: number, y: number): number {
  const d = x - y;
  const s = sigmoid(d);
  return Number.isFinite(d) ? s + s * (1 - s) * differenceRest(x, y, d) : s;
}

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
  ...elementwise,
  pow,
  // The shift is whole, as the order of a derivative is; rounding says so to those who vary it.
  shifted_power: (x, y, k) => shiftedPower(x, y, Math.round(k)),
  cbrt: Math.cbrt,
  hypot,
  mod,
  floor_quotient: floorQuotient,

  exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  log2: Math.log2,
  log10: Math.log10,
  logaddexp,
  sigmoid_of_difference: sigmoidOfDifference,
  sigmoid,
  softplus,

  silu,
  elu: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
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

  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
  arctan2: Math.atan2,
  sinh,
  cosh,
  tanh,
  sech_squared: sechSquared,
  arcsinh: Math.asinh,
  arccosh: Math.acosh,
  arctanh: Math.atanh,
};
