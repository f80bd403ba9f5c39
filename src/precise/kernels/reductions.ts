import type { TensorOpName } from "../../ops/registry.js";
import { Accumulator } from "../accumulator.js";
import { add, compare, scaled, sqrt, sub } from "../double-double.js";
import { type PreciseKernel, type PreciseScalars, scalarOf } from "../kernel.js";
import { innerProduct, scaleRow } from "../rows.js";
import { type Elements, elementOf, elements, setElement } from "../tensor.js";
import { type Reducer, reducing } from "./along.js";

/** One after another: the error of each addition is so small that blocks would gain nothing. */
const sum: Reducer = (d, to, { hi, lo }, from, count) => {
  const total = new Accumulator();
  // The first element, not 0, so that a sum of negative zeros stays one.
  if (count > 0) total.set(hi[from]!, lo[from]!);
  for (let i = from + 1; i < from + count; i++) total.add(hi[i]!, lo[i]!);
  setElement(d, to, total);
};

const prod: Reducer = (d, to, { hi, lo }, from, count) => {
  const total = new Accumulator();
  total.set(1, 0);
  for (let i = from; i < from + count; i++) total.multiply(hi[i]!, lo[i]!);
  setElement(d, to, total);
};

/** The place of the largest element (of the smallest, where `sign` is −1), or of the first NaN. */
export function extremumAt(sign: 1 | -1, x: Elements, from: number, count: number): number {
  let place = from;
  for (let i = from + 1; i < from + count && !Number.isNaN(x.hi[place]!); i++) {
    const order = sign * compare(elementOf(x, i), elementOf(x, place));
    // As `Math.max` has it, 0 is greater than −0.
    const isTie = order === 0 && x.hi[i] === 0 && Object.is(x.hi[place], -sign * 0);
    if (order > 0 || Number.isNaN(order) || isTie) place = i;
  }
  return place;
}

const extremum =
  (sign: 1 | -1): Reducer =>
  (d, to, x, from, count) =>
    setElement(d, to, elementOf(x, extremumAt(sign, x, from, count)));

/** Σ e^(xᵢ − shift), and the summands to d where there is one. */
export function sumExponentials(
  x: Elements,
  from: number,
  count: number,
  shift: { readonly hi: number; readonly lo: number },
  scalars: PreciseScalars,
  d?: Elements,
): Accumulator {
  const exp = scalarOf(scalars, "exp");
  const total = new Accumulator();
  for (let i = from; i < from + count; i++) {
    const moved = sub(elementOf(x, i), shift);
    const value = exp(moved, moved, moved);
    if (d !== undefined) setElement(d, i, value);
    total.add(value.hi, value.lo);
  }
  return total;
}

const logsumexp: Reducer = (d, to, x, from, count, scalars) => {
  const most = elementOf(x, extremumAt(1, x, from, count));
  // ±∞ and NaN are the answer already; subtracting them would make NaN of the infinities.
  if (!Number.isFinite(most.hi)) return setElement(d, to, most);
  const total = sumExponentials(x, from, count, most, scalars);
  setElement(d, to, add(most, scalarOf(scalars, "log")(total, total, total)));
};

/** Powers of two to multiply by, which is exact, where squares would overflow or underflow. */
const large = 2 ** 600;
const small = 2 ** -600;

const norm: Reducer = (d, to, x, from, count) => {
  const squares = innerProduct(count, x, from, x, from);
  if ((squares.hi > 1e-280 && squares.hi < 1e300) || Number.isNaN(squares.hi))
    return setElement(d, to, sqrt(squares));
  const scale = squares.hi > 1 ? small : large;
  const moved = elements(count);
  scaleRow(count, moved, 0, x, from, scale);
  setElement(d, to, scaled(sqrt(innerProduct(count, moved, 0, moved, 0)), 1 / scale));
};

export const reductionKernels = {
  sum: reducing(sum),
  max: reducing(extremum(1)),
  min: reducing(extremum(-1)),
  logsumexp: reducing(logsumexp),
  prod: reducing(prod),
  norm: reducing(norm),
} satisfies Partial<Record<TensorOpName, PreciseKernel>>;
