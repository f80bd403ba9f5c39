import { allFinite, fail, type LinalgKernel, scaleOf } from "./linalg-kernel.js";

/** Convergence is quadratic: more sweeps than about ten are never needed, and the limit only guards against mistakes. */
const mostSweeps = 60;
const epsilon = 2 ** -52;
/** Against a largest element of about 1, columns below this count as 0: their squares would lose digits. */
const negligible = 1e-140;

/** Rows x and y of `count` elements become c·x − s·y and s·x + c·y. */
function rotate(mem: Float64Array, x: number, y: number, count: number, c: number, s: number): void {
  for (let i = 0; i < count; i++) {
    const [p, q] = [mem[x + i]!, mem[y + i]!];
    mem[x + i] = c * p - s * q;
    mem[y + i] = s * p + c * q;
  }
}

/** tan of the smaller angle that turns [[p, x], [x, q]] into a diagonal matrix (Golub and Van Loan, 4th ed., sec. 8.5.2). */
function tangent(p: number, q: number, x: number): number {
  const theta = (q - p) / (2 * x);
  return (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(1, theta));
}

/** 1 or −1, so that the element of the row that is largest in size is positive; the first of several. */
function signOf(mem: Float64Array, row: number, count: number): number {
  let largest = row;
  for (let i = row + 1; i < row + count; i++) {
    // A little more than equal, so that rounding does not choose between elements of one size.
    if (Math.abs(mem[i]!) > Math.abs(mem[largest]!) * (1 + 1e-10)) largest = i;
  }
  return mem[largest]! < 0 ? -1 : 1;
}

/**
 * Cyclic Jacobi rotations of a symmetric matrix (Golub and Van Loan, 4th ed., sec. 8.5; Demmel and Veselić 1992).
 * n = rows. Destination: the eigenvalues, ascending, above the matrix of eigenvectors. Work: A, and Vᵀ.
 */
const eigh: LinalgKernel = (mem, d, a, _b, _m, n, _p, work) => {
  // Not finite: the values are NaN, without a message of their own.
  if (!allFinite(mem, a, n * n)) return fail(mem, d, (n + 1) * n, 0);
  const v = work + n * n;
  const scale = scaleOf(mem, a, n * n);
  for (let i = 0; i < n * n; i++) {
    mem[work + i] = mem[a + i]! / scale;
    mem[v + i] = i % (n + 1) === 0 ? 1 : 0;
  }
  for (let sweep = 0; sweep < mostSweeps; sweep++) if (!sweepSymmetric(mem, work, v, n)) break;
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (i, j) => mem[work + i * n + i]! - mem[work + j * n + j]!,
  );
  order.forEach((from, to) => {
    mem[d + to] = mem[work + from * n + from]! * scale;
    const sign = signOf(mem, v + from * n, n);
    for (let i = 0; i < n; i++) mem[d + (i + 1) * n + to] = sign * mem[v + from * n + i]!;
  });
  return 0;
};

/** One rotation for each pair; whether any was needed. */
function sweepSymmetric(mem: Float64Array, x: number, v: number, n: number): boolean {
  let turned = false;
  for (let p = 0; p < n - 1; p++) {
    for (let q = p + 1; q < n; q++) {
      const apq = mem[x + p * n + q]!;
      const [app, aqq] = [mem[x + p * n + p]!, mem[x + q * n + q]!];
      if (Math.abs(apq) <= Math.max((epsilon / 8) * Math.sqrt(Math.abs(app * aqq)), epsilon * epsilon))
        continue;
      turned = true;
      const t = tangent(app, aqq, apq);
      const c = 1 / Math.hypot(1, t);
      const s = t * c;
      rotate(mem, x + p * n, x + q * n, n, c, s);
      for (let i = 0; i < n; i++) {
        mem[x + i * n + p] = mem[x + p * n + i]!;
        mem[x + i * n + q] = mem[x + q * n + i]!;
      }
      mem[x + p * n + p] = app - t * apq;
      mem[x + q * n + q] = aqq + t * apq;
      mem[x + p * n + q] = 0;
      mem[x + q * n + p] = 0;
      rotate(mem, v + p * n, v + q * n, n, c, s);
    }
  }
  return turned;
}

/**
 * One-sided Jacobi rotations make the columns orthogonal; small singular values keep their relative accuracy
 * (Demmel and Veselić 1992; Golub and Van Loan, 4th ed., sec. 8.6.3). A matrix with more columns than rows is transposed.
 * m rows, n columns. Destination: U, the row S, V. Work: long² + long·short for the columns as rows and Vᵀ.
 */
const svd: LinalgKernel = (mem, d, a, _b, m, n, _p, work) => {
  const [long, short] = m >= n ? [m, n] : [n, m];
  if (!allFinite(mem, a, m * n)) return fail(mem, d, (m + 1 + n) * short, 0);
  const v = work + short * long;
  const scale = scaleOf(mem, a, m * n);
  for (let j = 0; j < short; j++) {
    for (let i = 0; i < long; i++)
      mem[work + j * long + i] = mem[m >= n ? a + i * n + j : a + j * n + i]! / scale;
    for (let i = 0; i < short; i++) mem[v + j * short + i] = i === j ? 1 : 0;
  }
  for (let sweep = 0; sweep < mostSweeps; sweep++) if (!sweepColumns(mem, work, v, long, short)) break;

  const sizes = Array.from({ length: short }, (_, j) => {
    const size = norm(mem, work + j * long, long);
    return size > negligible ? size : 0;
  });
  const order = sizes.map((_, j) => j).sort((i, j) => sizes[j]! - sizes[i]!);
  for (let j = 0; j < short; j++) {
    if (sizes[j] === 0) continue;
    for (let i = 0; i < long; i++) mem[work + j * long + i]! /= sizes[j]!;
  }
  complete(mem, work, long, sizes);
  const [u, s, w] = [d, d + m * short, d + (m + 1) * short];
  const [ofLong, ofShort] = m >= n ? [u, w] : [w, u];
  order.forEach((from, to) => {
    mem[s + to] = sizes[from]! * scale;
    const sign = m >= n ? signOf(mem, work + from * long, long) : signOf(mem, v + from * short, short);
    for (let i = 0; i < long; i++) mem[ofLong + i * short + to] = sign * mem[work + from * long + i]!;
    for (let i = 0; i < short; i++) mem[ofShort + i * short + to] = sign * mem[v + from * short + i]!;
  });
  return 0;
};

function sweepColumns(mem: Float64Array, x: number, v: number, long: number, short: number): boolean {
  const tolerance = epsilon * Math.sqrt(long);
  let turned = false;
  for (let p = 0; p < short - 1; p++) {
    for (let q = p + 1; q < short; q++) {
      const [xp, xq] = [x + p * long, x + q * long];
      let alpha = 0;
      let beta = 0;
      let gamma = 0;
      for (let i = 0; i < long; i++) {
        alpha += mem[xp + i]! * mem[xp + i]!;
        beta += mem[xq + i]! * mem[xq + i]!;
        gamma += mem[xp + i]! * mem[xq + i]!;
      }
      if (Math.abs(gamma) <= tolerance * Math.sqrt(alpha) * Math.sqrt(beta)) continue;
      turned = true;
      const t = tangent(alpha, beta, gamma);
      const c = 1 / Math.hypot(1, t);
      rotate(mem, xp, xq, long, c, t * c);
      rotate(mem, v + p * short, v + q * short, short, c, t * c);
    }
  }
  return turned;
}

function norm(mem: Float64Array, x: number, count: number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += mem[x + i]! * mem[x + i]!;
  return Math.sqrt(total);
}

/** Fills the rows of size 0 with unit vectors that are orthogonal to all others. */
function complete(mem: Float64Array, x: number, count: number, sizes: readonly number[]): void {
  const done = sizes.flatMap((size, j) => (size === 0 ? [] : [j]));
  for (let j = 0; j < sizes.length; j++) {
    if (sizes[j] !== 0) continue;
    const row = x + j * count;
    // Of the unit vectors, the one that the others cover least is never nearly covered.
    mem.fill(0, row, row + count);
    mem[row + leastCovered(mem, x, count, done)] = 1;
    // Twice is enough (Parlett, The Symmetric Eigenvalue Problem, sec. 6.9).
    for (let pass = 0; pass < 2; pass++)
      for (const other of done) removePart(mem, row, x + other * count, count);
    const size = norm(mem, row, count);
    for (let i = 0; i < count; i++) mem[row + i]! /= size;
    done.push(j);
  }
}

function leastCovered(mem: Float64Array, x: number, count: number, rows: readonly number[]): number {
  const covered = Array.from({ length: count }, (_, i) =>
    rows.reduce((total, j) => total + mem[x + j * count + i]! ** 2, 0),
  );
  return covered.indexOf(Math.min(...covered));
}

function removePart(mem: Float64Array, row: number, other: number, count: number): void {
  let dot = 0;
  for (let i = 0; i < count; i++) dot += mem[row + i]! * mem[other + i]!;
  for (let i = 0; i < count; i++) mem[row + i]! -= dot * mem[other + i]!;
}

export const jacobiKernels = { eigh_factors: eigh, svd_factors: svd } as const;
