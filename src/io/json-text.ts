import type { Code, Parameters } from "../catalogue.js";
import { type Fault, fault, type Note, type Span } from "../diagnostics.js";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/** Offset of the first byte from `pos` on that is not JSON white space. */
export function skipSpace(bytes: Uint8Array, pos: number): number {
  let at = pos;
  let byte = bytes[at];
  while (byte <= SPACE && (byte === SPACE || byte === LF || byte === CR || byte === TAB)) byte = bytes[++at];
  return at;
}

/** How much text around an error is decoded: more than a report ever shows, and nothing beside a large file. */
const MARGIN = 1_000;

/** JSON text as bytes, and the place that has been read up to. */
export class JsonText {
  pos = 0;

  constructor(
    readonly bytes: Uint8Array,
    readonly name: string,
    /** What its numbers are, in messages. */
    readonly contents = "inputs",
  ) {}

  /** Passes white space and returns the byte behind it; `undefined` at the end of the text. */
  peek(): number | undefined {
    this.pos = skipSpace(this.bytes, this.pos);
    return this.bytes[this.pos];
  }

  fail<C extends Code>(
    code: C,
    parameters: Parameters<C>,
    start = this.pos,
    end = start + 1,
    notes: readonly Note[] = [],
  ): Fault {
    return fault(code, parameters, this.span(start, end), notes);
  }

  /**
   * The bytes `start` to `end` as a span of an excerpt of the text. Only the excerpt becomes a string: the text
   * may be one line of gigabytes, more than a string can hold.
   */
  span(start: number, end: number): Span {
    const { bytes } = this;
    const place = this.place(start);
    let from = Math.max(place.lineStart, start - MARGIN);
    while (from < start && isContinuation(bytes[from])) from += 1;
    let to = start;
    const furthest = Math.min(bytes.length, start + 2 * MARGIN);
    while (to < furthest && bytes[to] !== LF && bytes[to] !== CR) to += 1;
    // Undecodable bytes show as U+FFFD.
    const decode = (a: number, b: number) =>
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(a, b));
    const before = decode(from, start);
    const inside = decode(start, Math.max(start, Math.min(end, to)));
    const after = decode(Math.min(Math.max(start, end), to), to);
    return {
      source: {
        name: this.name,
        text: before + inside + after,
        start: { line: place.line, column: place.column - codePoints(bytes, from, start) },
      },
      start: before.length,
      end: before.length + Math.max(1, inside.length),
    };
  }

  private place(offset: number): { line: number; column: number; lineStart: number } {
    const { bytes } = this;
    let line = 1;
    let lineStart = startOfText(bytes);
    for (let i = lineStart; i < offset; i++) {
      const byte = bytes[i];
      if (byte === LF || (byte === CR && bytes[i + 1] !== LF)) {
        line += 1;
        lineStart = i + 1;
      }
    }
    return { line, lineStart, column: codePoints(bytes, lineStart, offset) + 1 };
  }
}

/** 3 if the text starts with a byte order mark, else 0. */
export function startOfText(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

const isContinuation = (byte: number) => (byte & 0xc0) === 0x80;

function codePoints(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) if (!isContinuation(bytes[i])) count += 1;
  return count;
}
