import type { Memory } from "../portable/memory.js";
import { allFinite, copyRow, divideRow, fillRow, rotateRows } from "../portable/rows.js";
import { cosine, epsilon, mostSweeps, rankOf, signOf, tangent } from "./jacobi.js";
import { fail, largest, powerNear } from "./kernel.js";
import { byTridiagonal } from "./tridiagonal.js";

/** From this many rows on, the way over a tridiagonal matrix is taken: it is several times faster. */
const large: i32 = 20;

/**
 * Of a small symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, 4th ed., sec. 8.5; Demmel and Veselić
 * 1992). n = rows. Destination: the eigenvalues, ascending, above the matrix of eigenvectors. Work: 2·n·n.
 */
export function eigh(mem: Memory, d: i32, a: i32, _b: i32, _m: i32, n: i32, _p: i32, work: i32): i32 {
  const size = n * n;
  // Not finite: the values are NaN, without a message of their own.
  if (!allFinite(mem, a, size)) return fail(mem, d, size + n, 0);
  const other = work + size;
  // Dividing by a power of two is exact, and keeps squares from overflow.
  const scale = powerNear(largest(mem, a, size));
  scaleTo(mem, size, work, a, scale);
  if (n >= large && byTridiagonal(mem, work, n, other, d)) {
    place(mem, d, n, other, 1, work, scale);
    return 0;
  }
  scaleTo(mem, size, work, a, scale);
  fillRow(mem, size, other, 0);
  for (let i: i32 = 0; i < n; i++) mem[other + i * (n + 1)] = 1;
  for (let sweep: i32 = 0; sweep < mostSweeps; sweep++) if (!sweepSymmetric(mem, work, other, n)) break;
  place(mem, d, n, work, n + 1, other, scale);
  return 0;
}

function scaleTo(mem: Memory, count: i32, to: i32, a: i32, scale: f64): void {
  copyRow(mem, count, to, a);
  divideRow(mem, count, to, scale);
}

/** Values, `stride` apart, and vectors, which are rows, to where they belong. */
function place(mem: Memory, d: i32, n: i32, values: i32, stride: i32, rows: i32, scale: f64): void {
  for (let from: i32 = 0; from < n; from++) {
    const to = rankOf(mem, values, stride, n, from);
    const row = rows + from * n;
    mem[d + to] = mem[values + from * stride] * scale;
    const sign = signOf(mem, row, n);
    for (let i: i32 = 0; i < n; i++) mem[d + (i + 1) * n + to] = sign * mem[row + i];
  }
}

/** One rotation for each pair; whether any was needed. */
function sweepSymmetric(mem: Memory, x: i32, v: i32, n: i32): bool {
  let turned = false;
  for (let p: i32 = 0; p < n - 1; p++) {
    for (let q: i32 = p + 1; q < n; q++) {
      const apq = mem[x + p * n + q];
      const app = mem[x + p * n + p];
      const aqq = mem[x + q * n + q];
      if (Math.abs(apq) <= Math.max((epsilon / 8) * Math.sqrt(Math.abs(app * aqq)), epsilon * epsilon))
        continue;
      turned = true;
      const t = tangent(app, aqq, apq);
      const c = cosine(t);
      const s = t * c;
      rotateRows(mem, n, x + p * n, x + q * n, c, s);
      for (let i: i32 = 0; i < n; i++) {
        mem[x + i * n + p] = mem[x + p * n + i];
        mem[x + i * n + q] = mem[x + q * n + i];
      }
      mem[x + p * n + p] = app - t * apq;
      mem[x + q * n + q] = aqq + t * apq;
      mem[x + p * n + q] = 0;
      mem[x + q * n + p] = 0;
      rotateRows(mem, n, v + p * n, v + q * n, c, s);
    }
  }
  return turned;
}
