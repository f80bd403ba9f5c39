import {
  abs,
  add,
  all,
  any,
  copysign,
  div,
  downTo,
  each1,
  first,
  ge,
  gt,
  type Index,
  type Lane,
  le,
  lookup,
  lt,
  mul,
  neg,
  octave,
  pow2,
  select,
  splat,
  sub,
  upTo,
} from "../portable/lane.js";
import { isNan } from "../portable/number.js";
import {
  erfcCentres,
  erfcFit0,
  erfcFit0Rest,
  erfcFit1,
  erfcFit2,
  erfcFit3,
  erfcFit4,
  erfcFit5,
  erfcFit6,
  erfcFit7,
  erfcFit8,
  erfcFit9,
  erfcFit10,
  erfcFit11,
  erfFit0,
  erfFit1,
  erfFit2,
  erfFit3,
  erfFit4,
  erfFit5,
  erfFit6,
  erfFit7,
  erfFit8,
  erfFit9,
} from "./error-tables.js";
import { timesGaussian } from "./gaussian.js";
import { productRest } from "./rounding.js";

/** The error function and its relatives, within 1.6 units in the last place. */

/** √½ as a sum. */
const sqrtHalf: f64 = Math.SQRT1_2;
const sqrtHalfRest: f64 = -4.833646656726457e-17;

/** Beyond this, factors in erfc are subnormal; beyond the end, erfc is below the smallest double. */
const moderate: f64 = 26;
const end: f64 = 27.3;
/** The former for x/√2. */
const normalModerate: f64 = 36;

/** erf z / z − 1 for |z| ≤ ½: at most an eighth. */
function erfShare(z: Lane): Lane {
  const q = mul(z, z);
  const square = mul(q, q);
  const p0 = add(splat(erfFit0), mul(q, splat(erfFit1)));
  const p2 = add(splat(erfFit2), mul(q, splat(erfFit3)));
  const p4 = add(splat(erfFit4), mul(q, splat(erfFit5)));
  const p6 = add(splat(erfFit6), mul(q, splat(erfFit7)));
  const p8 = add(splat(erfFit8), mul(q, splat(erfFit9)));
  return add(p0, mul(square, add(p2, mul(square, add(p4, mul(square, add(p6, mul(square, p8))))))));
}

/** The polynomial for e^(z²)·erfc z without its constant term. */
function varyingPart(interval: Index, t: Lane): Lane {
  const q = mul(t, t);
  const o9 = add(lookup(erfcFit9, interval), mul(q, lookup(erfcFit11, interval)));
  const o5 = add(lookup(erfcFit5, interval), mul(q, add(lookup(erfcFit7, interval), mul(q, o9))));
  const odd = add(lookup(erfcFit1, interval), mul(q, add(lookup(erfcFit3, interval), mul(q, o5))));
  const e8 = add(lookup(erfcFit8, interval), mul(q, lookup(erfcFit10, interval)));
  const even = add(lookup(erfcFit4, interval), mul(q, add(lookup(erfcFit6, interval), mul(q, e8))));
  return add(mul(t, odd), mul(q, add(lookup(erfcFit2, interval), mul(q, even))));
}

/** The same for z. */
function varyingAt(z: Lane, interval: Index): Lane {
  return varyingPart(interval, sub(z, lookup(erfcCentres, interval)));
}

/**
 * What e^(z²)·erfc z lacks, relative to it: what the last sum and the constant have lost, and what the rest of z adds, by
 * the slope of its logarithm, which is close to −1.95/(1 + 2z). The product with 1 + 2z is 1.19 within a tenth.
 */
function lostShare(z: Lane, zRest: Lane, interval: Index, varying: Lane, scaled: Lane): Lane {
  const sumLost = add(sub(lookup(erfcFit0, interval), scaled), varying);
  const inverse = mul(splat(0.84), add(splat(1), mul(splat(2), z)));
  const lost = mul(add(sumLost, lookup(erfcFit0Rest, interval)), inverse);
  return sub(lost, mul(zRest, mul(splat(1.64), scaled)));
}

/** erfc(z + zRest)·2^−scale for ¼ ≤ z ≤ 27.3, where e^(−(z + zRest)²) is e^(−share·x²). */
function tail(z: Lane, zRest: Lane, x: Lane, share: Lane, scale: Lane): Lane {
  const interval = octave(mul(z, splat(0.0625)));
  const varying = varyingAt(z, interval);
  const scaled = add(lookup(erfcFit0, interval), varying);
  return timesGaussian(x, share, lostShare(z, zRest, interval, varying, scaled), scaled, scale);
}

/** x·Φ(x)·2^−scale for x ≤ −⅜, with what the product loses in the exponent as well. */
function geluTail(x: Lane, scale: Lane): Lane {
  const z = erfcArgument(x);
  const interval = octave(mul(z, splat(0.0625)));
  const varying = varyingAt(z, interval);
  const scaled = add(lookup(erfcFit0, interval), varying);
  const half = mul(splat(0.5), x);
  const product = mul(scaled, half);
  const lost = div(productRest(scaled, half, product), product);
  const share = add(lost, lostShare(z, argumentRest(x, z), interval, varying, scaled));
  return timesGaussian(x, splat(0.5), share, product, scale);
}

/** erfc(z + zRest) for |z| ≤ 26, where the squares are share·x². */
function erfcOf(z: Lane, zRest: Lane, x: Lane, share: Lane): Lane {
  const size = abs(z);
  const isMiddle = lt(size, splat(0.25));
  const middle = sub(splat(1), add(z, mul(z, erfShare(z))));
  if (all(isMiddle)) return middle;
  const isReversed = lt(z, splat(0));
  const rest = select(isReversed, neg(zRest), zRest);
  const far = tail(downTo(size, splat(0.25)), rest, x, share, splat(0));
  return select(isMiddle, middle, select(isReversed, sub(splat(2), far), far));
}

export function erfc(x: Lane): Lane {
  if (!all(le(abs(x), splat(moderate)))) return each1(anyErfc, x);
  return erfcOf(x, splat(0), x, splat(1));
}

function anyErfc(x: f64): f64 {
  if (Math.abs(x) <= moderate) return first(erfc(splat(x)));
  if (!(x > 0)) return isNan(x) ? x : 2;
  if (x > end) return 0;
  const scale = splat(-600);
  return first(mul(tail(splat(x), splat(0), splat(x), splat(1), scale), pow2(scale)));
}

export function erf(x: Lane): Lane {
  const size = abs(x);
  const isLarge = ge(size, splat(0.5));
  const inner = add(x, mul(x, erfShare(x)));
  if (!any(isLarge)) return inner;
  // From 6 on all is 1.
  const z = upTo(downTo(size, splat(0.5)), splat(6));
  const outer = copysign(sub(splat(1), tail(z, splat(0), z, splat(1), splat(0))), x);
  return select(isLarge, outer, inner);
}

/** −x/√2, of which the standard normal distribution function is ½·erfc. */
function erfcArgument(x: Lane): Lane {
  return neg(mul(x, splat(sqrtHalf)));
}

function argumentRest(x: Lane, z: Lane): Lane {
  return neg(add(productRest(x, splat(sqrtHalf), neg(z)), mul(x, splat(sqrtHalfRest))));
}

export function normal_cdf(x: Lane): Lane {
  if (!all(le(abs(x), splat(normalModerate)))) return each1(anyNormalCdf, x);
  const z = erfcArgument(x);
  return mul(splat(0.5), erfcOf(z, argumentRest(x, z), x, splat(0.5)));
}

function anyNormalCdf(x: f64): f64 {
  if (Math.abs(x) <= normalModerate) return first(normal_cdf(splat(x)));
  if (!(x < 0)) return isNan(x) ? x : 1;
  if (x < -38.7) return 0;
  const scale = splat(-600);
  const z = erfcArgument(splat(x));
  const power = tail(z, argumentRest(splat(x), z), splat(x), splat(0.5), scale);
  return first(mul(mul(splat(0.5), power), pow2(scale)));
}

/** x·Φ(x). */
export function gelu(x: Lane): Lane {
  if (!all(le(abs(x), splat(normalModerate)))) return each1(anyGelu, x);
  const size = abs(x);
  const isMiddle = lt(size, splat(0.375));
  const z = erfcArgument(x);
  const middle = mul(mul(splat(0.5), x), sub(splat(1), add(z, mul(z, erfShare(z)))));
  if (all(isMiddle)) return middle;
  // For positive x, what x·Φ(−x) takes from x.
  const far = geluTail(neg(downTo(size, splat(0.375))), splat(0));
  return select(isMiddle, middle, add(select(gt(x, splat(0)), x, splat(0)), far));
}

/** 0 at −∞, where the product would be NaN. */
function anyGelu(x: f64): f64 {
  if (Math.abs(x) <= normalModerate) return first(gelu(splat(x)));
  if (!(x < 0)) return x;
  const scale = splat(-600);
  return x < -38.7 ? -0 : first(mul(geluTail(splat(x), scale), pow2(scale)));
}
