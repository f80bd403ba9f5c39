import type { NativeBlas } from "../../src/engine/native/blas.js";
import { openBlas } from "../../src/engine/native/open.js";

/** The BLAS of this machine, or another that AUTOGRAD_TEST_BLAS names, for the tests of native code. */
export const choice = process.env.AUTOGRAD_TEST_BLAS ?? "auto";

/** Without a library, tests are skipped. */
const { library, report } = openBlas(choice);

export const blas = library as NativeBlas;
export const hasBlas = library !== undefined;
export const hasLapack = hasBlas && "eigh_factors" in blas.kernels;

/** For the names of the tests that are skipped: why. */
export const absence = hasBlas
  ? ""
  : ` (skipped: ${report.koffi !== undefined && "missing" in report.koffi ? "koffi is missing" : "no BLAS library on this machine, such as libopenblas0"})`;

/** Random numbers in [-1, 1), the same in every run. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    // The lower bits of such a generator repeat too soon.
    const high = state >>> 8;
    return high / 2 ** 23 - 1;
  };
}

/** Memory that threads, WebAssembly and native code share, as the engine's. */
export const sharedMemory = (pages: number) =>
  new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true });

/** An array in such memory, filled with NaN. */
export function sharedNumbers(count: number): Float64Array {
  const pages = Math.ceil((8 * count) / 65536) + 1;
  return new Float64Array(sharedMemory(pages).buffer, 0, count).fill(Number.NaN);
}
