import { nearest } from "../../engine/kernels/portable/lane.js";
import { type DoubleDouble, renormalised, zero } from "../double-double.js";
import { exponentOf, timesPowerOfTwo } from "./powers-of-two.js";

/** Finite double-doubles as whole numbers times a power of 2, for what has to be exact whatever the sizes are. */

/** digits·2^places. */
export interface Exact {
  readonly digits: bigint;
  readonly places: number;
}

/** The bits that a double's last place may be away from its first. */
const bitsOfDouble = 53;
/** More than a double-double can tell. */
const enoughBits = 400;

function exactDouble(x: number): Exact {
  if (x === 0) return { digits: 0n, places: 0 };
  const places = exponentOf(x) - bitsOfDouble;
  return { digits: BigInt(timesPowerOfTwo({ hi: x, lo: 0 }, -places).hi), places };
}

/** The digits of a number from 2^places on, those below left out. */
export const digitsFrom = ({ digits, places }: Exact, from: number): bigint =>
  places >= from ? digits << BigInt(places - from) : digits >> BigInt(from - places);

export function exact({ hi, lo }: DoubleDouble): Exact {
  const high = exactDouble(hi);
  if (lo === 0) return high;
  const low = exactDouble(lo);
  const places = Math.min(high.places, low.places);
  return { digits: digitsFrom(high, places) + digitsFrom(low, places), places };
}

/** The double-double next to digits·2^places. */
export function rounded({ digits, places }: Exact): DoubleDouble {
  if (digits === 0n) return zero;
  const size = digits < 0n ? -digits : digits;
  // Four bits for each digit.
  const excess = Math.max(0, size.toString(16).length * 4 - enoughBits);
  const top = digits >> BigInt(excess);
  const hi = Number(top);
  return timesPowerOfTwo(renormalised(hi, Number(top - BigInt(hi))), places + excess);
}

/** x mod y with the sign of x, and the quotient without its fraction. */
export function exactDivision(x: DoubleDouble, y: DoubleDouble) {
  const dividend = exact(x);
  const divisor = exact(y);
  const places = Math.min(dividend.places, divisor.places);
  const a = digitsFrom(dividend, places);
  const b = digitsFrom(divisor, places);
  return { quotient: a / b, remainder: a % b, divisor: b, places };
}

/** The whole number next to x, and x less that. */
export function fractionOf(x: DoubleDouble): { whole: DoubleDouble; fraction: DoubleDouble } {
  const high = nearest(x.hi);
  const rest = renormalised(x.hi - high, x.lo);
  const low = nearest(rest.hi);
  return { whole: renormalised(high, low), fraction: renormalised(rest.hi - low, rest.lo) };
}
