import { matmul } from "../matmul.js";
import type { Memory } from "../portable/memory.js";
import {
  addMultiple,
  allFinite,
  copyRow,
  divideRow,
  fillRow,
  innerProduct,
  innerProducts,
  rotateRows,
} from "../portable/rows.js";
import { cosine, epsilon, mostSweeps, rankOf, signOf, tangent } from "./jacobi.js";
import { fail, largest, powerNear } from "./kernel.js";
import { byTridiagonal } from "./tridiagonal.js";

/** Against a largest element of about 1, columns below this count as 0: their squares would lose digits. */
const negligible: f64 = 1e-140;

/** From this many columns on, they are turned before, which costs less than it saves. */
const large: i32 = 32;

/**
 * One-sided Jacobi rotations make the columns orthogonal; small singular values of small matrices keep their relative accuracy
 * (Demmel and Veselić 1992; Golub and Van Loan, 4th ed., sec. 8.6.3). A matrix with more columns than rows is transposed.
 * m rows, n columns. Destination: U, the row S, V. Work: long² + long·short for the columns as rows and Vᵀ.
 */
export function svd(mem: Memory, d: i32, a: i32, _b: i32, m: i32, n: i32, _p: i32, work: i32): i32 {
  const isTall = m >= n;
  const long = isTall ? m : n;
  const short = isTall ? n : m;
  if (!allFinite(mem, a, m * n)) return fail(mem, d, (m + 1 + n) * short, 0);
  const v = work + short * long;
  // Dividing by a power of two is exact, and keeps squares from overflow.
  const scale = powerNear(largest(mem, a, m * n));
  for (let j: i32 = 0; j < short; j++) {
    for (let i: i32 = 0; i < long; i++)
      mem[work + j * long + i] = mem[isTall ? a + i * n + j : a + j * n + i] / scale;
  }
  if (short < large || !prepare(mem, work, v, long, short, d)) {
    fillRow(mem, short * short, v, 0);
    for (let j: i32 = 0; j < short; j++) mem[v + j * (short + 1)] = 1;
  }
  for (let sweep: i32 = 0; sweep < mostSweeps; sweep++)
    if (!sweepColumns(mem, work, v, long, short, d)) break;

  // Negative, so that the largest value comes first.
  const sizes = d + m * short;
  for (let j: i32 = 0; j < short; j++) {
    const size = norm(mem, work + j * long, long);
    mem[sizes + j] = size > negligible ? -size : 0;
    if (size > negligible) divideRow(mem, long, work + j * long, size);
  }
  complete(mem, work, long, sizes, short);
  const behind = sizes + short;
  const ofLong = isTall ? d : behind;
  const ofShort = isTall ? behind : d;
  for (let from: i32 = 0; from < short; from++) {
    const to = rankOf(mem, sizes, 1, short, from);
    const x = work + from * long;
    const y = v + from * short;
    const sign = isTall ? signOf(mem, x, long) : signOf(mem, y, short);
    for (let i: i32 = 0; i < long; i++) mem[ofLong + i * short + to] = sign * mem[x + i];
    for (let i: i32 = 0; i < short; i++) mem[ofShort + i * short + to] = sign * mem[y + i];
  }
  sort(mem, sizes, short);
  for (let j: i32 = 0; j < short; j++) mem[sizes + j] = Math.abs(mem[sizes + j]) * scale;
  return 0;
}

/**
 * Turns the columns by the eigenvectors of AᵀA, which leaves them nearly orthogonal: fewer sweeps are needed. False, and
 * nothing is done, where they are not found. `room` is as large as the decomposition.
 */
function prepare(mem: Memory, x: i32, v: i32, long: i32, short: i32, room: i32): bool {
  matmul(mem, short, long, short, v, x, long, 1, x, 1, long);
  if (!byTridiagonal(mem, v, short, room, room + short * short)) return false;
  matmul(mem, short, short, long, room, v, short, 1, x, long, 1);
  copyRow(mem, short * long, x, room);
  return true;
}

/** `room` is for three numbers. */
function sweepColumns(mem: Memory, x: i32, v: i32, long: i32, short: i32, room: i32): bool {
  const tolerance = epsilon * Math.sqrt(long);
  let turned = false;
  for (let p: i32 = 0; p < short - 1; p++) {
    for (let q: i32 = p + 1; q < short; q++) {
      const xp = x + p * long;
      const xq = x + q * long;
      innerProducts(mem, long, room, xp, xq);
      const alpha = mem[room];
      const beta = mem[room + 1];
      const gamma = mem[room + 2];
      if (Math.abs(gamma) <= tolerance * Math.sqrt(alpha) * Math.sqrt(beta)) continue;
      turned = true;
      const t = tangent(alpha, beta, gamma);
      const c = cosine(t);
      rotateRows(mem, long, xp, xq, c, t * c);
      rotateRows(mem, short, v + p * short, v + q * short, c, t * c);
    }
  }
  return turned;
}

function norm(mem: Memory, x: i32, count: i32): f64 {
  return Math.sqrt(innerProduct(mem, count, x, x));
}

/** Ascending; by insertion, since values from Jacobi rotations are nearly in order. */
function sort(mem: Memory, x: i32, count: i32): void {
  for (let i: i32 = 1; i < count; i++) {
    const value = mem[x + i];
    let j = i;
    for (; j > 0 && mem[x + j - 1] > value; j--) mem[x + j] = mem[x + j - 1];
    mem[x + j] = value;
  }
}

/** Fills the rows of size 0 with unit vectors that are orthogonal to all others. */
function complete(mem: Memory, x: i32, count: i32, sizes: i32, rows: i32): void {
  for (let j: i32 = 0; j < rows; j++) {
    if (mem[sizes + j] !== 0) continue;
    const row = x + j * count;
    // Of the unit vectors, the one that the others cover least is never nearly covered.
    const least = leastCovered(mem, x, count, sizes, rows, j);
    fillRow(mem, count, row, 0);
    mem[row + least] = 1;
    // Twice is enough (Parlett, The Symmetric Eigenvalue Problem, sec. 6.9).
    for (let pass: i32 = 0; pass < 2; pass++) {
      for (let other: i32 = 0; other < rows; other++)
        if (isDone(mem, sizes, other, j)) removePart(mem, row, x + other * count, count);
    }
    divideRow(mem, count, row, norm(mem, row, count));
  }
}

/** Whether a row is a unit vector when row j is filled. */
function isDone(mem: Memory, sizes: i32, row: i32, j: i32): bool {
  return row < j || mem[sizes + row] !== 0;
}

function leastCovered(mem: Memory, x: i32, count: i32, sizes: i32, rows: i32, j: i32): i32 {
  let least: i32 = 0;
  // Every element of an orthonormal basis covers at most 1 in all.
  let most: f64 = 2;
  for (let i: i32 = 0; i < count; i++) {
    let covered: f64 = 0;
    for (let row: i32 = 0; row < rows; row++) {
      const y = mem[x + row * count + i];
      if (isDone(mem, sizes, row, j)) covered += y * y;
    }
    if (covered >= most) continue;
    most = covered;
    least = i;
  }
  return least;
}

function removePart(mem: Memory, row: i32, other: i32, count: i32): void {
  addMultiple(mem, count, row, -innerProduct(mem, count, row, other), other);
}
