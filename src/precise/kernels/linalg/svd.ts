import { powerNear } from "../../../engine/kernels/linalg/kernel.js";
import { type DoubleDouble, fromNumber, mul, neg, one, scaled, sqrt } from "../../double-double.js";
import { addMultiple, allFinite, divideRow, fillRow, innerProduct, largest, rotateRows } from "../../rows.js";
import { type Elements, elementOf, elements, setElement } from "../../tensor.js";
import { ascending, epsilon, mostSweeps, rotationFor, signOf } from "./jacobi.js";
import { fail, type MatrixKernel } from "./kernel.js";

/** Against a largest element of about 1, columns below this count as 0: their squares would lose digits. */
const negligible = 1e-140;

/**
 * One-sided Jacobi rotations make the columns orthogonal (Demmel and Veselić 1992; Golub and Van Loan, 4th ed.,
 * sec. 8.6.3). A matrix with more columns than rows is transposed. m rows, n columns. Destination: U, the row S, V.
 */
export const svd: MatrixKernel = (d, a, _b, m, n) => {
  const isTall = m >= n;
  const long = isTall ? m : n;
  const short = isTall ? n : m;
  if (!allFinite(m * n, a, 0)) return fail(d, 0);
  // Dividing by a power of two is exact, and keeps squares from overflow.
  const scale = powerNear(largest(m * n, a, 0));
  // The columns, as rows.
  const x = elements(short * long);
  for (let j = 0; j < short; j++) {
    for (let i = 0; i < long; i++)
      setElement(x, j * long + i, scaled(elementOf(a, isTall ? i * n + j : j * n + i), 1 / scale));
  }
  const v = elements(short * short);
  for (let j = 0; j < short; j++) setElement(v, j * (short + 1), one);
  for (let sweep = 0; sweep < mostSweeps; sweep++) if (!sweepColumns(x, v, long, short)) break;

  const sizes = Array.from({ length: short }, (_, j) => {
    const size = norm(x, j * long, long);
    if (size.hi <= negligible) return fromNumber(0);
    divideRow(long, x, j * long, size);
    return size;
  });
  complete(x, long, sizes);
  const [ofLong, ofShort] = isTall ? [0, (m + 1) * short] : [(m + 1) * short, 0];
  // Negative, so that the largest value comes first.
  ascending(sizes.map(neg)).forEach((from, to) => {
    const sign = isTall ? signOf(x, from * long, long) : signOf(v, from * short, short);
    for (let i = 0; i < long; i++)
      setElement(d, ofLong + i * short + to, mul(sign, elementOf(x, from * long + i)));
    for (let i = 0; i < short; i++)
      setElement(d, ofShort + i * short + to, mul(sign, elementOf(v, from * short + i)));
    setElement(d, m * short + to, scaled(sizes[from]!, scale));
  });
  return 0;
};

/** One rotation for each pair of columns; whether any was needed. */
function sweepColumns(x: Elements, v: Elements, long: number, short: number): boolean {
  // Sums of products are a little less exact than single ones.
  const tolerance = 4 * epsilon * Math.sqrt(long);
  let turned = false;
  for (let p = 0; p < short - 1; p++) {
    for (let q = p + 1; q < short; q++) {
      const xp = p * long;
      const xq = q * long;
      const alpha = innerProduct(long, x, xp, x, xp);
      const beta = innerProduct(long, x, xq, x, xq);
      const gamma = innerProduct(long, x, xp, x, xq);
      if (Math.abs(gamma.hi) <= tolerance * Math.sqrt(alpha.hi) * Math.sqrt(beta.hi)) continue;
      turned = true;
      const { c, s } = rotationFor(alpha, beta, gamma);
      rotateRows(long, x, xp, xq, c, s);
      rotateRows(short, v, p * short, q * short, c, s);
    }
  }
  return turned;
}

const norm = (x: Elements, row: number, count: number): DoubleDouble =>
  sqrt(innerProduct(count, x, row, x, row));

/** Fills the rows of size 0 with unit vectors that are orthogonal to all others. */
function complete(x: Elements, count: number, sizes: readonly DoubleDouble[]): void {
  const isUnit = sizes.map(({ hi }) => hi !== 0);
  const others = () => sizes.map((_, row) => row).filter((row) => isUnit[row]);
  for (let j = 0; j < sizes.length; j++) {
    if (isUnit[j]) continue;
    const row = j * count;
    // Of the unit vectors, the one that the others cover least is never nearly covered.
    const least = leastCovered(x, count, others());
    fillRow(count, x, row, 0);
    setElement(x, row + least, one);
    // Twice is enough (Parlett, The Symmetric Eigenvalue Problem, sec. 6.9).
    for (let pass = 0; pass < 2; pass++) {
      for (const other of others()) {
        const along = innerProduct(count, x, row, x, other * count);
        addMultiple(count, x, row, neg(along), x, other * count);
      }
    }
    divideRow(count, x, row, norm(x, row, count));
    isUnit[j] = true;
  }
}

function leastCovered({ hi }: Elements, count: number, rows: readonly number[]): number {
  let least = 0;
  // Every element of an orthonormal basis covers at most 1 in all.
  let most = 2;
  for (let i = 0; i < count; i++) {
    const covered = rows.reduce((sum, row) => sum + hi[row * count + i]! ** 2, 0);
    if (covered >= most) continue;
    most = covered;
    least = i;
  }
  return least;
}
