const splitter = 2 ** 27 + 1;

/** What x·x as a double leaves out of the square (Dekker 1971); exact where nothing over- or underflows. */
function squareRest(x: number, square: number): number {
  const t = splitter * x;
  const head = t - (t - x);
  const tail = x - head;
  return head * head - square + 2 * head * tail + tail * tail;
}

/** √(x² + y²) within 0.51 units in the last place: the square root, mended by one step of Newton's with exact squares. */
export function hypot(x: number, y: number): number {
  const larger = Math.max(Math.abs(x), Math.abs(y));
  const smaller = Math.min(Math.abs(x), Math.abs(y));
  if (!(smaller > larger * 2 ** -54)) {
    // NaN, an infinity (which wins over NaN), or a side that does not count.
    return Math.abs(x) === Number.POSITIVE_INFINITY
      ? Math.abs(x)
      : Math.abs(y) === Number.POSITIVE_INFINITY
        ? Math.abs(y)
        : larger;
  }
  if (larger > 2 ** 480)
    return larger === Number.POSITIVE_INFINITY
      ? larger
      : 2 ** 600 * moderate(2 ** -600 * larger, 2 ** -600 * smaller);
  return larger < 2 ** -400
    ? 2 ** -600 * moderate(2 ** 600 * larger, 2 ** 600 * smaller)
    : moderate(larger, smaller);
}

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
