import type { IToken, Lexer } from "chevrotain";
import { type Diagnostic, diagnose, Fault, type Source } from "../src/diagnostics.js";
import type { Comment, Expression, Script, Statement } from "./ast.js";
import { findReordering } from "./characters.js";
import { directNesting, foldDeep } from "./deep.js";
import { type Line, layOut } from "./layout.js";
import { spanOf } from "./literals.js";
import { StatementParser } from "./parser.js";
import { bareExpression, type Context, describe, explain, placeOf, unclosed, unopened } from "./problems.js";
import * as t from "./tokens.js";

export interface ParseOptions {
  /** How deep expressions may nest: brackets, calls, blocks, lambdas and `if`s. */
  readonly maxNesting: number;
}

/** More errors than these are counted, not shown. */
const shownErrors = 20;

/** Lexer and parser hold no state between two parses, and are dear to build: each is built once, when needed. */
const once = <Value>(build: () => Value): (() => Value) => {
  let value: Value | undefined;
  return () => {
    value ??= build();
    return value;
  };
};
const lexer: () => Lexer = once(() => t.buildLexer());
const quickParser = once(() => new StatementParser("quick"));
const thoroughParser = once(() => new StatementParser("thorough"));

interface Tokens {
  readonly raw: IToken[];
  readonly comments: readonly Comment[];
}

function tokenize(source: Source): Tokens {
  // a byte order mark is no part of the text; a blank of its length keeps the offsets
  const text = source.text.startsWith("\ufeff") ? ` ${source.text.slice(1)}` : source.text;
  const { tokens: raw, groups } = lexer().tokenize(text);
  const comments = (groups.comments ?? []).map((token) => ({
    text: token.image.slice(1),
    span: spanOf(source, token),
  }));
  return { raw, comments };
}

type RuleOf<Value> = (parser: StatementParser) => Value;

function feed(parser: StatementParser, { source, tokens }: Context): StatementParser {
  parser.source = source;
  parser.input = [...tokens];
  return parser;
}

/** The value of a rule over valid tokens; `undefined` for others. */
function runQuickly<Value>(context: Context, rule: RuleOf<Value>): Value | undefined {
  const parser = feed(quickParser(), context);
  try {
    const value = rule(parser);
    return parser.errors.length === 0 ? value : undefined;
  } catch {
    // the quick parser cannot even word its errors; whatever it was happens again in the thorough one
    return undefined;
  }
}

/** The error in its briefest form. */
function unread(context: Context): Diagnostic {
  const [first] = context.tokens;
  const parameters = { expected: "a statement", found: describe(context, first) };
  return diagnose("syntax-expected", parameters, placeOf(context, first));
}

/** Runs one rule over the tokens; throws a `Fault` if they do not fit it. */
function run<Value>(context: Context, rule: RuleOf<Value>): Value {
  const quick = runQuickly(context, rule);
  if (quick !== undefined) return quick;
  if (context.brief) throw new Fault([unread(context)]);
  const parser = feed(thoroughParser(), context);
  const value = rule(parser);
  const error = parser.errors[0];
  if (error !== undefined) throw new Fault([explain(context, error)]);
  return value;
}

const expression = (context: Context): Expression => run(context, (shared) => shared.expression());

/** The statement, or the expression in the place of one, which is reported for what it is. */
function statement(context: Context): Statement {
  const first = context.tokens[0].tokenType;
  if (statementStarts.has(first)) return run(context, (shared) => shared.statement());
  const { span } = expression(context);
  throw new Fault([bareExpression(context, span.start, span.end)]);
}
const statementStarts = new Set([...t.statementWords, t.AssignedName, t.FunctionName, t.TargetsOpen]);

/** Parses the tokens of a line, deep or not. */
function parseLine<Value>(
  source: Source,
  line: Line,
  rule: (context: Context) => Value,
  brief = false,
): Value {
  const context = { source, tokens: line.tokens, end: line.end, brief };
  if (line.depth <= directNesting) return rule(context);
  const tokens = foldDeep(line.tokens, line.end, {
    parse: (segment, end) => expression({ source, tokens: segment, end, brief }),
    unclosed: (opener, found) => new Fault([unclosed(context, opener, found)]),
    unopened: (found) => new Fault([unopened(context, found)]),
  });
  return rule({ ...context, tokens });
}

function tooDeep(source: Source, token: IToken, maxNesting: number): Diagnostic {
  const what = `expressions nest more than ${maxNesting} deep`;
  return diagnose("limit", { what, limit: `${maxNesting}`, flag: "--max-nesting N" }, spanOf(source, token));
}

/** Whether the raw tokens from `at` to the end of their line read like the start of a statement. */
function startsStatement(raw: readonly IToken[], at: number): boolean {
  if (t.statementWords.has(t.reserved.get(raw[at].image)!)) return true;
  let depth = 0;
  for (const token of raw.slice(at, at + statementHead)) {
    if (token.tokenType === t.Newline) return false;
    if (opening.has(token.tokenType)) depth += 1;
    if (closing.has(token.tokenType)) depth -= 1;
    if (token.tokenType === t.Equals && depth <= 0) return true;
  }
  return false;
}
/** How many tokens the left side of a definition is looked for in. */
const statementHead = 100;
const opening = new Set([t.LParen, t.LBracket, t.LBrace]);
const closing = new Set([t.RParen, t.RBracket, t.RBrace]);

/**
 * Where to go on after an error. A bracket that is never closed would swallow the rest of the text, so then the
 * next line that reads like a statement is taken for one.
 */
function resume(raw: readonly IToken[], from: number, line: Line, problem: Diagnostic): number {
  const failedAt = problem.span!.start;
  if (problem.code !== "syntax-unclosed" && !line.open) return line.next;
  for (let next = from + 1; next < line.next; next += 1) {
    const starts = raw[next - 1].tokenType === t.Newline && raw[next].startOffset >= failedAt;
    if (starts && startsStatement(raw, next)) return next;
  }
  return line.next;
}

/** The diagnostics that a failed parse carries; anything else is a defect and goes on up. */
function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (error instanceof Fault) return error.diagnostics;
  throw error;
}

/** The errors in the order of the text; beyond a score, only their number. */
function report(problems: readonly Diagnostic[], source: Source): Diagnostic[] {
  const sorted = problems.toSorted((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
  if (sorted.length <= shownErrors) return sorted;
  const rest = sorted.length - shownErrors;
  const { start } = sorted[shownErrors].span!;
  return [
    ...sorted.slice(0, shownErrors),
    diagnose("syntax-more", { count: rest }, { source, start, end: start }),
  ];
}

/**
 * Reads a script. Statements are parsed one by one, so each reports its own error; `script` is `undefined`
 * exactly if there is one. Never throws, whatever the text.
 */
export function parse(
  source: Source,
  options: ParseOptions,
): { script: Script | undefined; diagnostics: readonly Diagnostic[] } {
  const reordering = findReordering(source);
  if (reordering.length > 0) return { script: undefined, diagnostics: report(reordering, source) };
  const { raw, comments } = tokenize(source);
  const statements: Statement[] = [];
  const problems: Diagnostic[] = [];
  for (let from = 0; from < raw.length; ) {
    const line = layOut(source, raw, from, options.maxNesting);
    if (line.overflow !== undefined) {
      problems.push(tooDeep(source, line.overflow, options.maxNesting));
      break;
    }
    let found = line.problems;
    if (found.length === 0 && line.tokens.length > 0) {
      try {
        statements.push(parseLine(source, line, statement, problems.length > shownErrors));
      } catch (error) {
        found = diagnosticsOf(error);
      }
    }
    problems.push(...found.slice(0, 1));
    // looking for the next statement can cost the rest of the text each time
    const clever = found.length > 0 && problems.length <= shownErrors;
    from = clever ? resume(raw, from, line, found[0]) : line.next;
  }
  if (problems.length > 0) return { script: undefined, diagnostics: report(problems, source) };
  return { script: { source, statements, comments }, diagnostics: [] };
}

/** Reads a text that is one expression, such as the value of a flag. Never throws. */
export function parseExpression(
  source: Source,
  options: ParseOptions,
): { expression: Expression | undefined; diagnostics: readonly Diagnostic[] } {
  const failed = (...diagnostics: Diagnostic[]) => ({ expression: undefined, diagnostics });
  const reordering = findReordering(source);
  if (reordering.length > 0) return failed(...report(reordering, source));
  const { raw } = tokenize(source);
  const line = layOut(source, raw, 0, options.maxNesting);
  if (line.overflow !== undefined) return failed(tooDeep(source, line.overflow, options.maxNesting));
  if (line.problems.length > 0) return failed(line.problems[0]);
  const context = { source, tokens: line.tokens, end: line.end };
  if (line.tokens.length === 0) {
    const expected = { expected: "an expression", found: describe(context, line.end) };
    return failed(diagnose("syntax-expected", expected, placeOf(context, line.end)));
  }
  const rest = raw.slice(line.next).find(({ tokenType }) => tokenType !== t.Newline);
  try {
    const value = parseLine(source, line, expression);
    if (rest === undefined) return { expression: value, diagnostics: [] };
    const expected = { expected: "the end of the text after the expression", found: describe(context, rest) };
    return failed(diagnose("syntax-expected", expected, placeOf(context, rest)));
  } catch (error) {
    return failed(...diagnosticsOf(error));
  }
}
