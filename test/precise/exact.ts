import type { DoubleDouble } from "../../src/precise/double-double.js";
import { type Real, Reals, real, withDigits } from "../accuracy/decimal.js";

/** Enough for every sum of two doubles as it stands. */
const Whole = withDigits(1500);

/** The value of a double-double with all of its digits. */
export const realOf = ({ hi, lo }: DoubleDouble): Real => new Reals(new Whole(real(hi)).plus(real(lo)));

const smallest = real(2 ** -1074);

/** |computed − exact| over the size of `scale`; below 2^-1073, errors do not count. */
export function relativeError(computed: DoubleDouble, exact: Real, scale: Real = exact): number {
  if (Number.isNaN(computed.hi) || Number.isNaN(computed.lo)) return Number.POSITIVE_INFINITY;
  const distance = new Whole(realOf(computed)).minus(exact).abs();
  if (distance.lte(smallest.times(2))) return 0;
  return distance.div(scale.abs()).toNumber();
}

/** Whether `hi` is the double next to the sum, so that there is one way only to write a number. */
export const isNormalised = ({ hi, lo }: DoubleDouble): boolean => hi + lo === hi;
