import { add, type Lane, mul, splat, sub } from "../portable/lane.js";

/** What single operations lose by rounding, so that it can be made good later. */

/** What x + y as a double leaves out of the sum (Knuth): exact where nothing overflows. */
export function sumRest(x: Lane, y: Lane, sum: Lane): Lane {
  const part = sub(sum, x);
  return add(sub(x, sub(sum, part)), sub(y, part));
}

/** What x − y as a double leaves out of the difference, likewise. */
export function differenceRest(x: Lane, y: Lane, difference: Lane): Lane {
  const part = sub(difference, x);
  return sub(sub(x, sub(difference, part)), add(y, part));
}

/** The upper half of the digits of x, for |x| < 2^996 (Veltkamp). */
export function upperHalf(x: Lane): Lane {
  const t = mul(splat(134217729), x);
  return sub(t, sub(t, x));
}

/** What x·y as a double leaves out of the product (Dekker 1971): exact where nothing over- or underflows. */
export function productRest(x: Lane, y: Lane, product: Lane): Lane {
  const xHead = upperHalf(x);
  const yHead = upperHalf(y);
  const xTail = sub(x, xHead);
  const yTail = sub(y, yHead);
  const cross = add(mul(xHead, yTail), mul(xTail, yHead));
  return add(add(sub(mul(xHead, yHead), product), cross), mul(xTail, yTail));
}

/** The same for y = x. */
export function squareRest(x: Lane, square: Lane): Lane {
  const head = upperHalf(x);
  const tail = sub(x, head);
  return add(add(sub(mul(head, head), square), mul(mul(splat(2), head), tail)), mul(tail, tail));
}
