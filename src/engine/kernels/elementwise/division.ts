import { each2, first, type Lane, nearest, splat } from "../portable/lane.js";
import { isNegative } from "../portable/number.js";

/** The remainder has the sign of the divisor, also where it is 0. */
export function mod(x: Lane, y: Lane): Lane {
  return each2(floorRemainder, x, y);
}

/** ⌊x/y⌋, as if the quotient were not rounded. */
export function floor_quotient(x: Lane, y: Lane): Lane {
  return each2(floorOfQuotient, x, y);
}

function floorRemainder(x: f64, y: f64): f64 {
  const remainder = x % y;
  if (remainder === 0) return isNegative(y) ? -0 : 0;
  return remainder < 0 !== y < 0 ? remainder + y : remainder;
}

/** From the quotient without its remainder, which is next to a whole number. */
function floorOfQuotient(x: f64, y: f64): f64 {
  const remainder = x % y;
  const quotient = first(nearest(splat((x - remainder) / y)));
  // Beyond 2^53 doubles are further apart than 1.
  const isBelow = remainder !== 0 && remainder < 0 !== y < 0 && Math.abs(quotient) < 9007199254740992;
  return isBelow ? quotient - 1 : quotient;
}
