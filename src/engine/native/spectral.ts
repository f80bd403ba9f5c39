import { allFinite } from "../kernels/portable/rows.js";
import { elementAddress, type Fortran } from "./fortran.js";
import { type NativeKernel, transposeTo } from "./kernel.js";
import { largestSize, requireWithin } from "./memory.js";

/** Nearer than this, against the largest, values leave their vectors to rounding: our own kernels then choose them. */
const closest = 1e-8;

/** Smaller matrices take less time in our own kernels, or little more: LAPACK's threads wait for each other. */
const leastSize = 100;

/** Eigenvalues, ascending, above the eigenvectors of a symmetric matrix. */
export function eighOf(fortran: Fortran): NativeKernel | undefined {
  const dsyevd = fortran.routine("dsyevd", 2, 8);
  if (dsyevd === undefined) return undefined;
  return (mem, d, a, _b, _m, n, _p, work) => {
    const count = n * n;
    const [numbers, integers] = [1 + 6 * n + 2 * count, 3 + 5 * n];
    if (n < leastSize || numbers > largestSize || !allFinite(mem, a, count)) return undefined;
    requireWithin(mem, d, d + n + count - 1);
    requireWithin(mem, work, work + count - 1);
    mem.copyWithin(work, a, a + count);
    const base = fortran.addresses.of(mem);
    const room = fortran.room(numbers + integers).address;
    const [size, most, mostIntegers] = fortran.integers(n, numbers, integers);
    const status = dsyevd(
      fortran.letter("V"),
      fortran.letter("L"),
      size!,
      elementAddress(base, work),
      size!,
      elementAddress(base, d),
      room,
      most!,
      elementAddress(room, numbers),
      mostIntegers!,
    );
    if (status !== 0 || !areApart(mem, d, n)) return undefined;
    for (let j = 0; j < n; j++) turn(mem, work + j * n, n, 1, signOf(mem, work + j * n, n, 1));
    transposeTo(mem, d + n, work, n, n);
    return allFinite(mem, d, n + count) ? 0 : undefined;
  };
}

/** U, the row S, V of an m×n matrix. By columns it is Aᵀ = V S Uᵀ. */
export function svdOf(fortran: Fortran): NativeKernel | undefined {
  const dgesdd = fortran.routine("dgesdd", 1, 12);
  if (dgesdd === undefined) return undefined;
  return (mem, d, a, _b, m, n, _p, work) => {
    const [count, short] = [m * n, Math.min(m, n)];
    if (short < leastSize || !allFinite(mem, a, count)) return undefined;
    const [u, s, v] = [d, d + m * short, d + (m + 1) * short];
    requireWithin(mem, d, v + n * short - 1);
    requireWithin(mem, work, work + count - 1);
    mem.copyWithin(work, a, a + count);
    const base = fortran.addresses.of(mem);
    const at = [work, s, v, u].map((offset) => elementAddress(base, offset));
    const run = (room: number, most: number, integers: number) => {
      const [rows, columns, inner, size] = fortran.integers(n, m, short, most);
      const results = [at[0]!, rows!, at[1]!, at[2]!, rows!, at[3]!, inner!];
      return dgesdd(fortran.letter("S"), rows!, columns!, ...results, room, size!, integers);
    };
    const query = fortran.room(1);
    run(query.address, -1, query.address);
    const numbers = query.numbers[0]!;
    if (numbers > largestSize) return undefined;
    const room = fortran.room(numbers + 8 * short).address;
    if (run(room, numbers, elementAddress(room, numbers)) !== 0) return undefined;
    // The vector of a 0 may be any that is orthogonal, and of small values our own kernel keeps more digits.
    if (!areApart(mem, s, short) || mem[s + short - 1]! <= closest * mem[s]!) return undefined;
    // The matrix is gone by now, and V is no larger.
    mem.copyWithin(work, v, v + n * short);
    for (let j = 0; j < short; j++) {
      const sign = signOf(mem, u + j, m, short);
      turn(mem, u + j, m, short, sign);
      turn(mem, work + j * n, n, 1, sign);
    }
    transposeTo(mem, v, work, short, n);
    return allFinite(mem, d, (m + 1 + n) * short) ? 0 : undefined;
  };
}

/** Whether no two neighbours of a sorted list of values are too close for their vectors to be told apart. */
function areApart(mem: Float64Array, x: number, n: number): boolean {
  const gap = closest * Math.max(Math.abs(mem[x]!), Math.abs(mem[x + n - 1]!));
  for (let i = 1; i < n; i++) if (Math.abs(mem[x + i]! - mem[x + i - 1]!) <= gap) return false;
  return true;
}

/** −1 where the element that is largest in size is negative; the first of several that differ by rounding only. */
function signOf(mem: Float64Array, x: number, count: number, stride: number): 1 | -1 {
  let largest = x;
  for (let i = 1; i < count; i++) {
    const at = x + i * stride;
    if (Math.abs(mem[at]!) > Math.abs(mem[largest]!) * (1 + 1e-10)) largest = at;
  }
  return mem[largest]! < 0 ? -1 : 1;
}

function turn(mem: Float64Array, x: number, count: number, stride: number, sign: 1 | -1): void {
  if (sign < 0) for (let i = 0; i < count; i++) mem[x + i * stride] = -mem[x + i * stride]!;
}
