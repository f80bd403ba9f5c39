import { addNumber, type DoubleDouble, mul, neg, sub } from "../double-double.js";
import { isWhole } from "./comparison.js";
import { pi } from "./constants.js";
import { fractionOf } from "./exact.js";
import { cosineSeries, sineSeries } from "./trigonometric.js";

/** What the gamma function's relatives share. */

/** From here on the asymptotic series reach all digits. */
export const asymptoticFrom = 20;
/** Below, they are used for negative arguments, by reflection. */
export const reflectedBelow = -20;

/** Arguments at which the functions have no finite value. */
export const isPole = (x: DoubleDouble): boolean => x.hi <= 0 && isWhole(x);

/** How many steps of 1 lead from x to the interval from 1.5 to 2.5, up or down. */
export const stepsToMiddle = (x: DoubleDouble): number => Math.round(2 - x.hi);

/** x + steps − 2: where on that interval. */
export const offset = (x: DoubleDouble, steps: number): DoubleDouble => addNumber(x, steps - 2);

/** sin πx and cos πx, with all digits next to their zeros. */
export function sineAndCosineOfPi(x: DoubleDouble): { sine: DoubleDouble; cosine: DoubleDouble } {
  const { whole, fraction } = fractionOf(x);
  const isReversed = (whole.hi % 2) + (whole.lo % 2) !== 0;
  const { sine, cosine } = ofFraction(fraction);
  return isReversed ? { sine: neg(sine), cosine: neg(cosine) } : { sine, cosine };
}

/** For |f| ≤ ½. */
function ofFraction(f: DoubleDouble): { sine: DoubleDouble; cosine: DoubleDouble } {
  if (f.hi < 0) {
    const { sine, cosine } = ofFraction(neg(f));
    return { sine: neg(sine), cosine };
  }
  const isNear = f.hi <= 0.25;
  const angle = mul(pi, isNear ? f : sub({ hi: 0.5, lo: 0 }, f));
  const first = sineSeries(angle);
  const second = cosineSeries(angle);
  return isNear ? { sine: first, cosine: second } : { sine: second, cosine: first };
}
