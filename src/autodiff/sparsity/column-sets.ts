/** The set without a column. */
export const none = 0;

/** Thrown where the sets take more room than they are worth; the caller goes on without their structure. */
export class TooManySets extends Error {}

/** Runs of all sets together: 64 MB. */
const mostRuns = 2 ** 23;
/** Unions of two sets that are remembered; a lossy cache, because the same pairs mostly follow each other closely. */
const cacheSize = 2 ** 14;

/**
 * Sets of columns, each known by a number. A set is a list of runs [first, behind the last), ascending and apart, so
 * that a dense row costs no more than a single column. Sets never change, so elements can share them.
 */
export class ColumnSets {
  /** Where the runs of each set begin, counted in runs. */
  #starts = new Int32Array(1 << 10);
  /** Runs, two numbers each. */
  #runs = new Int32Array(1 << 11);
  #count = 1;
  #used = 0;
  readonly #cacheKeys = new Float64Array(cacheSize);
  readonly #cacheValues = new Int32Array(cacheSize);

  /** Adds the set of the columns from `first` to before `end`. */
  range(first: number, end: number): number {
    if (end <= first) return none;
    this.#push(first, end);
    return this.#finish();
  }

  /** Calls `use` with each run of a set, in ascending order. */
  forEachRun(set: number, use: (first: number, end: number) => void): void {
    for (let i = this.#starts[set]!; i < this.#starts[set + 1]!; i++) {
      use(this.#runs[2 * i]!, this.#runs[2 * i + 1]!);
    }
  }

  sizeOf(set: number): number {
    let size = 0;
    this.forEachRun(set, (first, end) => {
      size += end - first;
    });
    return size;
  }

  union(a: number, b: number): number {
    if (a === b || b === none) return a;
    if (a === none) return b;
    const key = a < b ? a * 2 ** 26 + b : b * 2 ** 26 + a;
    const slot = (Math.imul(a, 0x9e3779b1) + Math.imul(b, 0x85ebca6b)) & (cacheSize - 1);
    if (this.#cacheKeys[slot] === key) return this.#cacheValues[slot]!;
    const result = this.#merge(a, b);
    this.#cacheKeys[slot] = key;
    this.#cacheValues[slot] = result;
    return result;
  }

  /** The union of many sets, each pair of neighbours first, so that long runs grow together before they are copied often. */
  unionOf(sets: readonly number[]): number {
    let level = [...new Set(sets)];
    while (level.length > 1) {
      const next: number[] = [];
      for (let i = 0; i < level.length; i += 2) {
        next.push(i + 1 < level.length ? this.union(level[i]!, level[i + 1]!) : level[i]!);
      }
      level = next;
    }
    return level[0] ?? none;
  }

  #merge(a: number, b: number): number {
    const starts = this.#starts;
    let [i, j] = [starts[a]!, starts[b]!];
    const [iEnd, jEnd] = [starts[a + 1]!, starts[b + 1]!];
    const mark = this.#used;
    let [first, end] = [-1, -1];
    while (i < iEnd || j < jEnd) {
      const takesA = j >= jEnd || (i < iEnd && this.#runs[2 * i]! <= this.#runs[2 * j]!);
      const at = takesA ? i++ : j++;
      const [nextFirst, nextEnd] = [this.#runs[2 * at]!, this.#runs[2 * at + 1]!];
      if (nextFirst <= end) {
        end = Math.max(end, nextEnd);
        continue;
      }
      if (first >= 0) this.#push(first, end);
      [first, end] = [nextFirst, nextEnd];
    }
    this.#push(first, end);
    // One of the two often holds the other already.
    for (const set of [a, b]) {
      if (this.#equalsTail(set, mark)) {
        this.#used = mark;
        return set;
      }
    }
    return this.#finish();
  }

  /** Whether a set has the same runs as those pushed since `mark`. */
  #equalsTail(set: number, mark: number): boolean {
    const start = this.#starts[set]!;
    const length = this.#starts[set + 1]! - start;
    if (length !== this.#used - mark) return false;
    for (let i = 0; i < 2 * length; i++) {
      if (this.#runs[2 * start + i] !== this.#runs[2 * mark + i]) return false;
    }
    return true;
  }

  #push(first: number, end: number): void {
    if (this.#used >= mostRuns) throw new TooManySets();
    if (2 * this.#used + 2 > this.#runs.length) this.#runs = doubled(this.#runs);
    this.#runs[2 * this.#used] = first;
    this.#runs[2 * this.#used + 1] = end;
    this.#used += 1;
  }

  /** Makes a set of the runs pushed since the last one. */
  #finish(): number {
    const set = this.#count;
    this.#count += 1;
    if (this.#count + 1 > this.#starts.length) this.#starts = doubled(this.#starts);
    this.#starts[this.#count] = this.#used;
    return set;
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
