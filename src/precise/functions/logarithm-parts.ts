import { nearest, pow2 } from "../../engine/kernels/portable/lane.js";
import { exactProduct, mul, renormalised } from "../double-double.js";
import {
  centreInverses,
  centreLogarithms,
  firstCentre,
  inverses,
  logTwoParts,
} from "./exponential-tables.js";
import { exponentOf } from "./powers-of-two.js";
import { series, type Terms } from "./series.js";
import { distilled, type Triple } from "./triple.js";

/**
 * Logarithms by a table (Tang 1990, "Table-driven implementation of the logarithm function in IEEE floating-point
 * arithmetic"): log x = e·log 2 − log c + log(1 + z) for x = 2^e·m, a c of 9 bits next to 1/m, and z = c·m − 1, which is
 * exact. Next to 1, where e is 0 and c is 1, log(1 + z) alone is left.
 */

/** (log(1 + z) − z)/z² for |z| ≤ 0.0137. */
const terms: Terms = { first: 0, last: 18, light: 10 };

/** Where z is so small that its square does not count. */
const tiny = 2 ** -170;

/** log x for a finite x > 0: within some 2⁻¹¹⁰. */
export function logarithm(x: Triple): Triple {
  const e = exponentOf(x.hi);
  // In two steps, where a power of 2 would be too large for one.
  const half = pow2(-(e >> 1));
  const otherHalf = pow2(-(e - (e >> 1)));
  return logarithmOfParts(x.hi * half * otherHalf, x.lo * half * otherHalf, x.rest * half * otherHalf, e);
}

function logarithmOfParts(m: number, low: number, rest: number, e: number): Triple {
  const i = nearest(m * 64) - firstCentre;
  const c = centreInverses[i]!;
  const high = exactProduct(m, c);
  const middle = exactProduct(low, c);
  return sumOfLogarithms(e, i, distilled([rest * c, middle.lo, middle.hi, high.lo, high.hi, -1]));
}

/** log(1 + z) for a small z, also where it is tiny. */
export const logOnePlus = (z: Triple): Triple => sumOfLogarithms(0, 64 - firstCentre, z);

function sumOfLogarithms(e: number, i: number, z: Triple): Triple {
  const bend = bendOf(z);
  if (e === 0 && i === 64 - firstCentre) return distilled([z.rest, bend.lo, bend.hi, z.lo, z.hi]);
  return distilled([
    ...[z.rest, bend.lo, centreLogarithms[3 * i + 2]!, e * logTwoParts[2]!, z.lo, bend.hi],
    ...[
      centreLogarithms[3 * i + 1]!,
      e * logTwoParts[1]!,
      z.hi,
      centreLogarithms[3 * i]!,
      e * logTwoParts[0]!,
    ],
  ]);
}

/** log(1 + z) − z. */
function bendOf(z: Triple) {
  if (Math.abs(z.hi) < tiny) return { hi: 0, lo: 0 };
  const short = renormalised(z.hi, z.lo);
  return mul(mul(short, short), series(inverses, terms, short));
}
