import {
  abs,
  add,
  all,
  both,
  centredExponent,
  copysign,
  div,
  each1,
  each2,
  first,
  ge,
  gt,
  type Lane,
  le,
  lt,
  mul,
  pow2,
  select,
  splat,
  sqrt,
  sub,
  wholeShift,
} from "../portable/lane.js";
import { finite, infinity } from "../portable/number.js";
import {
  inverseRootFit0,
  inverseRootFit1,
  inverseRootFit2,
  inverseRootFit3,
  inverseRootFit4,
  inverseRootFit5,
} from "./exponential-tables.js";
import { squareRest } from "./rounding.js";

/** The powers of 2 between which exponents need no care. */
const smallest: f64 = 2.2250738585072014e-308;
const largest: f64 = 4.49423283715579e307;

/**
 * Within 0.52 units in the last place: an approximation by a polynomial and a step of the third order for z^(−1/3), of
 * which the cube root gets 24 bits, and Halley's step for the rest: the cube of so few bits is exact as a sum.
 */
export function cbrt(x: Lane): Lane {
  const size = abs(x);
  if (!all(both(ge(size, splat(smallest)), lt(size, splat(largest))))) return each1(anyCbrt, x);
  const third = sub(add(mul(centredExponent(size), splat(1 / 3)), splat(wholeShift)), splat(wholeShift));
  const z = mul(size, pow2(mul(splat(-3), third)));
  const t = sub(z, splat(0.35));
  const square = mul(t, t);
  const low = add(splat(inverseRootFit0), mul(t, splat(inverseRootFit1)));
  const middle = add(splat(inverseRootFit2), mul(t, splat(inverseRootFit3)));
  const high = add(splat(inverseRootFit4), mul(t, splat(inverseRootFit5)));
  const w = add(low, mul(square, add(middle, mul(square, high))));
  const error = sub(splat(1), mul(z, mul(w, mul(w, w))));
  const inverse = add(w, mul(mul(w, error), add(splat(1 / 3), mul(error, splat(2 / 9)))));
  const root = upperBits(mul(z, mul(inverse, inverse)));
  const rootSquare = mul(root, root);
  const head = upperBits(rootSquare);
  const lost = sub(sub(z, mul(head, root)), mul(sub(rootSquare, head), root));
  const step = div(mul(lost, root), add(z, mul(splat(2), mul(rootSquare, root))));
  return copysign(mul(add(root, step), pow2(third)), x);
}

/** 23 bits behind the point. */
function upperBits(x: Lane): Lane {
  return sub(add(x, splat(805306368)), splat(805306368));
}

function anyCbrt(x: f64): f64 {
  const size = Math.abs(x);
  if (size >= smallest && size < largest) return first(cbrt(splat(x)));
  if (size === 0 || !finite(x)) return x;
  const scale: f64 = size < 1 ? 18 : -18;
  return first(mul(cbrt(mul(splat(x), pow2(splat(3 * scale)))), pow2(splat(-scale))));
}

/**
 * √(x² + y²) within 0.51 units in the last place, 0.75 where it is subnormal: the square root, mended by one step of
 * Newton's with what the squares have lost.
 */
export function hypot(x: Lane, y: Lane): Lane {
  const a = abs(x);
  const b = abs(y);
  const isFirst = gt(a, b);
  const larger = select(isFirst, a, b);
  const smaller = select(isFirst, b, a);
  if (!all(both(both(ge(larger, splat(1e-120)), le(larger, splat(1e140))), ge(smaller, splat(0)))))
    return each2(anyHypot, x, y);
  const xx = mul(larger, larger);
  const yy = mul(smaller, smaller);
  const sum = add(xx, yy);
  const root = sqrt(sum);
  const lost = add(add(sub(xx, sum), yy), add(squareRest(larger, xx), squareRest(smaller, yy)));
  const rest = div(sub(lost, squareRest(root, sum)), mul(splat(2), root));
  // A side that does not count, and whose square may have lost all its digits.
  return select(gt(smaller, mul(larger, splat(5.551115123125783e-17))), add(root, rest), larger);
}

/** Scaling by a power of 2 is exact; an infinity wins over NaN. */
function anyHypot(x: f64, y: f64): f64 {
  const a = Math.abs(x);
  const b = Math.abs(y);
  if (a === infinity || b === infinity) return infinity;
  const larger = Math.max(a, b);
  if (!(larger > 0)) return larger;
  let scale: f64 = 0;
  if (larger > 1e140) scale = -600;
  if (larger < 1e-120) scale = 600;
  const factor = pow2(splat(scale));
  return first(mul(hypot(mul(splat(a), factor), mul(splat(b), factor)), pow2(splat(-scale))));
}
