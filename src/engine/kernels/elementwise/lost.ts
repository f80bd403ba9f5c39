/** What operations on single numbers lose by rounding; `rounding.ts` has the same for lanes. */

/** What x − y as a double leaves out of the difference (Knuth): exact where nothing overflows. */
export function lostByDifference(x: f64, y: f64, difference: f64): f64 {
  const part = difference - x;
  return x - (difference - part) - (y + part);
}

/** The upper half of the digits of x (Veltkamp). */
function upperHalf(x: f64): f64 {
  const t = 134217729 * x;
  return t - (t - x);
}

/** What x·y as a double leaves out of the product (Dekker 1971): exact where nothing over- or underflows. */
export function lostByProduct(x: f64, y: f64, product: f64): f64 {
  const xHead = upperHalf(x);
  const yHead = upperHalf(y);
  const xTail = x - xHead;
  const yTail = y - yHead;
  return xHead * yHead - product + (xHead * yTail + xTail * yHead) + xTail * yTail;
}

/** What 1/x as a double leaves out of the quotient. */
export function lostByInverse(x: f64, inverse: f64): f64 {
  return -lostByProduct(x, inverse, 1) * inverse;
}
