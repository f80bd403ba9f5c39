import {
  abs,
  add,
  copysign,
  differ,
  type Lane,
  lt,
  mul,
  neg,
  select,
  splat,
  sqrt,
  sub,
} from "../portable/lane.js";
import {
  arcsinFit0,
  arcsinFit1,
  arcsinFit2,
  arcsinFit3,
  arcsinFit4,
  arcsinFit5,
  arcsinFit6,
  arcsinFit7,
  arcsinFit8,
  arcsinFit9,
  arcsinFit10,
  arcsinFit11,
  arcsinFit12,
  halfPi,
  halfPiRest,
  pi,
  piRest,
} from "./trigonometric-tables.js";

/**
 * Arc sines and cosines within 1.3 units in the last place: a polynomial up to ½, and beyond arcsin x = π/2 − 2·arcsin s
 * with s = √((1 − x)/2).
 */

/** (arcsin √q − √q)/√q for q ≤ ¼. */
function arcsinShare(q: Lane): Lane {
  const square = mul(q, q);
  const fourth = mul(square, square);
  const p0 = add(
    add(splat(arcsinFit0), mul(q, splat(arcsinFit1))),
    mul(square, add(splat(arcsinFit2), mul(q, splat(arcsinFit3)))),
  );
  const p4 = add(
    add(splat(arcsinFit4), mul(q, splat(arcsinFit5))),
    mul(square, add(splat(arcsinFit6), mul(q, splat(arcsinFit7)))),
  );
  const p8 = add(
    add(splat(arcsinFit8), mul(q, splat(arcsinFit9))),
    mul(square, add(splat(arcsinFit10), mul(q, splat(arcsinFit11)))),
  );
  const high = add(p4, mul(fourth, add(p8, mul(fourth, splat(arcsinFit12)))));
  return mul(q, add(p0, mul(fourth, high)));
}

export function arcsin(x: Lane): Lane {
  const size = abs(x);
  const isSmall = lt(size, splat(0.5));
  const q = select(isSmall, mul(x, x), mul(splat(0.5), sub(splat(1), size)));
  const s = select(isSmall, size, sqrt(q));
  const low = mul(s, arcsinShare(q));
  const twice = mul(splat(2), s);
  const base = select(isSmall, splat(0), splat(halfPi));
  const term = select(isSmall, size, neg(twice));
  const sum = add(base, term);
  const rest = select(isSmall, low, sub(splat(halfPiRest), mul(splat(2), low)));
  return copysign(add(sum, add(add(sub(base, sum), term), rest)), x);
}

export function arccos(x: Lane): Lane {
  const size = abs(x);
  const isSmall = lt(size, splat(0.5));
  const isLeft = lt(x, splat(0));
  const q = select(isSmall, mul(x, x), mul(splat(0.5), sub(splat(1), size)));
  const s = select(isSmall, size, mul(splat(2), sqrt(q)));
  const low = mul(s, arcsinShare(q));
  const base = select(isSmall, splat(halfPi), select(isLeft, splat(pi), splat(0)));
  const baseRest = select(isSmall, splat(halfPiRest), select(isLeft, splat(piRest), splat(0)));
  // To the base are added the arc sine of −x where it is small, twice that of s, or less twice that.
  const isLess = differ(isSmall, isLeft);
  const term = select(isLess, neg(s), s);
  const sum = add(base, term);
  const rest = add(baseRest, select(isLess, neg(low), low));
  return add(sum, add(add(sub(base, sum), term), rest));
}
