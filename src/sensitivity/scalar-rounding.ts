import type { OperatorNode } from "../graph/node.js";
import type { ScalarOpName } from "../ops/registry.js";
import type { Calculus } from "../ops/vocabulary.js";

/** The smallest normal number: below it, results are rounded to multiples of 2⁻¹⁰⁷⁴, and not relatively. */
const smallestNormal = 2 ** -1022;

/** `units` times the size of a node's elements: how far an operation may be off, in units of 2⁻⁵³. */
export function relative(b: Calculus, node: OperatorNode, units: number): OperatorNode {
  return b.mul(units, b.maximum(b.abs(node), smallestNormal));
}

type ScalarRounding = number | ((b: Calculus, node: OperatorNode) => OperatorNode);

/** Choices, comparisons, changes of sign: what they give is exact. */
const exact = 0;
/** Correctly rounded: within half a unit in the last place, which is at most 2⁻⁵³ of the result. */
const rounded = 1;
/** Within 2 units in the last place: the promise for the values of elementary functions. */
const elementary = 4;
/** Within 4 units in the last place: the promise for what stands in derivatives. */
const slope = 8;

/** Next to its zeros, for negative arguments, it is a difference of two terms and as accurate as these. */
const reflected =
  (index: number): ScalarRounding =>
  (b, node) => {
    const x = node.inputs[index]!;
    const mirrored = b.builder.node(
      node.op,
      node.inputs.map((input, i) => (i === index ? b.sub(1, b.minimum(x, 0)) : input)),
      node.attributes,
    );
    const size = b.where(b.less(x, 0), b.add(b.abs(node), b.abs(mirrored)), b.abs(node));
    return b.mul(slope, b.maximum(size, smallestNormal));
  };

/** How far each elementwise operation may be off its value for the operands that it gets. */
export const scalarRounding: Readonly<Record<ScalarOpName, ScalarRounding>> = {
  neg: exact,
  add: (b, node) => b.abs(node),
  sub: (b, node) => b.abs(node),
  mul: rounded,
  div: rounded,
  pow: elementary,
  shifted_power: slope,
  square: rounded,
  reciprocal: rounded,
  sqrt: rounded,
  cbrt: elementary,
  abs: exact,
  sign: exact,
  hypot: elementary,
  maximum: exact,
  minimum: exact,
  mod: 2,
  floor_quotient: exact,
  floor: exact,
  ceil: exact,
  round: exact,
  less: exact,
  less_equal: exact,
  greater: exact,
  greater_equal: exact,
  equal: exact,
  not_equal: exact,
  logical_and: exact,
  logical_or: exact,
  logical_not: exact,
  where: exact,
  exp: elementary,
  expm1: elementary,
  log: elementary,
  log1p: elementary,
  log2: elementary,
  log10: elementary,
  logaddexp: elementary,
  sigmoid_of_difference: slope,
  sigmoid: elementary,
  sigmoid_slope: slope,
  softplus: elementary,
  relu: exact,
  sin: elementary,
  cos: elementary,
  tan: elementary,
  arcsin: elementary,
  arccos: elementary,
  arctan: elementary,
  arctan2: elementary,
  sinh: elementary,
  cosh: elementary,
  tanh: elementary,
  one_minus_square: slope,
  sech_squared: slope,
  arcsinh: elementary,
  arccosh: elementary,
  arctanh: elementary,
  leaky_relu: rounded,
  elu: elementary,
  gelu: elementary,
  silu: elementary,
  erf: elementary,
  erfc: elementary,
  gammaln: reflected(0),
  digamma: reflected(0),
  polygamma: reflected(1),
  gaussian: slope,
  normal_cdf: slope,
  normal_pdf: slope,
};
