import {
  abs,
  add,
  copysign,
  div,
  gt,
  type Lane,
  le,
  mul,
  nearest,
  select,
  splat,
  sub,
} from "../portable/lane.js";

export function square(x: Lane): Lane {
  return mul(x, x);
}

export function reciprocal(x: Lane): Lane {
  return div(splat(1), x);
}

/** −1, 0 or 1; ±0 and NaN stay as they are. */
export function sign(x: Lane): Lane {
  return select(gt(abs(x), splat(0)), copysign(splat(1), x), x);
}

/** Ties to the even number, as in NumPy. */
export function round(x: Lane): Lane {
  return nearest(x);
}

/** (1 − x)(1 + x), which keeps its digits where x² is close to 1. */
export function one_minus_square(x: Lane): Lane {
  return mul(sub(splat(1), x), add(splat(1), x));
}

/** Not x > 0 ? x : 0, which would turn NaN into 0; and 0 also for −0. */
export function relu(x: Lane): Lane {
  return select(le(x, splat(0)), splat(0), x);
}

export function leaky_relu(x: Lane, slope: Lane): Lane {
  return select(gt(x, splat(0)), x, mul(slope, x));
}
