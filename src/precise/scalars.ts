import type { ScalarOpName } from "../ops/registry.js";
import { abs, add, type DoubleDouble, div, floor, mul, neg, sqrt, square, sub } from "./double-double.js";
import {
  cbrt,
  ceil,
  hypot,
  maximum,
  minimum,
  one_minus_square,
  reciprocal,
  relu,
  round,
  sign,
} from "./functions/arithmetic.js";
import {
  equal,
  greater,
  greater_equal,
  less,
  less_equal,
  logical_and,
  logical_not,
  logical_or,
  not_equal,
  where,
} from "./functions/comparison.js";
import { digamma } from "./functions/digamma.js";
import { floor_quotient, mod } from "./functions/division.js";
import { erf, erfc, gaussian, gelu, normal_cdf, normal_pdf } from "./functions/error-function.js";
import { exp, expm1, log, log1p, log2, log10 } from "./functions/exponential.js";
import { arccosh, arcsinh, arctanh, cosh, sech_squared, sinh, tanh } from "./functions/hyperbolic.js";
import { arccos, arcsin, arctan, arctan2 } from "./functions/inverse-trigonometric.js";
import {
  elu,
  leaky_relu,
  logaddexp,
  sigmoid,
  sigmoid_of_difference,
  sigmoid_slope,
  silu,
  softplus,
} from "./functions/learning.js";
import { gammaln } from "./functions/log-gamma.js";
import { polygamma } from "./functions/polygamma.js";
import { pow, shifted_power } from "./functions/power.js";
import { cos, sin, tan } from "./functions/trigonometric.js";

/** What an elementwise operation computes; operands that it does not have are not read. */
export type PreciseScalar = (x: DoubleDouble, y: DoubleDouble, z: DoubleDouble) => DoubleDouble;

/** Every elementwise operation, under its name. */
export const preciseScalars: Readonly<Record<ScalarOpName, PreciseScalar>> = {
  neg,
  add,
  sub,
  mul,
  div,
  pow,
  shifted_power,
  square,
  reciprocal,
  sqrt,
  cbrt,
  abs,
  sign,
  hypot,
  maximum,
  minimum,
  mod,
  floor_quotient,
  floor,
  ceil,
  round,

  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  not_equal,
  logical_and,
  logical_or,
  logical_not,
  where,

  exp,
  expm1,
  log,
  log1p,
  log2,
  log10,
  logaddexp,

  sin,
  cos,
  tan,
  arcsin,
  arccos,
  arctan,
  arctan2,
  sinh,
  cosh,
  tanh,
  one_minus_square,
  sech_squared,
  arcsinh,
  arccosh,
  arctanh,

  sigmoid_of_difference,
  sigmoid_slope,
  sigmoid,
  softplus,
  relu,
  leaky_relu,
  elu,
  gelu,
  silu,

  erf,
  erfc,
  gammaln,
  digamma,
  polygamma,
  gaussian,
  normal_cdf,
  normal_pdf,
};
