import { allFinite, fail } from "../kernels/linalg/kernel.js";
import { elementAddress } from "./fortran.js";
import type { NativeKernel } from "./kernel.js";
import type { BlasLibrary } from "./library.js";
import { type Addresses, requireWithin } from "./memory.js";

const rowMajor = 101;
const fromLeft = 141;
const asItIs = 111;
const transposed = 112;
const upper = 121;
const lower = 122;
const ownDiagonal = 131;
const diagonalOfOnes = 132;

/** x := T⁻¹ x or T⁻ᵀ x, for n right sides of m rows. */
type Triangular = (
  mem: Float64Array,
  triangle: typeof upper | typeof lower,
  turned: boolean,
  diagonal: typeof ownDiagonal | typeof diagonalOfOnes,
  m: number,
  n: number,
  t: number,
  x: number,
) => void;

function triangularOf({ find, integer: i }: BlasLibrary, addresses: Addresses): Triangular | undefined {
  const p = "uintptr_t";
  const dtrsm = find("cblas_dtrsm", "void", [i, i, i, i, i, i, i, "double", p, i, p, i]);
  if (dtrsm === undefined) return undefined;
  return (mem, triangle, turned, diagonal, m, n, t, x) => {
    const base = addresses.of(mem);
    const at = [elementAddress(base, t), elementAddress(base, x)] as const;
    dtrsm(rowMajor, fromLeft, triangle, turned ? transposed : asItIs, diagonal, m, n, 1, at[0], m, at[1], n);
  };
}

/** Solving with a triangle is BLAS, and by rows: nothing has to be transposed. */
export function solversOf(
  library: BlasLibrary,
  addresses: Addresses,
): { readonly solve?: NativeKernel; readonly solve_lower?: NativeKernel } {
  const triangular = triangularOf(library, addresses);
  if (triangular === undefined) return {};
  return {
    solve: checked((mem, d, a, m, n, turned) => {
      if (!turned) exchangeRows(mem, d, a + m * m, m, n, false);
      const both = [
        () => triangular(mem, lower, turned, diagonalOfOnes, m, n, a, d),
        () => triangular(mem, upper, turned, ownDiagonal, m, n, a, d),
      ];
      for (const step of turned ? both.reverse() : both) step();
      if (turned) exchangeRows(mem, d, a + m * m, m, n, true);
    }),
    solve_lower: checked((mem, d, a, m, n, turned) =>
      triangular(mem, lower, turned, ownDiagonal, m, n, a, d),
    ),
  };
}

/** Solves for right sides that lie in the destination already. */
type InPlace = (mem: Float64Array, d: number, a: number, m: number, n: number, turned: boolean) => void;

/** What both kernels have around that: a 0 on the diagonal is a failure, and what is not finite is not done here. */
function checked(solve: InPlace): NativeKernel {
  return (mem, d, a, b, m, n, p) => {
    for (let i = 0; i < m; i++) if (mem[a + i * m + i] === 0) return fail(mem, d, m * n, i + 1);
    if (!allFinite(mem, a, m * m) || !allFinite(mem, b, m * n)) return undefined;
    requireWithin(mem, d, d + m * n - 1);
    mem.copyWithin(d, b, b + m * n);
    solve(mem, d, a, m, n, p === 1);
    return allFinite(mem, d, m * n) ? 0 : undefined;
  };
}

/** Row k with the row that it was exchanged with, one after the other, or from the last to the first. */
function exchangeRows(
  mem: Float64Array,
  x: number,
  exchanges: number,
  m: number,
  n: number,
  backwards: boolean,
): void {
  for (let step = 0; step < m; step++) {
    const k = backwards ? m - 1 - step : step;
    const other = mem[exchanges + k]!;
    if (other === k) continue;
    const row = mem.slice(x + k * n, x + (k + 1) * n);
    mem.copyWithin(x + k * n, x + other * n, x + (other + 1) * n);
    mem.set(row, x + other * n);
  }
}
