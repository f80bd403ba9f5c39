import type { Koffi } from "./koffi.js";

/** Where arrays lie. Asking costs more than a small product, so the answer is kept for as long as the memory lives. */
export class Addresses {
  readonly #koffi: Koffi;
  readonly #known = new WeakMap<ArrayBufferLike, number>();

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
  }

  /** The address of the first element. It holds until the memory is detached, which growing shared memory is not. */
  of({ buffer, byteOffset }: ArrayBufferView): number {
    let base = this.#known.get(buffer);
    if (base === undefined) {
      base = Number(this.#koffi.address(new Uint8Array(buffer, 0, 1)));
      this.#known.set(buffer, base);
    }
    return base + byteOffset;
  }
}

/** Fails where elements would lie outside of the array: native code would read and write there all the same. */
export function requireWithin(mem: Float64Array, start: number, last: number): void {
  if (!(start >= 0 && start <= last && last < mem.length))
    throw new RangeError(`elements ${start} to ${last} are not within ${mem.length}`);
}

/** The largest size that a 32-bit integer of a library can take. */
export const largestSize = 2 ** 31 - 1;
