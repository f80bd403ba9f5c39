import type { Memory } from "../portable/memory.js";
import { fillRow, rotateRows } from "../portable/rows.js";
import { cosine, epsilon, mostSweeps, rankOf, signOf, tangent } from "./jacobi.js";
import { allFinite, fail, largest, powerNear } from "./kernel.js";

/**
 * Cyclic Jacobi rotations of a symmetric matrix (Golub and Van Loan, 4th ed., sec. 8.5; Demmel and Veselić 1992).
 * n = rows. Destination: the eigenvalues, ascending, above the matrix of eigenvectors. Work: A, and Vᵀ.
 */
export function eigh(mem: Memory, d: i32, a: i32, _b: i32, _m: i32, n: i32, _p: i32, work: i32): i32 {
  // Not finite: the values are NaN, without a message of their own.
  if (!allFinite(mem, a, n * n)) return fail(mem, d, (n + 1) * n, 0);
  const v = work + n * n;
  // Dividing by a power of two is exact, and keeps squares from overflow.
  const scale = powerNear(largest(mem, a, n * n));
  for (let i: i32 = 0; i < n * n; i++) mem[work + i] = mem[a + i] / scale;
  fillRow(mem, n * n, v, 0);
  for (let i: i32 = 0; i < n; i++) mem[v + i * (n + 1)] = 1;
  for (let sweep: i32 = 0; sweep < mostSweeps; sweep++) if (!sweepSymmetric(mem, work, v, n)) break;
  for (let from: i32 = 0; from < n; from++) {
    const to = rankOf(mem, work, n + 1, n, from);
    mem[d + to] = mem[work + from * (n + 1)] * scale;
    const sign = signOf(mem, v + from * n, n);
    for (let i: i32 = 0; i < n; i++) mem[d + (i + 1) * n + to] = sign * mem[v + from * n + i];
  }
  return 0;
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
