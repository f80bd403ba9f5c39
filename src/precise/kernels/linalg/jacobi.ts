import {
  abs,
  add,
  compare,
  type DoubleDouble,
  div,
  fromNumber,
  mul,
  neg,
  one,
  scaled,
  sqrt,
  square,
  sub,
} from "../../double-double.js";
import type { Elements } from "../../tensor.js";

/** Convergence is quadratic: more sweeps than about twelve are never needed, and the limit only guards against mistakes. */
export const mostSweeps = 60;
/** What rounding makes of 1, about: 2⁻¹⁰⁴. */
export const epsilon = 2 ** -104;

/** A rotation by its cosine and sine, and the tangent. */
export interface Rotation {
  readonly c: DoubleDouble;
  readonly s: DoubleDouble;
  readonly t: DoubleDouble;
}

/** The smaller angle that turns [[p, x], [x, q]] into a diagonal matrix (Golub and Van Loan, 4th ed., sec. 8.5.2). */
export function rotationFor(p: DoubleDouble, q: DoubleDouble, x: DoubleDouble): Rotation {
  const theta = div(sub(q, p), scaled(x, 2));
  const size = abs(theta);
  // The 1 under the root does not count then, and the square might overflow.
  const root = size.hi > 1e17 ? size : sqrt(add(one, square(theta)));
  const smaller = div(one, add(size, root));
  const t = theta.hi >= 0 ? smaller : neg(smaller);
  const c = div(one, sqrt(add(one, square(t))));
  return { c, s: mul(t, c), t };
}

/** 1 or −1, so that the element of the row that is largest in size is positive; the first of several. */
export function signOf({ hi }: Elements, row: number, count: number): DoubleDouble {
  let largest = row;
  for (let i = row + 1; i < row + count; i++) {
    // A little more than equal, so that rounding does not choose between elements of one size: as much as for doubles,
    // so that both choose the same.
    if (Math.abs(hi[i]!) > Math.abs(hi[largest]!) * (1 + 1e-10)) largest = i;
  }
  return fromNumber(hi[largest]! < 0 ? -1 : 1);
}

/** The indices of the values in ascending order; equal ones stay in theirs. */
export const ascending = (values: readonly DoubleDouble[]): number[] =>
  values.map((_, i) => i).sort((i, j) => compare(values[i]!, values[j]!) || i - j);
