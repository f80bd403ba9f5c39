import { allFinite, fail } from "../kernels/linalg/kernel.js";
import { elementAddress, type Fortran } from "./fortran.js";
import { type NativeKernel, transposeHere, transposeTo } from "./kernel.js";
import { requireWithin } from "./memory.js";

/** P A = L U, with the row that each row was exchanged with below. */
export function luOf(fortran: Fortran): NativeKernel | undefined {
  const dgetrf = fortran.routine("dgetrf", 0, 5);
  if (dgetrf === undefined) return undefined;
  return (mem, d, a, _b, _m, n) => {
    const count = n * n;
    if (!allFinite(mem, a, count)) return undefined;
    requireWithin(mem, d, d + count + n - 1);
    // LAPACK reads columns, and exchanges rows.
    transposeTo(mem, d, a, n, n);
    const base = fortran.addresses.of(mem);
    const [size] = fortran.integers(n);
    const exchanges = elementAddress(base, d + count);
    // A pivot of 0 is no failure here: U is singular.
    dgetrf(size!, size!, elementAddress(base, d), size!, exchanges);
    transposeHere(mem, d, n);
    readExchanges(mem, d + count, n, fortran.halves);
    return allFinite(mem, d, count) ? 0 : undefined;
  };
}

/** Integers, counted from 1, become numbers, counted from 0, in the same place: from the last on, as these are longer. */
function readExchanges(mem: Float64Array, x: number, n: number, halves: 1 | 2): void {
  const integers = new Int32Array(mem.buffer, mem.byteOffset + x * mem.BYTES_PER_ELEMENT, 2 * n);
  for (let k = n - 1; k >= 0; k--) mem[x + k] = integers[halves * k]! - 1;
}

/** L of A = L Lᵀ. */
export function choleskyOf(fortran: Fortran): NativeKernel | undefined {
  const dpotrf = fortran.routine("dpotrf", 1, 3);
  if (dpotrf === undefined) return undefined;
  return (mem, d, a, _b, _m, n) => {
    const count = n * n;
    if (!allFinite(mem, a, count)) return undefined;
    requireWithin(mem, d, d + count - 1);
    mem.copyWithin(d, a, a + count);
    const [size] = fortran.integers(n);
    // What is the lower triangle by rows is the upper one by columns.
    const status = dpotrf(fortran.letter("U"), size!, elementAddress(fortran.addresses.of(mem), d), size!);
    if (status > 0) return fail(mem, d, count, status);
    for (let i = 0; i < n; i++) mem.fill(0, d + i * n + i + 1, d + (i + 1) * n);
    return allFinite(mem, d, count) ? 0 : undefined;
  };
}
