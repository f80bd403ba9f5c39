/** Up to this size, a freed block waits for a request of exactly its size and is never merged. */
const largestSmall = 64;

/**
 * Offsets in the arena by liveness: a freed block is used again. Small blocks are kept by size, because there may be
 * millions; large ones in order of offset, merged with their neighbours, and given out by best fit.
 */
export class Allocator {
  #top = 0;
  readonly #small: number[][] = Array.from({ length: largestSmall + 1 }, () => []);
  readonly #starts: number[] = [];
  readonly #sizes: number[] = [];

  /** The most elements that were in use at a time. */
  get peak(): number {
    return this.#top;
  }

  /** Sets elements aside at the start, before anything is allocated. */
  reserve(size: number): void {
    this.#top += size;
  }

  allocate(size: number): number {
    if (size <= largestSmall) return this.#small[size]!.pop() ?? this.#extend(size);
    let best = -1;
    for (let i = 0; i < this.#sizes.length; i++) {
      if (this.#sizes[i]! >= size && (best < 0 || this.#sizes[i]! < this.#sizes[best]!)) best = i;
    }
    if (best < 0) return this.#extend(size);
    const start = this.#starts[best]!;
    if (this.#sizes[best] === size) {
      this.#starts.splice(best, 1);
      this.#sizes.splice(best, 1);
    } else {
      this.#starts[best] = start + size;
      this.#sizes[best]! -= size;
    }
    return start;
  }

  free(start: number, size: number): void {
    if (size <= largestSmall) {
      this.#small[size]!.push(start);
      return;
    }
    let at = this.#starts.length;
    while (at > 0 && this.#starts[at - 1]! > start) at -= 1;
    this.#starts.splice(at, 0, start);
    this.#sizes.splice(at, 0, size);
    this.#mergeWithNext(at);
    if (at > 0) this.#mergeWithNext(at - 1);
  }

  #extend(size: number): number {
    const start = this.#top;
    this.#top += size;
    return start;
  }

  #mergeWithNext(at: number): void {
    if (at + 1 >= this.#starts.length || this.#starts[at]! + this.#sizes[at]! !== this.#starts[at + 1])
      return;
    this.#sizes[at]! += this.#sizes[at + 1]!;
    this.#starts.splice(at + 1, 1);
    this.#sizes.splice(at + 1, 1);
  }
}
