import {
  abs,
  add,
  all,
  both,
  copysign,
  div,
  each1,
  eq,
  first,
  ge,
  type Lane,
  le,
  lt,
  mul,
  neg,
  select,
  splat,
  sqrt,
  sub,
} from "../portable/lane.js";
import { infinity, nan } from "../portable/number.js";
import { log } from "./logarithm.js";
import { logOfSum } from "./logarithm-parts.js";
import { productRest, squareRest, sumRest } from "./rounding.js";

/**
 * Inverse hyperbolic functions within 1.5 units in the last place, as log(1 + y) for a y that is a sum: what single
 * operations lose on the way to it is made good.
 */

/** Up to here squares are far from overflow; beyond, the 1 does not count. */
const large: f64 = 1e100;

function log1pOf(y: Lane, rest: Lane): Lane {
  const sum = add(splat(1), y);
  return logOfSum(sum, add(sumRest(splat(1), y, sum), rest));
}

/** The series of arcsinh x for 0 ≤ x < 1/64: its terms would cancel in a logarithm. */
function arcsinhSeries(x: Lane, square: Lane): Lane {
  const high = add(splat(-15 / 336), mul(square, splat(105 / 3456)));
  const series = add(splat(-1 / 6), mul(square, add(splat(3 / 40), mul(square, high))));
  return add(x, mul(mul(x, square), series));
}

/** y = |x| + x²/(1 + √(1 + x²)). */
export function arcsinh(x: Lane): Lane {
  const size = abs(x);
  if (!all(le(size, splat(large)))) return each1(anyArcsinh, x);
  const square = mul(size, size);
  const more = div(square, add(splat(1), sqrt(add(splat(1), square))));
  const y = add(size, more);
  const logarithm = log1pOf(y, add(sub(size, y), more));
  return copysign(select(lt(size, splat(1 / 64)), arcsinhSeries(size, square), logarithm), x);
}

/** log 2|x| = log(|x|/2) + log 4: twice the argument might overflow. */
function anyArcsinh(x: f64): f64 {
  const size = Math.abs(x);
  if (size <= large) return first(arcsinh(splat(x)));
  return x < 0 ? -logOfTwice(size) : logOfTwice(size);
}

function logOfTwice(size: f64): f64 {
  return first(log(splat(size))) + Math.LN2;
}

/** y = t + √(t·(t + 2)) for t = x − 1, which is exact. */
export function arccosh(x: Lane): Lane {
  if (!all(both(ge(x, splat(1)), le(x, splat(large))))) return each1(anyArccosh, x);
  const t = sub(x, splat(1));
  const factor = add(t, splat(2));
  const product = mul(t, factor);
  const root = sqrt(product);
  const lost = add(productRest(t, factor, product), mul(t, sumRest(t, splat(2), factor)));
  const twice = select(eq(t, splat(0)), splat(1), mul(splat(2), root));
  const rootLost = div(sub(lost, squareRest(root, product)), twice);
  const y = add(t, root);
  return log1pOf(y, add(sumRest(t, root, y), rootLost));
}

function anyArccosh(x: f64): f64 {
  if (x >= 1 && x <= large) return first(arccosh(splat(x)));
  return x > large ? logOfTwice(x) : nan;
}

/** Half the logarithm of (1 + |x|)/(1 − |x|): y = 2|x|/(1 − |x|). */
export function arctanh(x: Lane): Lane {
  const size = abs(x);
  if (!all(lt(size, splat(1)))) return each1(anyArctanh, x);
  const divisor = sub(splat(1), size);
  const twice = mul(splat(2), size);
  const y = div(twice, divisor);
  const divisorLost = sub(sub(splat(1), divisor), size);
  const lost = add(productRest(y, divisor, twice), mul(y, divisorLost));
  return copysign(mul(splat(0.5), log1pOf(y, neg(div(lost, divisor)))), x);
}

function anyArctanh(x: f64): f64 {
  const size = Math.abs(x);
  if (size < 1) return first(arctanh(splat(x)));
  if (size === 1) return x * infinity;
  return nan;
}
