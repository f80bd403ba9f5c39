import type { NativeFunction } from "./koffi.js";
import type { BlasLibrary } from "./library.js";
import type { Addresses } from "./memory.js";

const word = Float64Array.BYTES_PER_ELEMENT;
/** More than any routine here has parameters. */
const mostParameters = 20;

/** A LAPACK routine: the addresses of its parameters in; its `info` out, the last of them. */
export type Routine = (...parameters: readonly number[]) => number;

/**
 * How Fortran is called: everything by its address. Integers are written to slots of 8 bytes, of which a library with
 * 32-bit integers reads the lower half.
 */
export class Fortran {
  readonly addresses: Addresses;
  readonly #library: BlasLibrary;
  readonly #slots = new Int32Array(2 * mostParameters);
  readonly #letters = Uint8Array.from({ length: 128 }, (_, code) => code);
  readonly #slotsAddress: number;
  readonly #lettersAddress: number;
  #room = new Float64Array(0);

  constructor(library: BlasLibrary, addresses: Addresses) {
    this.#library = library;
    this.addresses = addresses;
    this.#slotsAddress = addresses.of(this.#slots);
    this.#lettersAddress = addresses.of(this.#letters);
  }

  /** A routine by its name without `_`, with this many parameters between letters, if there are any, and `info`. */
  routine(name: string, letters: number, others: number): Routine | undefined {
    // Compilers append the length of each text.
    const parameters = Array.from({ length: letters + others + 1 + letters }, () => "uintptr_t");
    const call: NativeFunction | undefined = this.#library.find(`${name}_`, "void", parameters);
    if (call === undefined) return undefined;
    const lengths = Array.from({ length: letters }, () => 1);
    const slot = mostParameters - 1;
    return (...values) => {
      call(...values, this.#integer(slot, 0), ...lengths);
      return this.#slots[2 * slot]!;
    };
  }

  /** The address of a letter. */
  letter(letter: string): number {
    return this.#lettersAddress + letter.charCodeAt(0);
  }

  /** The addresses of integers. */
  integers(...values: readonly number[]): number[] {
    return values.map((value, slot) => this.#integer(slot, value));
  }

  /**
   * Room for so many numbers, or as many integers, that one routine works in. It lies outside of the arena and is kept,
   * so that a loop does not ask for it at every step.
   */
  room(count: number): { readonly address: number; readonly numbers: Float64Array } {
    if (this.#room.length < count) this.#room = new Float64Array(count);
    return { address: this.addresses.of(this.#room), numbers: this.#room };
  }

  #integer(slot: number, value: number): number {
    this.#slots[2 * slot] = value;
    this.#slots[2 * slot + 1] = value < 0 ? -1 : 0;
    return this.#slotsAddress + word * slot;
  }
}

/** The address of an element. */
export const elementAddress = (base: number, offset: number): number => base + word * offset;
