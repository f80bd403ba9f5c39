import type { IRecognitionException, IToken, TokenType } from "chevrotain";
import { type Diagnostic, diagnose, locate, type Note, type Source, type Span } from "../src/diagnostics.js";
import { endsOperand } from "./layout.js";
import { spanOf } from "./literals.js";
import * as t from "./tokens.js";

/** The tokens that were parsed. */
export interface Context {
  readonly source: Source;
  readonly tokens: readonly IToken[];
  /** The token after them; `undefined` at the end of the text. */
  readonly end: IToken | undefined;
  /** Whether an error here will only be counted, so that its wording does not matter. */
  readonly brief?: boolean;
}

/** An error of the parser, with what the explanations below look at. */
interface Failure extends Context {
  /** The token or rule that was expected, by its name in the grammar. */
  readonly expected: string;
  readonly rules: readonly string[];
  readonly at: number;
  /** `undefined` where the tokens end. */
  readonly found: IToken | undefined;
  readonly previous: IToken | undefined;
  /** The brackets open there, outermost first. */
  readonly openers: readonly IToken[];
}

const quote = (text: string) => `\`${text}\``;
const shorten = (text: string, length = 40) =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

const phrases: ReadonlyMap<string, string> = new Map([
  ["Name", "a name"],
  ["AssignedName", "a name"],
  ["String", "a string"],
  ["Newline", "the end of the line"],
  ["end", "an operator or the end of the statement"],
  ["operand", "an expression"],
  ["expression", "an expression"],
  ["statement", "a statement"],
  ["definition", "a definition"],
  ["subscripts", "a subscript"],
  ["subscript", "a subscript"],
  ["shape", "a size (a number or a name)"],
  ["interval", "a bracket, `(` or `[`"],
  ["names", "a name"],
  ["Semicolon", "`;` and the names of the tangents"],
]);
/** Rules whose elements commas separate. */
const separated: ReadonlySet<string> = new Set([
  "args",
  "list",
  "parenthesised",
  "subscripts",
  "shape",
  "definition",
  "head",
]);
const closerOf: ReadonlyMap<TokenType, string> = new Map([
  [t.LParen, ")"],
  [t.TargetsOpen, ")"],
  [t.ParametersOpen, ")"],
  [t.LBracket, "]"],
  [t.LBrace, "}"],
]);
const closers: ReadonlySet<string> = new Set(closerOf.values());
const labels: ReadonlyMap<string, string> = new Map(
  t.vocabulary.map((type) => [type.name, type.LABEL ?? type.name]),
);
const operandStarts: ReadonlySet<TokenType> = new Set([
  t.Name,
  t.NumberToken,
  t.Text,
  t.LBrace,
  t.Folded,
  t.AssignedName,
  t.FunctionName,
  t.ParameterName,
]);

/** What stands where a token was expected, in words. */
export function describe({ source }: Context, token: IToken | undefined): string {
  if (token === undefined) return "the end of the text";
  if (token.tokenType === t.Newline && token.image !== ";") return "the end of the line";
  if (token.tokenType === t.Folded)
    return quote(shorten(source.text.slice(token.startOffset, t.endOf(token))));
  return quote(shorten(token.image.split(/[\r\n]/)[0]));
}

/** Where a message about a token points; past the last token for an end. */
export function placeOf({ source, tokens }: Context, token: IToken | undefined): Span {
  if (token !== undefined && token.tokenType !== t.Newline && token.tokenType !== t.Semicolon) {
    return spanOf(source, token);
  }
  if (token?.image === ";") return spanOf(source, token);
  const last = tokens.findLast(({ startOffset }) => token === undefined || startOffset < token.startOffset);
  const end = last === undefined ? source.text.length : t.endOf(last);
  return { source, start: end, end };
}

/** The brackets open before the token `at`. */
export function openersBefore(tokens: readonly IToken[], at: number): IToken[] {
  const open: IToken[] = [];
  for (const token of tokens.slice(0, at)) {
    if (closerOf.has(token.tokenType)) open.push(token);
    else if (closers.has(token.image) && token.tokenType !== t.Text) open.pop();
  }
  return open;
}

/** Reports that `opener` is not closed before `found`. */
export function unclosed(context: Context, opener: IToken, found: IToken | undefined): Diagnostic {
  const place = placeOf(context, found);
  const seen = describe(context, found);
  if (opener.tokenType === t.If) {
    const notes: Note[] = [{ message: "the `if` is here", span: spanOf(context.source, opener) }];
    const hint = "it is `if c then a else b`, with both branches";
    return diagnose("syntax-expected", { expected: "`then` or `else`", found: seen, hint }, place, notes);
  }
  const close = closerOf.get(opener.tokenType)!;
  const { line } = locate(context.source, opener.startOffset);
  return diagnose("syntax-unclosed", { open: opener.image, close, line, found: seen }, place, [
    { message: "opened here", span: spanOf(context.source, opener) },
  ]);
}

/** Reports a closing bracket that closes nothing. */
export const unopened = ({ source }: Context, found: IToken): Diagnostic =>
  diagnose("syntax-unopened", { close: found.image }, spanOf(source, found));

/** Reports an expression where a statement should stand: its value has no name. */
export function bareExpression({ source }: Context, start: number, end: number): Diagnostic {
  const text = source.text.slice(start, end);
  const comparison = /[^<>=!]==[^=]/.test(text);
  return diagnose(
    "syntax-bare-expression",
    { text: shorten(text.replace(/\s+/g, " ")), comparison },
    { source, start, end },
  );
}

type Explanation = (failure: Failure) => Diagnostic | undefined;

const breaksBetween = ({ source }: Failure, first: IToken, second: IToken) =>
  /[\r\n]/.test(source.text.slice(t.endOf(first), second.startOffset));

const inBlock: Explanation = (failure) => {
  const { source, tokens, at, found, previous, expected, rules, openers } = failure;
  const opener = openers.at(-1);
  if (opener?.tokenType !== t.LBrace || found === undefined) return undefined;
  const starts = previous?.tokenType === t.Newline || previous === opener;
  if (starts && t.statementWords.has(found.tokenType)) {
    return diagnose("syntax-block-statement", { word: found.image }, spanOf(source, found), [
      { message: "the block starts here", span: spanOf(source, opener) },
    ]);
  }
  if (found.tokenType === t.RBrace && (expected === "Newline" || previous === opener)) {
    return diagnose("syntax-block-end", {}, spanOf(source, found));
  }
  if (found.tokenType !== t.Newline || rules.at(-1) !== "block" || expected !== "RBrace") return undefined;
  if (openersBefore(tokens, tokens.length).includes(opener)) {
    return unclosed(failure, opener, tokens[at + 1] ?? failure.end);
  }
  const first = tokens.findLastIndex(
    (token, i) => i < at && (token.tokenType === t.Newline || token === opener),
  );
  // a newline inside a nested block is not the start of this expression, but near enough to show it
  return bareExpression(failure, tokens[first + 1].startOffset, t.endOf(tokens[at - 1]));
};

const atEquals: Explanation = (failure) => {
  const { source, tokens, at, found, previous, rules, openers } = failure;
  if (rules.includes("names") || openers.at(-1)?.tokenType === t.ParametersOpen) {
    const name =
      found?.tokenType === t.AssignedName ? found : found?.tokenType === t.Equals ? previous : undefined;
    if (name !== undefined) return diagnose("syntax-default", { name: name.image }, spanOf(source, name));
  }
  if (previous === undefined) return undefined;
  const first = tokens.findIndex(({ tokenType }) => tokenType === t.Equals);
  if (openers.length === 0 && first >= at && endsOperand(previous) && !t.reserved.has(tokens[0].image)) {
    const target = { source, start: tokens[0].startOffset, end: t.endOf(tokens[first - 1]) };
    return diagnose(
      "syntax-target",
      { target: shorten(source.text.slice(target.start, target.end)) },
      target,
    );
  }
  const equals = found?.tokenType === t.AssignedName && openers.length > 0 ? tokens[at + 1] : found;
  if (equals?.tokenType !== t.Equals) return undefined;
  if (!endsOperand(previous) && found?.tokenType === t.Equals) return undefined;
  return diagnose("syntax-equals", {}, spanOf(source, equals));
};

const atEmpty: Explanation = ({ source, found, previous, rules }) => {
  if (found?.tokenType !== t.RParen || previous === undefined || !closerOf.has(previous.tokenType))
    return undefined;
  const span = { source, start: previous.startOffset, end: t.endOf(found) };
  if (rules.includes("names")) return diagnose("syntax-no-parameters", {}, span);
  return rules.includes("parenthesised") ? diagnose("syntax-empty-parentheses", {}, span) : undefined;
};

/** `f((a, b), c) = …` and its like: parameters and targets are names. */
const atNestedNames: Explanation = ({ source, found, rules, openers }) => {
  if (found?.tokenType !== t.LParen || openers.length === 0 || rules.at(-1) !== "names") return undefined;
  return diagnose("syntax-nested-names", {}, spanOf(source, found));
};

const atWord: Explanation = (failure) => {
  const { source, found, previous, expected, at } = failure;
  if (found === undefined) return undefined;
  const span = spanOf(source, found);
  const phrase = phrases.get(expected);
  if (expected === "operand" || expected === "expression") {
    const what = operandLike.get(found.tokenType);
    if (what !== undefined) return diagnose("syntax-parenthesise", { what }, span);
  }
  const wordAsName = expected === "Name" || expected === "names" || expected === "shape";
  if (
    t.reserved.has(found.image) &&
    (wordAsName || (phrase === "an expression" && !/^(and|or)$/.test(found.image)))
  ) {
    return diagnose(
      "syntax-reserved",
      { word: found.image, expected: at === 0 ? "a statement" : phrase! },
      span,
    );
  }
  if (expected === "Name" && previous !== undefined && t.reserved.has(previous.image)) {
    const hint = `\`${previous.image}\` is a reserved word and cannot be a name`;
    const parameters = { expected: "a name", found: describe(failure, found), hint };
    return diagnose("syntax-expected", parameters, span);
  }
  return undefined;
};
const operandLike: ReadonlyMap<TokenType, string> = new Map([
  [t.If, "an `if`"],
  [t.ParameterName, "a lambda"],
  [t.ParametersOpen, "a lambda"],
]);

const atAdjacent: Explanation = (failure) => {
  const { source, found, previous, openers } = failure;
  if (found === undefined || previous === undefined || !endsOperand(previous)) return undefined;
  if (!operandStarts.has(found.tokenType) || breaksBetween(failure, previous, found)) return undefined;
  const span = { source, start: previous.startOffset, end: t.endOf(found) };
  if (previous.tokenType === t.Text || found.tokenType === t.Text) {
    const quote = found.image[0];
    const closed = found.tokenType !== t.Text || (found.image.length > 1 && found.image.endsWith(quote));
    return closed ? undefined : diagnose("syntax-unterminated-string", { quote }, spanOf(source, found));
  }
  const touching = t.endOf(previous) === found.startOffset && previous.tokenType === t.NumberToken;
  const text = source.text.slice(span.start, span.end);
  if (touching && (found.tokenType === t.NumberToken || /^(0[xXbBoO]|[\d_.]*_)/.test(text))) {
    return diagnose("syntax-number", { text }, span);
  }
  const right = shorten(found.image);
  const call = previous.tokenType === t.Name;
  const separates = openers.at(-1) !== undefined && openers.at(-1)?.tokenType !== t.LBrace;
  return diagnose(
    "syntax-adjacent",
    { left: shorten(previous.image), right, call, separates },
    spanOf(source, found),
  );
};

const atUnclosed: Explanation = (failure) => {
  const { found, previous, openers, expected } = failure;
  const opener = openers.at(-1);
  if (found !== undefined && closers.has(found.image)) {
    if (opener === undefined) return unopened(failure, found);
    return closerOf.get(opener.tokenType) === found.image || expected === "Else" || expected === "Then"
      ? undefined
      : unclosed(failure, opener, found);
  }
  if (opener === undefined) return undefined;
  if (found === undefined) return unclosed(failure, opener, failure.end);
  const mayClose = endsOperand(previous) && found.tokenType !== t.Newline;
  return mayClose && breaksBetween(failure, previous!, found) ? unclosed(failure, opener, found) : undefined;
};

const hints: ReadonlyMap<string, string> = new Map([
  ["Else", "an `if` is an expression and always has an `else`"],
  ["Then", "it is `if c then a else b`"],
  ["String", 'the path stands in quotes: `import "layers.ag"`'],
]);

function otherwise(failure: Failure): Diagnostic {
  const { found, expected, rules, previous, at } = failure;
  const label = labels.get(expected);
  let phrase = phrases.get(expected) ?? quote(label ?? expected);
  if (label !== undefined && closers.has(label) && separated.has(rules.at(-1) ?? ""))
    phrase = `\`,\` or ${quote(label)}`;
  if (expected === "interval" && previous?.tokenType !== t.In) phrase = "`)` or `]`";
  if (at === 0 && phrase === "an expression") phrase = "a statement";
  const plus = found?.image === "+" && phrase === "an expression" ? "there is no unary plus" : undefined;
  const hint = hints.get(expected) ?? plus;
  const token = found ?? failure.end;
  return diagnose(
    "syntax-expected",
    { expected: phrase, found: describe(failure, token), hint },
    placeOf(failure, token),
  );
}

/** From the most to the least particular; the first that applies is reported. */
const explanations: readonly Explanation[] = [
  inBlock,
  atEquals,
  atEmpty,
  atNestedNames,
  atUnclosed,
  atWord,
  atAdjacent,
];

/** Turns an error of the parser into a message that says what is wrong and what to do. */
export function explain(context: Context, error: IRecognitionException): Diagnostic {
  const index = context.tokens.indexOf(error.token);
  const at = index < 0 ? context.tokens.length : index;
  const failure: Failure = {
    ...context,
    expected: error.message,
    rules: error.context.ruleStack,
    at,
    found: context.tokens[at],
    previous: context.tokens[at - 1],
    openers: openersBefore(context.tokens, at),
  };
  for (const explanation of explanations) {
    const diagnostic = explanation(failure);
    if (diagnostic !== undefined) return diagnostic;
  }
  return otherwise(failure);
}
