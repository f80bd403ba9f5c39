import { abs, add, type DoubleDouble, div, fromNumber, isFiniteNumber, mul, neg } from "../double-double.js";
import { reducedAngle } from "./angle.js";
import { series, type Terms } from "./series.js";
import { cosineCoefficients, sineCoefficients } from "./trigonometric-tables.js";

/**
 * Sine, cosine and tangent within 2⁻¹⁰⁰ for all arguments, also next to zeros and poles: what is left of the argument after
 * multiples of π/2 are taken away has all digits (`angle.ts`). Taylor's series do the rest.
 */

/** (sin r − r)/r³ for |r| ≤ π/4. */
const sineTerms: Terms = { first: 1, last: 13, light: 9 };
const cosineTerms: Terms = { first: 0, last: 13, light: 9 };

/** Below, in size, the cube does not count. */
const tiny = 2 ** -56;

/** sin r for |r| ≤ π/4. */
export function sineSeries(r: DoubleDouble): DoubleDouble {
  if (Math.abs(r.hi) < tiny) return r;
  const squared = mul(r, r);
  return add(r, mul(mul(r, squared), series(sineCoefficients, sineTerms, squared)));
}

/** cos r for |r| ≤ π/4. */
export const cosineSeries = (r: DoubleDouble): DoubleDouble =>
  series(cosineCoefficients, cosineTerms, Math.abs(r.hi) < tiny ? { hi: 0, lo: 0 } : mul(r, r));

const nan = fromNumber(Number.NaN);

/** The sine of an angle that is so many quarter turns more. */
function shiftedSine(x: DoubleDouble, quarters: number): DoubleDouble {
  const { rest, quadrant } = reducedAngle(x);
  const turned = quadrant + quarters;
  const value = turned % 2 === 0 ? sineSeries(rest) : cosineSeries(rest);
  return turned % 4 < 2 ? value : neg(value);
}

export function sin(x: DoubleDouble): DoubleDouble {
  return isFiniteNumber(x) ? shiftedSine(x, 0) : nan;
}

export function cos(x: DoubleDouble): DoubleDouble {
  return isFiniteNumber(x) ? shiftedSine(abs(x), 1) : nan;
}

export function tan(x: DoubleDouble): DoubleDouble {
  if (!isFiniteNumber(x)) return nan;
  const { rest, quadrant } = reducedAngle(x);
  const sine = sineSeries(rest);
  const cosine = cosineSeries(rest);
  return quadrant % 2 === 0 ? div(sine, cosine) : neg(div(cosine, sine));
}
