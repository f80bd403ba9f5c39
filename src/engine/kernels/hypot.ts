import { squareRest } from "./rounding.js";

const infinity = Number.POSITIVE_INFINITY;

/** √(x² + y²) within 0.51 units in the last place, 0.75 where it is subnormal. Scaling up by a power of 2 is exact. */
export function hypot(x: number, y: number): number {
  const a = Math.abs(x);
  const b = Math.abs(y);
  const larger = Math.max(a, b);
  const smaller = Math.min(a, b);
  if (smaller > larger * 2 ** -54) {
    if (larger > 2 ** 480) return 2 ** 600 * moderate(2 ** -600 * larger, 2 ** -600 * smaller);
    if (larger < 2 ** -400) return 2 ** -600 * moderate(2 ** 600 * larger, 2 ** 600 * smaller);
    return moderate(larger, smaller);
  }
  // A side that does not count, or NaN, over which an infinity wins.
  return a === infinity || b === infinity ? infinity : larger;
}

/** The square root, mended by one step of Newton's with what the squares have lost. */
function moderate(x: number, y: number): number {
  const xx = x * x;
  const yy = y * y;
  const sum = xx + yy;
  const root = Math.sqrt(sum);
  const square = root * root;
  const rest =
    sum - square - squareRest(root, square) + (xx - sum + yy) + squareRest(x, xx) + squareRest(y, yy);
  return root + rest / (2 * root);
}
