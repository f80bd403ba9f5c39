import { Allocator } from "./allocator.js";
import { forever } from "./liveness.js";

/**
 * Room in the arena for the values of nodes: a storage is known by the position of the node that made it, and lives until
 * its last use.
 */
export class Storages {
  readonly #allocator = new Allocator();
  readonly #lastUse: Int32Array;
  readonly #start: Int32Array;
  readonly #size: Int32Array;
  /** Storages that die at a position, as linked lists (0 ends one, storages count from 1). */
  readonly #expiring: Int32Array;
  readonly #nextExpiring: Int32Array;

  constructor(lastUse: Int32Array) {
    this.#lastUse = lastUse;
    this.#start = new Int32Array(lastUse.length);
    this.#size = new Int32Array(lastUse.length);
    this.#expiring = new Int32Array(lastUse.length);
    this.#nextExpiring = new Int32Array(lastUse.length + 1);
  }

  /** The most elements that were in use at a time. */
  get peak(): number {
    return this.#allocator.peak;
  }

  /** Sets elements aside at the start, before anything is allocated. */
  reserve(size: number): void {
    this.#allocator.reserve(size);
  }

  /** Room for a storage; returns its offset. */
  allocate(storage: number, size: number): number {
    const start = this.#allocator.allocate(size);
    this.#own(storage, start, size);
    return start;
  }

  /** Room that nobody else gets; returns its offset. */
  allocateForever(size: number): number {
    return this.#allocator.allocate(size);
  }

  /** Room while `use` runs. */
  temporary<T>(size: number, use: (start: number) => T): T {
    const start = this.#allocator.allocate(size);
    const result = use(start);
    this.#allocator.free(start, size);
    return result;
  }

  /** Whether a storage of this size is used for the last time at the position. */
  dies(storage: number, position: number, size: number): boolean {
    return storage >= 0 && this.#lastUse[storage] === position && this.#size[storage] === size;
  }

  /** Hands the room of a storage that dies on to another; returns its offset. */
  takeOver(from: number, to: number): number {
    const start = this.#start[from]!;
    const size = this.#size[from]!;
    // It must not be freed with the first one.
    this.#size[from] = -1;
    this.#own(to, start, size);
    return start;
  }

  /** Frees what dies at the position. */
  release(position: number): void {
    for (let s = this.#expiring[position]!; s !== 0; s = this.#nextExpiring[s]!) {
      const size = this.#size[s - 1]!;
      if (size >= 0) this.#allocator.free(this.#start[s - 1]!, size);
    }
  }

  #own(storage: number, start: number, size: number): void {
    this.#start[storage] = start;
    this.#size[storage] = size;
    const end = this.#lastUse[storage]!;
    if (end === forever) return;
    this.#nextExpiring[storage + 1] = this.#expiring[end]!;
    this.#expiring[end] = storage + 1;
  }
}
