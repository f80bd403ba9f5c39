import type { Fault } from "../diagnostics.js";
import type { Tensor } from "../tensor.js";
import { scanNumber } from "./json-numbers.js";
import { describeToken } from "./json-strings.js";
import { type JsonText, skipSpace } from "./json-text.js";
import { readUncommonValue } from "./json-values.js";

const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/** Axes of a tensor; deeper nesting is a mistake or an attack. */
export const LARGEST_RANK = 32;
const UNKNOWN = -1;

/** Reads the value at the cursor, a number or nested arrays of numbers; `name` stands for it in messages. */
export function readTensor(text: JsonText, name: string): Tensor {
  return new TensorReader(text, name).read();
}

/**
 * One pass over the text, without recursion: numbers go straight to `data`, and the first array closed at each
 * depth decides the length that all others at that depth must have.
 */
class TensorReader {
  private data = new Float64Array(16);
  private size = 0;
  /** How many arrays are open. */
  private depth = 0;
  /** At each depth: where the open array starts, which of its elements is being read, and the length once known. */
  private readonly starts: number[] = [];
  private readonly index: number[] = [];
  private readonly lengths: number[] = [];
  /** The depth at which numbers stand, once known. */
  private rank = UNKNOWN;

  constructor(
    private readonly text: JsonText,
    private readonly name: string,
  ) {}

  read(): Tensor {
    do {
      if (!this.openArrays()) this.readNumbers();
    } while (this.closeArrays());
    return {
      shape: this.lengths,
      data: this.size === this.data.length ? this.data : this.data.slice(0, this.size),
    };
  }

  /** Opens arrays up to the first number; true if the innermost turned out empty, and is closed again. */
  private openArrays(): boolean {
    const { text } = this;
    while (text.peek() === OPEN) {
      if (this.depth === this.rank) throw this.mixed("an array", "a number");
      if (this.depth === LARGEST_RANK)
        throw text.fail("json-depth", { name: this.name, limit: LARGEST_RANK });
      this.starts[this.depth] = text.pos;
      this.index[this.depth] = 0;
      if (this.lengths.length === this.depth) this.lengths.push(UNKNOWN);
      this.depth += 1;
      text.pos += 1;
      if (text.peek() === CLOSE) {
        if (this.rank === UNKNOWN) this.rank = this.depth;
        text.pos += 1;
        this.close(0);
        return true;
      }
    }
    return false;
  }

  /** Reads the number at the cursor, and those that follow it in the same array. */
  private readNumbers(): void {
    if (this.rank === UNKNOWN) this.rank = this.depth;
    const { text, depth } = this;
    const { bytes } = text;
    let pos = text.pos;
    let index = depth > 0 ? this.index[depth - 1] : 0;
    for (;;) {
      if (this.size === this.data.length) this.grow();
      let end = scanNumber(bytes, pos, this.data, this.size);
      if (end < 0 || depth !== this.rank) {
        if (depth > 0) this.index[depth - 1] = index;
        text.pos = pos;
        this.data[this.size] = readUncommonValue(text, this.path());
        if (depth !== this.rank) {
          text.pos = pos;
          throw this.mixed("a number", "an array");
        }
        end = text.pos;
      }
      this.size += 1;
      // The usual continuation, a comma and a number, stays in this loop; the caller sorts out everything else.
      const comma = skipSpace(bytes, end);
      pos = skipSpace(bytes, comma + 1);
      const byte = bytes[pos];
      if (bytes[comma] !== COMMA || depth === 0 || !((byte >= ZERO && byte <= NINE) || byte === MINUS)) {
        text.pos = comma;
        break;
      }
      index += 1;
    }
    if (depth > 0) this.index[depth - 1] = index;
  }

  /** Behind a value: closes arrays up to the next comma. False once the outermost array is closed. */
  private closeArrays(): boolean {
    const { text } = this;
    while (this.depth > 0) {
      const byte = text.peek();
      if (byte === COMMA) {
        text.pos += 1;
        this.index[this.depth - 1] += 1;
        if (text.peek() === CLOSE)
          throw this.expected("a value after the comma", "JSON has no trailing commas");
        return true;
      }
      if (byte !== CLOSE) throw this.expected("`,` or `]`");
      text.pos += 1;
      this.close(this.index[this.depth - 1] + 1);
    }
    return false;
  }

  private close(length: number): void {
    this.depth -= 1;
    const { depth } = this;
    const known = this.lengths[depth];
    if (known === UNKNOWN) this.lengths[depth] = length;
    else if (known !== length) {
      const otherPath = `${this.name}${"[0]".repeat(depth)}`;
      throw this.text.fail(
        "json-ragged",
        { path: this.path(), length: String(length), otherPath, otherLength: String(known) },
        this.starts[depth],
        this.text.pos,
      );
    }
  }

  private grow(): void {
    const larger = new Float64Array(2 * this.data.length);
    larger.set(this.data);
    this.data = larger;
  }

  /** `x[1][2]`: the place of the value at the cursor. */
  private path(): string {
    return (
      this.name +
      this.index
        .slice(0, this.depth)
        .map((i) => `[${i}]`)
        .join("")
    );
  }

  private expected(expected: string, hint?: string): Fault {
    const { text } = this;
    const { found, end } = describeToken(text, text.pos);
    return text.fail("json-syntax", { path: this.path(), expected, found, hint }, text.pos, end);
  }

  /** A number where arrays stand, or the reverse. */
  private mixed(what: string, otherWhat: string): Fault {
    const { text, depth } = this;
    const first = `${this.name}${"[0]".repeat(depth)}`;
    const { end } = describeToken(text, text.pos);
    // Rows that were empty so far have no first element to point at.
    if (what === "an array" && this.lengths[depth - 1] === 0) {
      const otherPath = `${this.name}${"[0]".repeat(depth - 1)}`;
      const row = this.path().replace(/\[\d+\]$/, "");
      return text.fail(
        "json-ragged",
        { path: row, length: "1 or more", otherPath, otherLength: "0" },
        this.starts[depth - 1],
        end,
      );
    }
    return text.fail("json-mixed", { path: this.path(), what, otherPath: first, otherWhat }, text.pos, end);
  }
}
