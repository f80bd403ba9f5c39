import { abs, all, each1, first, type Lane, le, splat } from "../portable/lane.js";
import { infinity } from "../portable/number.js";
import { moderate, moderateExp, moderateExpm1, scaledExp } from "./exponential-parts.js";

/** Within 0.51 units in the last place, 1 where it is subnormal. */
export function exp(x: Lane): Lane {
  if (!all(le(abs(x), splat(moderate)))) return each1(anyExp, x);
  return moderateExp(x);
}

function anyExp(x: f64): f64 {
  if (Math.abs(x) <= moderate) return first(exp(splat(x)));
  if (Math.abs(x) < 750) return scaledExp(x, 0, 1);
  return x < 0 ? 0 : x * infinity;
}

export function expm1(x: Lane): Lane {
  if (!all(le(abs(x), splat(moderate)))) return each1(anyExpm1, x);
  return moderateExpm1(x);
}

function anyExpm1(x: f64): f64 {
  if (Math.abs(x) <= moderate) return first(expm1(splat(x)));
  return x < 0 ? -1 : anyExp(x);
}
