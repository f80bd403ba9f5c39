import { digits, type Real, Reals, withDigits } from "./decimal.js";

/** Elementary functions of decimal numbers, beyond what the library has, or as it is too slow. */

/** Where numbers of any double's size keep 60 digits behind the point. */
const Long = withDigits(400);
/** The ratio of a circle's circumference to its diameter, by the library's own digits. */
export const pi = new Reals(Reals.acos(-1));
const halfPiLong = Long.acos(-1).div(2);

export const zero = new Reals(0);
export const one = new Reals(1);
export const two = new Reals(2);
export const half = new Reals(0.5);

export const square = (x: Real): Real => x.times(x);

/** With a few more digits, for what is about to cancel. */
export const wider = (x: Real, extra: number): Real => new (withDigits(digits + extra))(x);
export const narrow = (x: Real): Real => new Reals(x).toSignificantDigits(digits);

/** x − n·π/2 for the nearest n, and n mod 4. */
function reduce(x: Real): { rest: Real; quadrant: number } {
  const long = new Long(x);
  const turns = long.div(halfPiLong).round();
  const rest = long.minus(turns.times(halfPiLong));
  return { rest: narrow(rest), quadrant: turns.mod(4).plus(4).mod(4).toNumber() };
}

/** Taylor's series of sin (from x) and cos (from 1). */
function alternating(first: Real, x: Real, order: number): Real {
  const square = x.times(x).neg();
  let term = first;
  let sum = first;
  for (let n = order; term.e > sum.e - digits - 2 && !term.isZero(); n += 2) {
    term = term.times(square).div((n + 1) * (n + 2));
    sum = sum.plus(term);
  }
  return sum;
}

const sinSeries = (x: Real) => alternating(x, x, 1);
const cosSeries = (x: Real) => alternating(one, x, 0);

export function sin(x: Real): Real {
  const { rest, quadrant } = reduce(x);
  const value = quadrant % 2 === 0 ? sinSeries(rest) : cosSeries(rest);
  return quadrant < 2 ? value : value.neg();
}

export function cos(x: Real): Real {
  const { rest, quadrant } = reduce(x);
  const value = quadrant % 2 === 0 ? cosSeries(rest) : sinSeries(rest);
  return quadrant === 0 || quadrant === 3 ? value : value.neg();
}

const logTwo = withDigits(digits + 40).ln(2);

/** Halvings before the series: each is a squaring after it, and a bit of the 20 extra digits. */
const halvings = 24;
const Wide = withDigits(digits + 20);

/** exp x − 1 for |x| < 1, by the series after halving: e^2u − 1 = (e^u − 1)·(e^u + 1). */
function expm1Series(x: Real): Real {
  const u = new Wide(x).div(2 ** halvings);
  let term = u;
  let sum = u;
  for (let n = 2; term.e > sum.e - Wide.precision && !term.isZero(); n++) {
    term = term.times(u).div(n);
    sum = sum.plus(term);
  }
  for (let n = 0; n < halvings; n++) sum = sum.times(sum.plus(2));
  return sum;
}

/** Keeps the last few results: values, derivatives and regions of a point ask for the same. */
export function remembering(f: (x: Real) => Real): (x: Real) => Real {
  const results: { x: Real; value: Real }[] = [];
  return (x) => {
    const known = results.find((result) => result.x.eq(x));
    if (known !== undefined) return known.value;
    const value = f(x);
    results.unshift({ x, value });
    results.length = Math.min(results.length, 4);
    return value;
  };
}

export const exp = remembering((x) => narrow(expWide(x)));

function expWide(x: Real): Real {
  // Sizes that would not end; the results are 0 and infinity for every double.
  if (x.gt(1e9)) return new Wide(Number.POSITIVE_INFINITY);
  if (x.lt(-1e9)) return new Wide(0);
  const turns = x.div(logTwo).round();
  const rest = new (withDigits(digits + 40))(x).minus(turns.times(logTwo));
  return expm1Series(rest).plus(1).times(Wide.pow(2, turns));
}

export const expm1 = (x: Real): Real =>
  x.abs().lt(1) ? narrow(expm1Series(x)) : narrow(expWide(x).minus(1));

/** log(1 + x): by the series of artanh where the sum would swallow x. */
export function log1p(x: Real): Real {
  const wide = wider(x, 10);
  if (x.abs().gt(1e-3)) return narrow(wide.plus(1).ln());
  return narrow(artanhSeries(wide.div(wide.plus(2))).times(2));
}

/** artanh x = x + x³/3 + x⁵/5 + … for small x. */
function artanhSeries(x: Real): Real {
  const square = x.times(x);
  let power = x;
  let sum = x;
  for (let n = 3; power.e > sum.e - digits - 12 && !power.isZero(); n += 2) {
    power = power.times(square);
    sum = sum.plus(power.div(n));
  }
  return sum;
}

export function ln(x: Real): Real {
  const distance = x.minus(1);
  return distance.abs().lt(1e-3) ? log1p(distance) : narrow(wider(narrow(x), 10).ln());
}

/** (e^x − e^−x)/2 by expm1, so that small x keep their digits; odd, since e^x would lose them next to −1. */
export function sinh(x: Real): Real {
  const t = expm1(x.abs());
  if (!t.isFinite()) return t.times(x.s);
  return t
    .plus(t.div(t.plus(1)))
    .div(2)
    .times(x.s);
}

export function cosh(x: Real): Real {
  const t = exp(x.abs());
  return t.plus(one.div(t)).div(2);
}

export function tanh(x: Real): Real {
  if (x.abs().gt(1e3)) return new Reals(x.s);
  const t = expm1(x.abs().times(2));
  return t.div(t.plus(2)).times(x.s);
}

/** arsinh x = log(x + √(1 + x²)), odd, as log1p of what exceeds 1. */
export function arcsinh(x: Real): Real {
  const size = x.abs();
  const square = size.times(size);
  const value = log1p(size.plus(square.div(square.plus(1).sqrt().plus(1))));
  return x.isNegative() ? value.neg() : value;
}

/** arcosh (1 + t) = log1p(t + √(t·(t + 2))). */
export function arccosh(x: Real): Real {
  const t = x.minus(1);
  return log1p(t.plus(t.times(t.plus(2)).sqrt()));
}

/** artanh x = ½·log1p(2x/(1 − x)). */
export const arctanh = (x: Real): Real => log1p(x.times(2).div(one.minus(x))).div(2);

/** The inverse tangent by halving the angle, x/(1 + √(1 + x²)), before the series. */
export function arctan(x: Real): Real {
  if (x.abs().gt(1)) {
    const value = pi.div(2).minus(arctan(one.div(x.abs())));
    return x.isNegative() ? value.neg() : value;
  }
  let u = wider(x, 10);
  let doublings = 0;
  for (; u.abs().gt(1e-3); doublings++) u = u.div(u.times(u).plus(1).sqrt().plus(1));
  const square = u.times(u).neg();
  let power = u;
  let sum = u;
  for (let n = 3; power.e > sum.e - digits - 12 && !power.isZero(); n += 2) {
    power = power.times(square);
    sum = sum.plus(power.div(n));
  }
  return narrow(sum.times(2 ** doublings));
}

/** √(1 − x²) from its factors. */
export const complement = (x: Real): Real => one.minus(x).times(one.plus(x)).sqrt();

export function arcsin(x: Real): Real {
  const rest = complement(x);
  if (rest.isZero()) return pi.div(2).times(x);
  return arctan(x.div(rest));
}

/** 2·arctan √((1 − x)/(1 + x)): without a difference next to 1. */
export const arccos = (x: Real): Real =>
  x.eq(-1) ? pi : arctan(one.minus(x).div(one.plus(x)).sqrt()).times(2);

/** The angle of the point (x, y). */
export function arctan2(y: Real, x: Real): Real {
  if (x.isZero() && y.isZero()) return zero;
  if (x.abs().gte(y.abs())) {
    const angle = arctan(y.div(x));
    if (!x.isNegative()) return angle;
    return y.isNegative() ? angle.minus(pi) : angle.plus(pi);
  }
  const angle = pi.div(2).minus(arctan(x.div(y)));
  return y.isNegative() ? angle.minus(pi) : angle;
}
