import {
  abs,
  add,
  all,
  each1,
  first,
  indexOf,
  type Lane,
  le,
  lookup64,
  mul,
  neg,
  pow2,
  scaleByParts,
  splat,
  sub,
} from "../portable/lane.js";
import { isNan } from "../portable/number.js";
import { partsOf, shareOf } from "./exponential-parts.js";
import { exponentialHeads } from "./exponential-tables.js";
import { upperHalf } from "./rounding.js";

/** 1/√(2π) as a sum, the second relative to the first. */
const invSqrtTwoPi: f64 = 0.3989422804014327;
const invSqrtTwoPiRest: f64 = -6.247337548089093e-17;

/** Up to here, e^(−x²) and factors next to 1 are not subnormal. */
const gaussianEnd: f64 = 26;
const normalEnd: f64 = 37;

/**
 * factor·e^(−share·x² + rest)·2^−scale for a share that is a power of 2 and a small rest. The rounding of x² would cost x²
 * units in the last place; the halves of x have exact products.
 */
export function timesGaussian(x: Lane, share: Lane, rest: Lane, factor: Lane, scale: Lane): Lane {
  const head = upperHalf(x);
  const exponent = neg(mul(share, mul(head, head)));
  const low = sub(rest, mul(share, mul(sub(x, head), add(x, head))));
  const n = partsOf(exponent);
  const power = scaleByParts(lookup64(exponentialHeads, indexOf(n)), indexOf(sub(n, mul(scale, splat(64)))));
  return mul(factor, add(power, mul(power, shareOf(exponent, n, low))));
}

/** e^(−x²). */
export function gaussian(x: Lane): Lane {
  if (!all(le(abs(x), splat(gaussianEnd)))) return each1(anyGaussian, x);
  return timesGaussian(x, splat(1), splat(0), splat(1), splat(0));
}

function anyGaussian(x: f64): f64 {
  const size = Math.abs(x);
  if (size <= gaussianEnd) return first(gaussian(splat(x)));
  if (!(size < 28)) return isNan(x) ? x : 0;
  const scale = splat(-600);
  return first(mul(timesGaussian(splat(x), splat(1), splat(0), splat(1), scale), pow2(scale)));
}

/** The density of the standard normal distribution. */
export function normal_pdf(x: Lane): Lane {
  if (!all(le(abs(x), splat(normalEnd)))) return each1(anyNormalPdf, x);
  return timesGaussian(x, splat(0.5), splat(invSqrtTwoPiRest), splat(invSqrtTwoPi), splat(0));
}

function anyNormalPdf(x: f64): f64 {
  const size = Math.abs(x);
  if (size <= normalEnd) return first(normal_pdf(splat(x)));
  if (!(size < 39)) return isNan(x) ? x : 0;
  const scale = splat(-600);
  const power = timesGaussian(splat(x), splat(0.5), splat(invSqrtTwoPiRest), splat(invSqrtTwoPi), scale);
  return first(mul(power, pow2(scale)));
}
