import { scalarKernels } from "../../engine/kernels/scalar.js";
import { type DoubleDouble, fromNumber, isFiniteNumber } from "../double-double.js";
import { exactDivision, rounded } from "./exact.js";

/** Remainders and quotients rounded down: exact until they are rounded to a double-double. */

/** Where there is something to divide. */
const isDivision = (x: DoubleDouble, y: DoubleDouble): boolean =>
  isFiniteNumber(x) && isFiniteNumber(y) && x.hi !== 0 && y.hi !== 0;

/** The remainder has the sign of the divisor, also where it is 0. */
export function mod(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  if (!isDivision(x, y)) {
    const limit = scalarKernels.mod(x.hi, y.hi, 0);
    return limit === x.hi && limit !== 0 ? x : fromNumber(limit);
  }
  const { remainder, divisor, places } = exactDivision(x, y);
  if (remainder === 0n) return fromNumber(y.hi < 0 ? -0 : 0);
  return rounded({ digits: remainder < 0n !== y.hi < 0 ? remainder + divisor : remainder, places });
}

/** ⌊x/y⌋. */
export function floor_quotient(x: DoubleDouble, y: DoubleDouble): DoubleDouble {
  if (!isDivision(x, y)) return fromNumber(scalarKernels.floor_quotient(x.hi, y.hi, 0));
  const { quotient, remainder } = exactDivision(x, y);
  const digits = remainder !== 0n && remainder < 0n !== y.hi < 0 ? quotient - 1n : quotient;
  // As 0/y.
  return digits === 0n ? fromNumber(y.hi < 0 ? -0 : 0) : rounded({ digits, places: 0 });
}
