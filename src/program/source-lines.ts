import type { Source, Span } from "../diagnostics.js";
import type { SourceLine } from "../results.js";

/** Where the lines of a text begin; they end at `\n`, `\r\n` or `\r`. */
function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(/\r\n|\n|\r/g)) starts.push(index + end.length);
  return starts;
}

/** The place of the last number that is not greater. */
function lastUpTo(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle;
    else high = middle;
  }
  return low;
}

/** The lines that places stand on. Each line is one object, however many places ask for it. */
export class SourceLines {
  readonly #starts = new Map<Source, readonly number[]>();
  readonly #lines = new Map<Source, Map<number, SourceLine>>();

  /** The line on which a place begins. */
  of(span: Span | undefined): SourceLine | undefined {
    if (span === undefined) return undefined;
    const { source } = span;
    let starts = this.#starts.get(source);
    if (starts === undefined) {
      starts = lineStarts(source.text);
      this.#starts.set(source, starts);
      this.#lines.set(source, new Map());
    }
    const index = lastUpTo(starts, span.start);
    const lines = this.#lines.get(source)!;
    const known = lines.get(index);
    if (known !== undefined) return known;
    const line: SourceLine = {
      file: source.name,
      line: index + (source.start?.line ?? 1),
      text: source.text.slice(starts[index], starts[index + 1]).trim(),
    };
    lines.set(index, line);
    return line;
  }
}
