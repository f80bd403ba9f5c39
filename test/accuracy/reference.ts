import { type Real, Reals, withDigits } from "./decimal.js";
import {
  arccos,
  arccosh,
  arcsin,
  arcsinh,
  arctan,
  arctan2,
  arctanh,
  complement,
  cos,
  cosh,
  exp,
  expm1,
  ln,
  log1p,
  narrow,
  one,
  pi,
  sin,
  sinh,
  square,
  tanh,
  two,
  zero,
} from "./elementary.js";
import { digamma, erf, erfc, gammaln, gaussian, normalCdf, normalPdf, polygamma } from "./special.js";

/**
 * What every elementwise operation computes, and its derivatives, in decimal numbers: from textbook definitions that
 * share nothing with the kernels and the partials of the operations.
 */
export interface Reference {
  readonly value: (...x: Real[]) => Real;
  /** One for each argument; `null`: the operation does not depend on it. */
  readonly partials: readonly (((...x: Real[]) => Real) | null)[];
}

type Unary = (x: Real) => Real;
type Binary = (x: Real, y: Real) => Real;

/** Of arguments with 60 digits, which is every double of a common size, exactly. */
const unary = (value: Unary, derivative: Unary): Reference => ({
  value: (x) => value(narrow(x)),
  partials: [(x) => derivative(narrow(x))],
});
const binary = (value: Binary, byX: Binary | null, byY: Binary): Reference => {
  const narrowed =
    (f: Binary): Binary =>
    (x, y) =>
      f(narrow(x), narrow(y));
  return { value: narrowed(value), partials: [byX && narrowed(byX), narrowed(byY)] };
};
/** The same for functions to which all digits of a large argument matter. */
const periodic = (value: Unary, derivative: Unary): Reference => ({ value, partials: [derivative] });
const dividing = (value: Binary, byX: Binary, byY: Binary): Reference => ({ value, partials: [byX, byY] });

const constant = (value: number): (() => Real) => {
  const node = new Reals(value);
  return () => node;
};
const reciprocal: Unary = (x) => one.div(x);
const root: Unary = (x) => x.sqrt();

/** 1/(1 + e^−x). */
export const logistic: Unary = (x) => one.div(exp(x.neg()).plus(1));
/** 1/(4·cosh²(x/2)). */
const logisticSlope: Unary = (x) =>
  square(cosh(x.div(2)))
    .times(4)
    .pow(-1);
export const radius: Binary = (x, y) => square(x).plus(square(y)).sqrt();
const power: Binary = (x, y) => {
  if (x.isZero()) return y.isZero() ? one : y.gt(0) ? zero : new Reals(Number.POSITIVE_INFINITY);
  const size = exp(ln(x.abs()).times(y));
  return x.isNegative() && !y.mod(2).isZero() ? size.neg() : size;
};
/** Enough for every sum of products of doubles. */
const Exact = withDigits(2500);

/** ⌊x/y⌋: with the digits that it has, and some for its fraction. */
const quotient: Binary = (x, y) => {
  const precision = Math.max(100, 100 * Math.ceil((x.e - y.e) / 100) + 100);
  return new Exact(new (withDigits(precision))(x).div(y).floor());
};

const twoOverSqrtPi = Reals.div(2, pi.sqrt());
const cubeRoot: Unary = (x) => x.cbrt();
const logTwo = ln(two);
const logTen = ln(new Reals(10));
const roundHalfEven: Unary = (x) => x.toDecimalPlaces(0, Reals.ROUND_HALF_EVEN);

export const references: ReadonlyMap<string, Reference> = new Map(
  Object.entries({
    neg: unary((x) => x.neg(), constant(-1)),
    add: binary((x, y) => x.plus(y), constant(1), constant(1)),
    sub: binary((x, y) => x.minus(y), constant(1), constant(-1)),
    mul: binary(
      (x, y) => x.times(y),
      (_, y) => y,
      (x) => x,
    ),
    div: binary(
      (x, y) => x.div(y),
      (_, y) => reciprocal(y),
      (x, y) => x.neg().div(square(y)),
    ),
    pow: binary(
      power,
      (x, y) => y.times(power(x, y.minus(1))),
      (x, y) => power(x, y).times(ln(x)),
    ),
    shifted_power: {
      value: (x, y, k) => power(x, y.minus(k)),
      partials: [
        (x, y, k) => y.minus(k).times(power(x, y.minus(k!).minus(1))),
        (x, y, k) => power(x, y.minus(k)).times(ln(x)),
        null,
      ],
    },
    square: unary(square, (x) => x.times(2)),
    reciprocal: unary(reciprocal, (x) => square(x).pow(-1).neg()),
    sqrt: unary(root, (x) => one.div(root(x).times(2))),
    cbrt: unary(cubeRoot, (x) => one.div(square(cubeRoot(x)).times(3))),
    abs: unary(
      (x) => x.abs(),
      (x) => new Reals(x.isZero() ? 0 : x.s),
    ),
    sign: unary((x) => new Reals(x.isZero() ? 0 : x.s), constant(0)),
    hypot: binary(
      radius,
      (x, y) => x.div(radius(x, y)),
      (x, y) => y.div(radius(x, y)),
    ),
    maximum: binary(
      (x, y) => Reals.max(x, y),
      (x, y) => new Reals((x.cmp(y) + 1) / 2),
      (x, y) => new Reals((y.cmp(x) + 1) / 2),
    ),
    minimum: binary(
      (x, y) => Reals.min(x, y),
      (x, y) => new Reals((y.cmp(x) + 1) / 2),
      (x, y) => new Reals((x.cmp(y) + 1) / 2),
    ),
    floor_quotient: dividing(quotient, constant(0), constant(0)),
    floor: unary((x) => x.floor(), constant(0)),
    ceil: unary((x) => x.ceil(), constant(0)),
    round: unary(roundHalfEven, constant(0)),
    exp: unary(exp, exp),
    expm1: unary(expm1, exp),
    log: unary(ln, reciprocal),
    log1p: unary(log1p, (x) => one.div(x.plus(1))),
    log2: unary(
      (x) => ln(x).div(logTwo),
      (x) => one.div(x.times(logTwo)),
    ),
    log10: unary(
      (x) => ln(x).div(logTen),
      (x) => one.div(x.times(logTen)),
    ),
    logaddexp: binary(
      (x, y) => Reals.max(x, y).plus(log1p(exp(x.minus(y).abs().neg()))),
      (x, y) => logistic(x.minus(y)),
      (x, y) => logistic(y.minus(x)),
    ),
    sigmoid_of_difference: binary(
      (x, y) => logistic(x.minus(y)),
      (x, y) => logisticSlope(x.minus(y)),
      (x, y) => logisticSlope(x.minus(y)).neg(),
    ),
    sigmoid: unary(logistic, logisticSlope),
    sigmoid_slope: unary(logisticSlope, (x) => {
      const half = x.div(2);
      return sinh(half).div(cosh(half).pow(3)).div(-4);
    }),
    softplus: unary((x) => (x.gt(0) ? x.plus(log1p(exp(x.neg()))) : log1p(exp(x))), logistic),
    relu: unary(
      (x) => Reals.max(x, 0),
      (x) => new Reals(x.gt(0) ? 1 : 0),
    ),
    leaky_relu: binary(
      (x, slope) => (x.gt(0) ? x : x.times(slope)),
      (x, slope) => (x.gt(0) ? one : slope),
      (x) => Reals.min(x, 0),
    ),
    elu: binary(
      (x, alpha) => (x.gt(0) ? x : alpha.times(expm1(x))),
      (x, alpha) => (x.gt(0) ? one : alpha.times(exp(x))),
      (x) => (x.gt(0) ? zero : expm1(x)),
    ),
    gelu: unary(
      (x) => x.times(normalCdf(x)),
      (x) => normalCdf(x).plus(x.times(normalPdf(x))),
    ),
    silu: unary(
      (x) => x.times(logistic(x)),
      (x) => logistic(x).plus(x.times(logisticSlope(x))),
    ),
    erf: unary(erf, (x) => twoOverSqrtPi.times(gaussian(x))),
    erfc: unary(erfc, (x) => twoOverSqrtPi.times(gaussian(x)).neg()),
    gaussian: unary(gaussian, (x) => x.times(gaussian(x)).times(-2)),
    normal_cdf: unary(normalCdf, normalPdf),
    normal_pdf: unary(normalPdf, (x) => x.times(normalPdf(x)).neg()),
    gammaln: unary(gammaln, digamma),
    digamma: unary(digamma, (x) => polygamma(1, x)),
    polygamma: binary(
      (n, x) => polygamma(n.toNumber(), x),
      null,
      (n, x) => polygamma(n.toNumber() + 1, x),
    ),
    mod: dividing(
      (x, y) => new Exact(x).minus(quotient(x, y).times(y)),
      constant(1),
      (x, y) => quotient(x, y).neg(),
    ),
    sin: periodic(sin, cos),
    cos: periodic(cos, (x) => sin(x).neg()),
    tan: periodic(
      (x) => sin(x).div(cos(x)),
      (x) => square(cos(x)).pow(-1),
    ),
    arcsin: unary(arcsin, (x) => complement(x).pow(-1)),
    arccos: unary(arccos, (x) => complement(x).pow(-1).neg()),
    arctan: unary(arctan, (x) => one.div(square(x).plus(1))),
    arctan2: binary(
      arctan2,
      (y, x) => x.div(square(x).plus(square(y))),
      (y, x) => y.neg().div(square(x).plus(square(y))),
    ),
    sinh: unary(sinh, cosh),
    cosh: unary(cosh, sinh),
    tanh: unary(tanh, (x) => square(cosh(x)).pow(-1)),
    one_minus_square: unary(
      (x) => one.minus(x).times(one.plus(x)),
      (x) => x.times(-2),
    ),
    sech_squared: unary(
      (x) => square(cosh(x)).pow(-1),
      (x) => sinh(x).div(cosh(x).pow(3)).times(-2),
    ),
    arcsinh: unary(arcsinh, (x) => one.div(square(x).plus(1).sqrt())),
    arccosh: unary(arccosh, (x) => one.div(x.minus(1).times(x.plus(1)).sqrt())),
    arctanh: unary(arctanh, (x) => one.div(one.minus(x).times(one.plus(x)))),
  }),
);
