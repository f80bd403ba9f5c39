/** What single operations lose by rounding, so that it can be made good later. */

/** What x − y as a double leaves out of the difference (Knuth): exact where nothing overflows. */
export function differenceRest(x: number, y: number, difference: number): number {
  const part = difference - x;
  return x - (difference - part) - (y + part);
}

/**
 * a·b − product to within 2^−76 of a product that is close to it, for factors and products that single precision can
 * hold: the products of their heads, which have 24 bits, are exact.
 */
export function productRest(a: number, b: number, product: number): number {
  const aHead = Math.fround(a);
  const bHead = Math.fround(b);
  return aHead * bHead - product + (aHead * (b - bHead) + (a - aHead) * b);
}

const splitter = 2 ** 27 + 1;

/** What x·x as a double leaves out of the square (Dekker 1971): exact where nothing over- or underflows. */
export function squareRest(x: number, square: number): number {
  const t = splitter * x;
  const head = t - (t - x);
  const tail = x - head;
  return head * head - square + 2 * head * tail + tail * tail;
}
