import { abs, all, each1, eq, first, type Lane, le, select, splat } from "../portable/lane.js";
import { finite, nan } from "../portable/number.js";
import { hugeCosine, hugeSine, hugeTangent, ofHugeAngle } from "./huge-angle.js";
import {
  angleRest,
  angleRestRest,
  moderateAngle,
  quarterMore,
  sineOf,
  tangentOf,
  turnsOf,
} from "./trigonometric-parts.js";

/** Sine and cosine within a unit in the last place, the tangent within 1.6: for all numbers. */

export function sin(x: Lane): Lane {
  if (!all(le(abs(x), splat(moderateAngle)))) return each1(anySin, x);
  const n = turnsOf(x);
  const r = angleRest(x, n);
  // −0 stays.
  return select(eq(x, splat(0)), x, sineOf(n, r, angleRestRest(x, n, r)));
}

export function cos(x: Lane): Lane {
  if (!all(le(abs(x), splat(moderateAngle)))) return each1(anyCos, x);
  const n = turnsOf(x);
  const r = angleRest(x, n);
  return sineOf(quarterMore(n), r, angleRestRest(x, n, r));
}

export function tan(x: Lane): Lane {
  if (!all(le(abs(x), splat(moderateAngle)))) return each1(anyTan, x);
  const n = turnsOf(x);
  const r = angleRest(x, n);
  // −0 stays.
  return select(eq(x, splat(0)), x, tangentOf(n, r, angleRestRest(x, n, r)));
}

function anySin(x: f64): f64 {
  if (Math.abs(x) <= moderateAngle) return first(sin(splat(x)));
  if (!finite(x)) return nan;
  return x < 0 ? -ofHugeAngle(-x, hugeSine) : ofHugeAngle(x, hugeSine);
}

function anyCos(x: f64): f64 {
  if (Math.abs(x) <= moderateAngle) return first(cos(splat(x)));
  return finite(x) ? ofHugeAngle(Math.abs(x), hugeCosine) : nan;
}

function anyTan(x: f64): f64 {
  if (Math.abs(x) <= moderateAngle) return first(tan(splat(x)));
  if (!finite(x)) return nan;
  return x < 0 ? -ofHugeAngle(-x, hugeTangent) : ofHugeAngle(x, hugeTangent);
}
