import {
  abs,
  add,
  all,
  both,
  centredExponent,
  centredInterval,
  centredMantissa,
  each2,
  each3,
  first,
  floor,
  indexOf,
  type Lane,
  le,
  lookup64,
  mul,
  pow2,
  scaleByParts,
  splat,
  sub,
} from "../portable/lane.js";
import { finite, infinity, isInteger, isNan, isNegative, nan } from "../portable/number.js";
import { partsOf, shareOf } from "./exponential-parts.js";
import {
  exponentialHeads,
  logarithmCubeFit0,
  logarithmCubeFit1,
  logarithmCubeFit2,
  logarithmCubeFit3,
  logarithmCubeFit4,
  logarithmCubeFit5,
  logTwo,
  logTwoRest,
} from "./exponential-tables.js";
import { log, places } from "./logarithm.js";
import {
  inverseOf,
  isUsualLogarithm,
  logarithmHead,
  logarithmRest,
  mantissaHead,
} from "./logarithm-parts.js";
import { differenceRest, upperHalf } from "./rounding.js";

/**
 * Powers by the same tables as logarithms and exponentials. What the logarithm loses is multiplied by the exponent, hence
 * it is a sum of two doubles, good to 2^−68; powers are within 0.53 units in the last place (1 where they are subnormal),
 * and whole ones that a double can hold are exact.
 */

/** From here on powers may be subnormal or infinite. */
const moderate: f64 = 700;

/** (log(1 + r) − r + r²/2)/r³. */
function cubeSeries(r: Lane): Lane {
  const square = mul(r, r);
  const low = add(splat(logarithmCubeFit0), mul(r, splat(logarithmCubeFit1)));
  const middle = add(splat(logarithmCubeFit2), mul(r, splat(logarithmCubeFit3)));
  const high = add(splat(logarithmCubeFit4), mul(r, splat(logarithmCubeFit5)));
  return add(low, mul(square, add(middle, mul(square, high))));
}

/** (x·2^−moved)^(y + yRest)·2^−scale for a usual x and a rest of y that is below its last place. */
function scaledPower(x: Lane, moved: Lane, y: Lane, yRest: Lane, scale: Lane): Lane {
  const k = centredExponent(x);
  const z = centredMantissa(x, k);
  const interval = centredInterval(x);
  const c = inverseOf(interval);
  const zHead = mantissaHead(z);
  const a = sub(mul(zHead, c), splat(1));
  const b = mul(sub(z, zHead), c);
  const r = add(a, b);
  const rRest = add(sub(a, r), b);
  // 26 bits, of which the square is exact.
  const rHead = sub(add(r, splat(393216)), splat(393216));
  const half = mul(splat(0.5), mul(rHead, rHead));
  const places = sub(k, moved);
  const whole = add(mul(places, splat(logTwo)), logarithmHead(interval));
  const wholeRest = add(mul(places, splat(logTwoRest)), logarithmRest(interval));
  // From the largest to the smallest.
  const sum = add(whole, r);
  const most = sub(sum, half);
  const lost = add(add(sub(whole, sum), r), sub(sub(sum, most), half));
  const tail = sub(rRest, add(mul(r, rRest), mul(splat(0.5), mul(sub(r, rHead), add(r, rHead)))));
  const low = add(add(lost, add(wholeRest, tail)), mul(mul(r, mul(r, r)), cubeSeries(r)));
  const logarithm = add(most, low);
  const logarithmLow = add(sub(most, logarithm), low);
  const logarithmUpper = upperHalf(logarithm);
  const yUpper = upperHalf(y);
  const exponent = mul(yUpper, logarithmUpper);
  const cross = add(mul(yUpper, sub(logarithm, logarithmUpper)), mul(sub(y, yUpper), logarithm));
  const rest = add(cross, add(mul(y, logarithmLow), mul(yRest, logarithm)));
  const n = partsOf(exponent);
  const head = scaleByParts(lookup64(exponentialHeads, indexOf(n)), indexOf(sub(n, mul(scale, splat(64)))));
  return add(head, mul(head, shareOf(exponent, n, rest)));
}

/** Whether x is usual, and x^y far from overflow and underflow: log z differs from z − 1 by a fifth at most. */
function isModerate(x: Lane, y: Lane): bool {
  if (!all(isUsualLogarithm(x))) return false;
  const k = centredExponent(x);
  const estimate = mul(y, add(mul(k, splat(Math.LN2)), sub(centredMantissa(x, k), splat(1))));
  // A huge y, for x = 1, cannot be split.
  return all(both(le(abs(estimate), splat(560)), le(abs(y), splat(1e290))));
}

/** IEEE 754's and NumPy's pow, which JavaScript's differs from where |x| = 1 and y is NaN or infinite. */
export function pow(x: Lane, y: Lane): Lane {
  if (!isModerate(x, y)) return each2(anyPow, x, y);
  return scaledPower(x, splat(0), y, splat(0), splat(0));
}

/** x^(y − k) for a whole k, as if y − k were not rounded. Rounding k says so to those who vary it. */
export function shifted_power(x: Lane, y: Lane, k: Lane): Lane {
  const shift = floor(add(k, splat(0.5)));
  const exponent = sub(y, shift);
  if (!isModerate(x, exponent)) return each3(anyShiftedPower, x, y, shift);
  return scaledPower(x, splat(0), exponent, differenceRest(y, shift, exponent), splat(0));
}

/** x^(y + yRest) for a positive, finite x and a finite y, whose rest is below its last place. */
function positivePower(x: f64, y: f64, yRest: f64): f64 {
  // Also to a power that is too large to be split.
  if (x === 1) return 1;
  const exponent = y * first(log(splat(x)));
  if (!(Math.abs(exponent) < 746)) return exponent > 0 ? infinity : 0;
  let scale: f64 = 0;
  if (exponent > moderate) scale = 500;
  if (exponent < -moderate) scale = -500;
  const moved = splat(places(x));
  const power = scaledPower(mul(splat(x), pow2(moved)), moved, splat(y), splat(yRest), splat(scale));
  return first(mul(power, pow2(splat(scale))));
}

function isOdd(y: f64): bool {
  return Math.abs(y) < 9007199254740992 && isInteger(y) && !isInteger(y / 2);
}

export function anyPow(x: f64, y: f64): f64 {
  if (y === 0 || x === 1) return 1;
  if (x > 0 && x < infinity && finite(y)) return positivePower(x, y, 0);
  if (isNan(x) || isNan(y)) return nan;
  const size = Math.abs(x);
  if (!finite(y)) {
    if (size === 1) return 1;
    return size > 1 === y > 0 ? infinity : 0;
  }
  const isReversed = isOdd(y) && isNegative(x);
  if (size === 0 || size === infinity) {
    const limit: f64 = (size === 0) === y > 0 ? 0 : infinity;
    return isReversed ? -limit : limit;
  }
  if (!isInteger(y)) return nan;
  return isReversed ? -positivePower(size, y, 0) : positivePower(size, y, 0);
}

function anyShiftedPower(x: f64, y: f64, k: f64): f64 {
  const exponent = y - k;
  const rest = first(differenceRest(splat(y), splat(k), splat(exponent)));
  const size = Math.abs(x);
  // An infinite exponent leaves a rest that is not a number.
  if (!(Math.abs(rest) > 0 && size > 0 && size < infinity)) return anyPow(x, exponent);
  if (x > 0) return positivePower(x, exponent, rest);
  // Where a whole y loses digits, it is too large to be odd.
  if (!isInteger(y)) return nan;
  return isOdd(y) !== isOdd(k) ? -positivePower(size, exponent, rest) : positivePower(size, exponent, rest);
}
