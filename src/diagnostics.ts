import type { Wording } from "./catalogue/wording.js";
import { type Code, catalogue, type Parameters } from "./catalogue.js";

/** A text and the name to call it by in messages: a path, `<stdin>`, `-e`. */
export interface Source {
  readonly name: string;
  readonly text: string;
  /** Where `text` starts, if it is an excerpt of something too large to keep as a string. */
  readonly start?: { readonly line: number; readonly column: number };
}

/** The characters `start` (inclusive) to `end` (exclusive) of a source. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** Tells places apart. */
export const placeKey = (span: Span | undefined): string =>
  span === undefined ? "" : `${span.source.name} ${span.start} ${span.end}`;

/** A further place that a message refers to. */
export interface Note {
  readonly message: string;
  readonly span: Span;
}

export interface Diagnostic {
  readonly code: Code;
  readonly severity: "error" | "warning";
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Lines of another program that belong to the message. */
  readonly lines?: readonly string[];
  readonly span?: Span;
  readonly notes: readonly Note[];
}

/** Builds a diagnostic from the catalogue; the compiler demands the parameters that the message needs. */
export function diagnose<C extends Code>(
  code: C,
  parameters: Parameters<C>,
  span?: Span,
  notes: readonly Note[] = [],
): Diagnostic {
  const write = catalogue[code] as (p: Parameters<C>) => Wording;
  const { message, hint, warning, lines } = write(parameters);
  return {
    code,
    severity: warning ? "warning" : "error",
    message,
    notes,
    ...(hint === undefined ? {} : { hint }),
    ...(lines === undefined ? {} : { lines }),
    ...(span === undefined ? {} : { span }),
  };
}

/** Carries diagnostics up to the nearest place that collects or prints them. */
export class Fault extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => d.message).join("\n"));
    this.name = "Fault";
    this.diagnostics = diagnostics;
  }
}

/** A `Fault` with one diagnostic. */
export function fault<C extends Code>(
  code: C,
  parameters: Parameters<C>,
  span?: Span,
  notes: readonly Note[] = [],
): Fault {
  return new Fault([diagnose(code, parameters, span, notes)]);
}

export interface Position {
  /** 1-based. */
  readonly line: number;
  /** 1-based, counted in Unicode code points. */
  readonly column: number;
  /** The whole line, without its end. */
  readonly text: string;
  /** Where the place is in `text`, in UTF-16 units. */
  readonly offset: number;
}

/** Where an offset stands in its source; lines end at `\n`, `\r\n` or `\r`. One scan, and no copy of the text. */
export function locate(source: Source, offset: number): Position {
  const { text } = source;
  let line = source.start?.line ?? 1;
  let column = source.start?.column ?? 1;
  let lineStart = 0;
  for (let i = 0; i < Math.min(offset, text.length); i++) {
    const unit = text.charCodeAt(i);
    if (unit === LF || (unit === CR && text.charCodeAt(i + 1) !== LF)) {
      line += 1;
      column = 1;
      lineStart = i + 1;
    } else if (!isLowSurrogate(unit) || !isHighSurrogate(text.charCodeAt(i - 1))) {
      column += 1;
    }
  }
  let lineEnd = lineStart;
  while (lineEnd < text.length && text.charCodeAt(lineEnd) !== LF && text.charCodeAt(lineEnd) !== CR)
    lineEnd += 1;
  return {
    line,
    column,
    text: text.slice(lineStart, lineEnd),
    offset: Math.min(offset, lineEnd) - lineStart,
  };
}

const LF = 0x0a;
const CR = 0x0d;
const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit < 0xdc00;
const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit < 0xe000;
