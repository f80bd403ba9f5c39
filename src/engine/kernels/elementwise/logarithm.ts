import {
  add,
  all,
  centredExponent,
  centredInterval,
  centredMantissa,
  each1,
  eq,
  first,
  type Lane,
  mul,
  pow2,
  select,
  splat,
  sub,
} from "../portable/lane.js";
import { infinity, nan } from "../portable/number.js";
import {
  logTenOfE,
  logTenOfERest,
  logTenOfTwo,
  logTenOfTwoRest,
  logTwoOfE,
  logTwoOfERest,
} from "./exponential-tables.js";
import {
  inverseOf,
  isUsualLogarithm,
  logarithmHead,
  logarithmRest,
  logarithmSeries,
  logOf,
  logOfLost,
  logOfSum,
  mantissaHead,
  timesLogOf,
} from "./logarithm-parts.js";
import { sumRest } from "./rounding.js";

/** Logarithms within 0.52 units in the last place; to bases 2 and 10 within 1.5 next to 1, and exact on whole powers. */

export function log(x: Lane): Lane {
  if (!all(isUsualLogarithm(x))) return each1(anyLog, x);
  return usualLog(x, splat(0));
}

export function log2(x: Lane): Lane {
  if (!all(isUsualLogarithm(x))) return each1(anyLog2, x);
  return usualLog2(x, splat(0));
}

export function log10(x: Lane): Lane {
  if (!all(isUsualLogarithm(x))) return each1(anyLog10, x);
  return usualLog10(x, splat(0));
}

/** Of x·2^−places. */
function usualLog(x: Lane, places: Lane): Lane {
  const exponent = centredExponent(x);
  const z = centredMantissa(x, exponent);
  const interval = centredInterval(x);
  const c = inverseOf(interval);
  const head = mantissaHead(z);
  return logOf(sub(exponent, places), interval, sub(mul(head, c), splat(1)), mul(sub(z, head), c));
}

/** What log x leaves out, for a usual x. */
export function logLost(x: Lane): Lane {
  const exponent = centredExponent(x);
  const z = centredMantissa(x, exponent);
  const interval = centredInterval(x);
  const c = inverseOf(interval);
  const head = mantissaHead(z);
  return logOfLost(exponent, interval, sub(mul(head, c), splat(1)), mul(sub(z, head), c));
}

/**
 * factor·(log x + shift) + rest for a usual x, as accurate as the product with the logarithm's first digits and the sum
 * with all that is smaller. The shift must not have digits below these: 0, or −1 for x > 8.
 */
export function timesLog(x: Lane, factor: Lane, shift: Lane, rest: Lane): Lane {
  const exponent = centredExponent(x);
  const z = centredMantissa(x, exponent);
  const interval = centredInterval(x);
  const c = inverseOf(interval);
  const head = mantissaHead(z);
  const a = sub(mul(head, c), splat(1));
  return timesLogOf(exponent, interval, a, mul(sub(z, head), c), factor, shift, rest);
}

function usualLog2(x: Lane, places: Lane): Lane {
  return logToBase(sub(centredExponent(x), places), splat(0), x, splat(logTwoOfE), splat(logTwoOfERest));
}

function usualLog10(x: Lane, places: Lane): Lane {
  const exponent = sub(centredExponent(x), places);
  const whole = mul(exponent, splat(logTenOfTwo));
  const wholeRest = mul(exponent, splat(logTenOfTwoRest));
  return logToBase(whole, wholeRest, x, splat(logTenOfE), splat(logTenOfERest));
}

/** whole + log z·(factor + factorRest), z the mantissa of x: the product of the heads, of 24 bits each, is exact. */
function logToBase(whole: Lane, wholeRest: Lane, x: Lane, factor: Lane, factorRest: Lane): Lane {
  const z = centredMantissa(x, centredExponent(x));
  const interval = centredInterval(x);
  const c = inverseOf(interval);
  const zHead = mantissaHead(z);
  const a = sub(mul(zHead, c), splat(1));
  const b = mul(sub(z, zHead), c);
  const head = logarithmHead(interval);
  const sum = add(head, a);
  const sumLost = add(
    add(add(sub(head, sum), a), b),
    add(logarithmRest(interval), logarithmSeries(add(a, b))),
  );
  const sumHead = mantissaHead(sum);
  const rest = add(sub(sum, sumHead), sumLost);
  const product = mul(sumHead, factor);
  const total = add(whole, product);
  const totalRest = add(sub(whole, total), product);
  const products = add(mul(sumHead, factorRest), mul(rest, add(factor, factorRest)));
  return add(total, add(totalRest, add(wholeRest, products)));
}

/** By how many binary places x > 0 is moved, so that it is neither subnormal nor huge. */
export function places(x: f64): f64 {
  if (x < 2.2250738585072014e-308) return 54;
  return x >= 4.49423283715579e307 ? -2 : 0;
}

function hasLogarithm(x: f64): bool {
  return x > 0 && x < infinity;
}

/** The logarithm of 0, infinity, NaN or a negative number. */
function limit(x: f64): f64 {
  if (x === 0) return -infinity;
  return x > 0 ? x : nan;
}

function anyLog(x: f64): f64 {
  if (!hasLogarithm(x)) return limit(x);
  const shift = splat(places(x));
  return first(usualLog(mul(splat(x), pow2(shift)), shift));
}

function anyLog2(x: f64): f64 {
  if (!hasLogarithm(x)) return limit(x);
  const shift = splat(places(x));
  return first(usualLog2(mul(splat(x), pow2(shift)), shift));
}

function anyLog10(x: f64): f64 {
  if (!hasLogarithm(x)) return limit(x);
  const shift = splat(places(x));
  return first(usualLog10(mul(splat(x), pow2(shift)), shift));
}

/** Of 1 + x as a sum. */
export function log1p(x: Lane): Lane {
  const sum = add(splat(1), x);
  if (!all(isUsualLogarithm(sum))) return each1(anyLog1p, x);
  // −0 stays.
  return select(eq(x, splat(0)), x, logOfSum(sum, sumRest(splat(1), x, sum)));
}

/** Next to −1 the sum is exact; where it is huge, the 1 does not count. */
function anyLog1p(x: f64): f64 {
  if (x > -1 && x < 1e300) return first(log1p(splat(x)));
  return anyLog(1 + x);
}
