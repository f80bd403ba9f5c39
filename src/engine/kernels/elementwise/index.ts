/** The kernel of each elementwise operation, under the operation's name: compiled to JavaScript and to WebAssembly. */
export {
  abs,
  add,
  ceil,
  div,
  floor,
  max as maximum,
  min as minimum,
  mul,
  neg,
  sqrt,
  sub,
} from "../portable/lane.js";
export { arccos, arcsin } from "./arc-sine.js";
export { arctan, arctan2 } from "./arctangent.js";
export { leaky_relu, one_minus_square, reciprocal, relu, round, sign, square } from "./arithmetic.js";
export {
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
} from "./comparison.js";
export { digamma } from "./digamma.js";
export { floor_quotient, mod } from "./division.js";
export { erf, erfc, gelu, normal_cdf } from "./error-function.js";
export { exp, expm1 } from "./exponential.js";
export { gaussian, normal_pdf } from "./gaussian.js";
export { cosh, sech_squared, sinh, tanh } from "./hyperbolic.js";
export { arccosh, arcsinh, arctanh } from "./inverse-hyperbolic.js";
export { elu, logaddexp, softplus } from "./learning.js";
export { gammaln } from "./log-gamma.js";
export { log, log1p, log2, log10 } from "./logarithm.js";
export { sigmoid, sigmoid_of_difference, sigmoid_slope, silu } from "./logistic.js";
export { polygamma } from "./polygamma.js";
export { pow, shifted_power } from "./power.js";
export { cbrt, hypot } from "./roots.js";
export { cos, sin, tan } from "./trigonometric.js";
