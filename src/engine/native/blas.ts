import { choleskyOf, luOf } from "./factors.js";
import { Fortran } from "./fortran.js";
import { type Gemm, gemmOf } from "./gemm.js";
import { identityOf } from "./identity.js";
import type { NativeKernel } from "./kernel.js";
import type { Koffi } from "./koffi.js";
import type { BlasLibrary, Integer } from "./library.js";
import { Addresses } from "./memory.js";
import { solversOf } from "./solve.js";
import { eighOf, qrOf, svdOf } from "./spectral.js";

/** The kernels of `kernels/linalg.ts` that there may be by LAPACK. */
export type NativeKernelName =
  | "lu"
  | "solve"
  | "solve_lower"
  | "cholesky"
  | "qr_factors"
  | "eigh_factors"
  | "svd_factors";

/**
 * From how many multiplications on a product is worth the call: 16×16 by 16×16. Smaller ones take as long as the call.
 */
export const leastProduct = 2 ** 12;

/**
 * Whether a matrix is large enough for LAPACK, by the sizes that the kernel gets. Smaller ones are faster in our own
 * kernels, or so little slower that the exact zeros of theirs are worth more, which tell that a small matrix is singular.
 */
export const isWorthwhile: Readonly<Record<NativeKernelName, (m: number, n: number) => boolean>> = {
  lu: (_m, n) => n >= 32,
  cholesky: (_m, n) => n >= 48,
  solve: (m) => m >= 32,
  solve_lower: (m) => m >= 32,
  qr_factors: (_m, n) => n >= 24,
  eigh_factors: (_m, n) => n >= 16,
  svd_factors: (m, n) => Math.min(m, n) >= 16,
};

/** How many threads the library works with, where it can be told. */
export interface NativeThreads {
  get(): number;
  set(count: number): void;
}

/** A BLAS of this machine. It works where the values lie, also in shared memory; nothing is copied. */
export interface NativeBlas {
  /** The library, and that of LAPACK where it is another, as the loader was asked for them. */
  readonly files: readonly string[];
  /** What it says of itself; undefined where it says nothing, as implementations that are not made for speed. */
  readonly identity: string | undefined;
  readonly integer: Integer;
  readonly gemm: Gemm;
  readonly kernels: Readonly<Partial<Record<NativeKernelName, NativeKernel>>>;
  readonly threads: NativeThreads | undefined;
}

export function nativeBlas(library: BlasLibrary, koffi: Koffi): NativeBlas {
  const addresses = new Addresses(koffi);
  const fortran = new Fortran(library, addresses);
  const kernels: Readonly<Record<NativeKernelName, NativeKernel | undefined>> = {
    lu: luOf(fortran),
    cholesky: choleskyOf(fortran),
    qr_factors: qrOf(fortran),
    eigh_factors: eighOf(fortran),
    svd_factors: svdOf(fortran),
    solve: undefined,
    solve_lower: undefined,
    ...solversOf(library, addresses),
  };
  return {
    files: library.files.filter((file) => file !== undefined),
    identity: identityOf(library),
    integer: library.integer,
    gemm: gemmOf(library, addresses),
    kernels: Object.fromEntries(Object.entries(kernels).filter(([, kernel]) => kernel !== undefined)),
    threads: threadsOf(library),
  };
}

function threadsOf({ find }: BlasLibrary): NativeThreads | undefined {
  const get = find("openblas_get_num_threads", "int", []);
  const set = find("openblas_set_num_threads", "void", ["int"]);
  if (get === undefined || set === undefined) return undefined;
  return {
    get: () => Number(get()),
    set: (count) => {
      set(count);
    },
  };
}
