import { Fortran } from "./fortran.js";
import { type Products, productsOf } from "./gemm.js";
import { identityOf } from "./identity.js";
import type { NativeKernel } from "./kernel.js";
import type { Koffi } from "./koffi.js";
import type { BlasLibrary, Integer } from "./library.js";
import { Addresses } from "./memory.js";
import { eighOf, svdOf } from "./spectral.js";

/**
 * The kernels of `kernels/linalg.ts` that LAPACK may take over. The others spend their time in products, and are as fast
 * by ours on a native product.
 */
export type NativeKernelName = "eigh_factors" | "svd_factors";

/** How many threads the library works with, where it can be told. */
export interface NativeThreads {
  get(): number;
  set(count: number): void;
}

/** A BLAS of this machine. It works where the values lie, also in shared memory; nothing is copied. */
export interface NativeBlas extends Products {
  /** The library, and that of LAPACK where it is another, as the loader was asked for them. */
  readonly files: readonly string[];
  /** What it says of itself; undefined where it says nothing, as implementations that are not made for speed. */
  readonly identity: string | undefined;
  readonly integer: Integer;
  readonly kernels: Readonly<Partial<Record<NativeKernelName, NativeKernel>>>;
  readonly threads: NativeThreads | undefined;
}

export function nativeBlas(library: BlasLibrary, koffi: Koffi): NativeBlas {
  const addresses = new Addresses(koffi);
  const fortran = new Fortran(library, addresses);
  const kernels: Readonly<Record<NativeKernelName, NativeKernel | undefined>> = {
    eigh_factors: eighOf(fortran),
    svd_factors: svdOf(fortran),
  };
  return {
    files: library.files.filter((file) => file !== undefined),
    identity: identityOf(library),
    integer: library.integer,
    ...productsOf(library, addresses),
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
