import { Chalk, type ChalkInstance } from "chalk";
import { type Diagnostic, locate, type Note, type Position, type Span } from "../diagnostics.js";
import { characterWidth, visible } from "./text.js";

export interface DiagnosticOptions {
  readonly color?: boolean;
  /** How many errors and warnings are shown; the others are only counted. 20 unless told otherwise. */
  readonly limit?: number;
  /** Columns of the terminal; longer source lines are cut around the place. 120 unless told otherwise. */
  readonly width?: number;
}

const LIMIT = 20;
const WIDTH = 120;
const NARROWEST = 40;
/** Columns that stay free behind a place that is shown with the whole line before it. */
const MARGIN = 20;
const TAB = 4;

/**
 * Errors and warnings with the source lines they are about and a caret below the place, in the order of the source:
 *
 * ```
 * error: `yy` is not defined
 *  --> chain.ag:3:9
 *   |
 * 3 | w = x * yy
 *   |         ^^
 *   = hint: did you mean `y`?
 * ```
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: DiagnosticOptions = {},
): string {
  const style = new Chalk({ level: options.color ? 1 : 0 });
  const { limit = LIMIT, width = WIDTH } = options;
  const ordered = inSourceOrder(diagnostics);
  const shown = ordered.slice(0, limit).map((d) => renderDiagnostic(d, width, style));
  if (ordered.length > limit) shown.push(`${style.bold(`… and ${countOthers(ordered.slice(limit))}`)}\n`);
  return shown.join("\n");
}

/** Stable, and source by source in the order in which the sources first appear; what has no place comes first. */
function inSourceOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const sources = new Map<string, number>();
  for (const { span } of diagnostics) {
    if (span !== undefined && !sources.has(span.source.name)) sources.set(span.source.name, sources.size);
  }
  const rank = ({ span }: Diagnostic) => (span === undefined ? -1 : (sources.get(span.source.name) ?? 0));
  // Excerpts of one text start at different places, so lines count before offsets.
  const line = ({ span }: Diagnostic) => span?.source.start?.line ?? 0;
  const column = ({ span }: Diagnostic) => (span?.source.start?.column ?? 0) + (span?.start ?? 0);
  return diagnostics.toSorted((a, b) => rank(a) - rank(b) || line(a) - line(b) || column(a) - column(b));
}

function countOthers(others: readonly Diagnostic[]): string {
  const errors = others.filter(({ severity }) => severity === "error").length;
  const warnings = others.length - errors;
  const count = (n: number, noun: string) => (n === 0 ? [] : [`${n} more ${noun}${n === 1 ? "" : "s"}`]);
  return [...count(errors, "error"), ...count(warnings, "warning")].join(" and ");
}

function renderDiagnostic(diagnostic: Diagnostic, width: number, style: ChalkInstance): string {
  const { severity, message, span, notes, hint, lines: others = [] } = diagnostic;
  const accent = severity === "error" ? style.red : style.yellow;
  const places = [span, ...notes.map((note) => note.span)].flatMap((s) =>
    s === undefined ? [] : [positionOf(s)],
  );
  const gutter = Math.max(0, ...places.map(({ line }) => String(line).length));
  const lines = [`${accent.bold(severity)}${style.bold(`: ${visible(message)}`)}`];
  for (const line of others)
    lines.push(`${" ".repeat(gutter)} ${style.blue("|")} ${visible(line)}`.trimEnd());
  if (span !== undefined) lines.push(...renderPlace(span, gutter, width, accent, style));
  for (const note of notes) lines.push(...renderNote(note, gutter, width, style));
  if (hint !== undefined) {
    lines.push(
      `${" ".repeat(gutter)}${gutter > 0 ? " = " : "  "}${style.cyan.bold("hint")}: ${visible(hint)}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function renderNote(note: Note, gutter: number, width: number, style: ChalkInstance): string[] {
  return [
    `${" ".repeat(gutter)} = ${style.bold("note")}: ${visible(note.message)}`,
    ...renderPlace(note.span, gutter, width, style.blue, style),
  ];
}

function positionOf(span: Span): Position {
  return locate(span.source, span.start);
}

/** A place, its source line, and carets below it; the number of the line gets `gutter` columns. */
export function renderPlace(
  span: Span,
  gutter: number,
  width: number,
  accent: ChalkInstance,
  style: ChalkInstance,
): string[] {
  const position = positionOf(span);
  const { text, offset } = position;
  const room = Math.max(NARROWEST, width - gutter - 4);
  const { line, before, marked } = excerpt(
    text,
    offset,
    Math.min(text.length, offset + span.end - span.start),
    room,
  );
  const edge = (number: string) => style.blue(`${number.padStart(gutter)} |`);
  return [
    `${" ".repeat(gutter)}${style.blue("-->")} ${visible(span.source.name)}:${position.line}:${position.column}`,
    edge(""),
    `${edge(String(position.line))} ${line}`.trimEnd(),
    `${edge("")} ${" ".repeat(before)}${accent.bold("^".repeat(Math.max(1, marked)))}`,
  ];
}

interface Excerpt {
  readonly line: string;
  /** Columns before the carets, and columns that they take. */
  readonly before: number;
  readonly marked: number;
}

/** A line as the terminal shows it, cut around the characters `start` to `end` if it is longer than `limit`. */
function excerpt(text: string, start: number, end: number, limit: number): Excerpt {
  // Nothing further away from the place than what is shown is looked at.
  let from = goBack(text, start, limit - MARGIN);
  if (from > 0) from = goBack(text, start, Math.floor(limit / 2));
  const head = from > 0 ? "…" : "";
  let line = head;
  let width = head.length;
  let before = width;
  let marked = 0;
  let at = from;
  while (at < text.length && width < limit) {
    const next = at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
    const shown = showCharacter(text.slice(at, next), width - head.length);
    line += shown.text;
    width += shown.width;
    if (at < start) before = width;
    else if (at < end) marked += shown.width;
    at = next;
  }
  return { line: at < text.length ? `${line}…` : line, before, marked };
}

/** Where the `columns` before a place in a line start. */
function goBack(text: string, place: number, columns: number): number {
  let from = place;
  let width = 0;
  while (from > 0) {
    const previous = characterStart(text, from - 1);
    width += shownWidth(text.slice(previous, from));
    if (width > columns) break;
    from = previous;
  }
  return from;
}

function characterStart(text: string, at: number): number {
  const isPair = at > 0 && /[\udc00-\udfff]/.test(text[at]) && /[\ud800-\udbff]/.test(text[at - 1]);
  return isPair ? at - 1 : at;
}

const shownWidth = (character: string) => (character === "\t" ? TAB : showCharacter(character, 0).width);

/** A character as it is sent to the terminal: tabs as spaces, characters that act on the terminal as escapes. */
function showCharacter(character: string, column: number): { text: string; width: number } {
  if (character === "\t") {
    const width = TAB - (column % TAB);
    return { text: " ".repeat(width), width };
  }
  const text = visible(character);
  return { text, width: text === character ? characterWidth(character) : text.length };
}
