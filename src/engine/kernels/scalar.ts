import type { ScalarOpName } from "../../ops/registry.js";
import { digamma, gammaln, polygamma } from "./gamma.js";
import { cosh, sechSquared, sinh, tanh } from "./hyperbolic.js";
import { hypot } from "./hypot.js";
import { exp, pow, scaledExp, shiftedPower } from "./power.js";
import { differenceRest } from "./rounding.js";
import { erf, erfc, gaussian, gelu, normalCdf, normalPdf } from "./special.js";

/** One element of an elementwise operation; operations of fewer arguments ignore the rest. */
export type ScalarKernel = (x: number, y: number, z: number) => number;

const truth = (condition: boolean) => (condition ? 1 : 0);

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

function round(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below || x * 0 : Math.ceil(x);
  return below % 2 === 0 ? below || x * 0 : Math.ceil(x);
}

/** The reference kernels: what every other set of kernels must agree with. */
export const scalarKernels: Readonly<Record<ScalarOpName, ScalarKernel>> = {
  neg: (x) => -x,
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  pow,
  // The shift is whole, as the order of a derivative is; rounding says so to those who vary it.
  shifted_power: (x, y, k) => shiftedPower(x, y, Math.round(k)),
  square: (x) => x * x,
  reciprocal: (x) => 1 / x,
  sqrt: Math.sqrt,
  cbrt: Math.cbrt,
  abs: Math.abs,
  sign: Math.sign,
  hypot,
  // These take any number of arguments and would count the unused third.
  maximum: (x, y) => Math.max(x, y),
  minimum: (x, y) => Math.min(x, y),
  mod,
  floor_quotient: floorQuotient,
  floor: Math.floor,
  ceil: Math.ceil,
  round,

  less: (x, y) => truth(x < y),
  less_equal: (x, y) => truth(x <= y),
  greater: (x, y) => truth(x > y),
  greater_equal: (x, y) => truth(x >= y),
  equal: (x, y) => truth(x === y),
  not_equal: (x, y) => truth(x !== y),
  logical_and: (x, y) => truth(x !== 0 && y !== 0),
  logical_or: (x, y) => truth(x !== 0 || y !== 0),
  logical_not: (x) => truth(x === 0),
  where: (condition, x, y) => (condition !== 0 ? x : y),

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
  // Not x > 0 ? x : 0, which would turn NaN into 0; and 0 also for -0.
  relu: (x) => (x <= 0 ? 0 : x),

  silu,
  leaky_relu: (x, slope) => (x > 0 ? x : slope * x),
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
  one_minus_square: (x) => (1 - x) * (1 + x),
  sech_squared: sechSquared,
  arcsinh: Math.asinh,
  arccosh: Math.acosh,
  arctanh: Math.atanh,
};
