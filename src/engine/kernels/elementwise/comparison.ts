import { both, either, eq, ge, gt, type Lane, le, lt, ne, select, splat, truth } from "../portable/lane.js";

export function less(x: Lane, y: Lane): Lane {
  return truth(lt(x, y));
}

export function less_equal(x: Lane, y: Lane): Lane {
  return truth(le(x, y));
}

export function greater(x: Lane, y: Lane): Lane {
  return truth(gt(x, y));
}

export function greater_equal(x: Lane, y: Lane): Lane {
  return truth(ge(x, y));
}

export function equal(x: Lane, y: Lane): Lane {
  return truth(eq(x, y));
}

export function not_equal(x: Lane, y: Lane): Lane {
  return truth(ne(x, y));
}

export function logical_and(x: Lane, y: Lane): Lane {
  return truth(both(ne(x, splat(0)), ne(y, splat(0))));
}

export function logical_or(x: Lane, y: Lane): Lane {
  return truth(either(ne(x, splat(0)), ne(y, splat(0))));
}

export function logical_not(x: Lane): Lane {
  return truth(eq(x, splat(0)));
}

/** `x` where the condition is not 0; NaN counts as true. */
export function where(condition: Lane, x: Lane, y: Lane): Lane {
  return select(ne(condition, splat(0)), x, y);
}
