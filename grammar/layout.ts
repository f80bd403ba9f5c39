import type { IToken, TokenType } from "chevrotain";
import type { Diagnostic, Source } from "../src/diagnostics.js";
import { checkWord, refuse } from "./characters.js";
import * as t from "./tokens.js";

/** One statement, ready for the grammar. */
export interface Line {
  readonly tokens: IToken[];
  /** Where the next statement starts among the raw tokens. */
  readonly next: number;
  /** The raw token that ended the statement; `undefined` at the end of the text. */
  readonly end: IToken | undefined;
  /** The deepest nesting in it. */
  readonly depth: number;
  /** Whether brackets were still open where the statement ended. */
  readonly open: boolean;
  /** What the words and characters themselves have wrong. */
  readonly problems: readonly Diagnostic[];
  /** The token that nests deeper than allowed; the statement stops there. */
  readonly overflow: IToken | undefined;
}

/** An open bracket, an open `if` (up to its `else`), or the statement itself. */
interface Frame {
  readonly opener: TokenType | undefined;
  /** Where the opener stands in the output. */
  readonly at: number;
  /** Whether it holds call arguments or subscripts. */
  readonly postfix: boolean;
  /** Where the statement in progress starts in the output. */
  start: number;
  /** Lambdas and `else` branches that the expression in progress stands in. */
  heads: number;
}

const operandEnds: ReadonlySet<TokenType> = new Set([
  t.Name,
  t.NumberToken,
  t.Text,
  t.Transpose,
  t.RParen,
  t.RBracket,
  t.RBrace,
]);

/** After these, an expression goes on, whatever the line does. */
const continuing: ReadonlySet<TokenType> = new Set([
  t.Operator,
  t.Minus,
  t.Equals,
  t.Arrow,
  t.Comma,
  t.If,
  t.Then,
  t.Else,
  t.Not,
  t.LBrace,
  t.Newline,
]);

const openerOf: ReadonlyMap<TokenType, TokenType> = new Map([
  [t.RParen, t.LParen],
  [t.RBracket, t.LBracket],
  [t.RBrace, t.LBrace],
]);

/** Keywords that names become after a whole operand, by the token that opens the statement. */
const softWords: ReadonlyMap<TokenType, ReadonlyMap<string, TokenType>> = new Map([
  [t.Role, new Map([["in", t.In]])],
  [
    t.Assert,
    new Map([
      ["within", t.Within],
      ["rel", t.Relative],
    ]),
  ],
]);

const beyondAscii = /[^\0-\x7f]/;

/** Whether a token can end an operand, so that what follows it is an operator, a call or a subscript. */
export const endsOperand = (token: IToken | undefined): boolean =>
  token !== undefined && operandEnds.has(token.tokenType);

/**
 * Lays out one statement: decides which line ends count, tells words from names, and settles by a glance ahead
 * what a name or bracket is about to be, so that the grammar never looks further than one token.
 */
class Layout {
  readonly #source: Source;
  readonly #raw: readonly IToken[];
  readonly #limit: number;
  readonly #tokens: IToken[] = [];
  readonly #problems: Diagnostic[] = [];
  readonly #frames: Frame[] = [{ opener: undefined, at: -1, postfix: false, start: 0, heads: 0 }];
  #depth = 0;
  #deepest = 0;
  #overflow: IToken | undefined;

  constructor(source: Source, raw: readonly IToken[], limit: number) {
    this.#source = source;
    this.#raw = raw;
    this.#limit = limit;
  }

  run(from: number): Line {
    let at = from;
    let end: IToken | undefined;
    for (; at < this.#raw.length && this.#overflow === undefined; at += 1) {
      const token = this.#raw[at];
      if (this.#endsStatement(token, at)) {
        end = token;
        break;
      }
      const handler = handlers.get(token.tokenType);
      if (handler === undefined) this.#tokens.push(token);
      else handler(this, token, at);
    }
    const separated = end !== undefined && (end.tokenType === t.Newline || end.tokenType === t.Semicolon);
    return {
      tokens: this.#tokens,
      next: separated ? at + 1 : at,
      end,
      depth: this.#deepest,
      open: this.#frames.some((frame) => frame.opener !== undefined && frame.opener !== t.If),
      problems: this.#problems,
      overflow: this.#overflow,
    };
  }

  word(token: IToken, at: number): void {
    const type = t.reserved.get(token.image) ?? this.#softWord(token);
    if (type === t.If) this.#open(token, t.If, false);
    else if (type === t.Then) this.#then();
    else if (type === t.Else) this.#else(token);
    if (type !== undefined) {
      this.#tokens.push(t.retype(token, type));
      return;
    }
    if (beyondAscii.test(token.image)) {
      const problem = checkWord(this.#source, token.image, token.startOffset);
      if (problem !== undefined) this.#problems.push(problem);
    }
    const part = this.#partOfName(at);
    this.#tokens.push(part === undefined ? token : t.retype(token, part));
  }

  opener(token: IToken): void {
    this.#open(token, token.tokenType, endsOperand(this.#tokens.at(-1)));
    this.#tokens.push(token);
    if (token.tokenType === t.LBrace) this.#frames.at(-1)!.start = this.#tokens.length;
  }

  closer(token: IToken, at: number): void {
    const frame = this.#close(openerOf.get(token.tokenType)!);
    if (token.tokenType === t.RBrace) {
      while (this.#tokens.at(-1)?.tokenType === t.Newline) this.#tokens.pop();
    }
    this.#tokens.push(token);
    if (frame === undefined || token.tokenType !== t.RParen || frame.opener !== t.LParen) return;
    const outer = this.#bracket();
    const following = this.#following(at)?.tokenType;
    if (following === t.Arrow && !frame.postfix) this.#retype(frame.at, t.ParametersOpen);
    if (following !== t.Equals || !separates(outer)) return;
    if (frame.at === outer.start) this.#retype(frame.at, t.TargetsOpen);
    if (frame.at === outer.start + 1 && this.#tokens[outer.start].tokenType === t.Name) {
      this.#retype(outer.start, t.FunctionName);
    }
  }

  newline(token: IToken, at: number): void {
    const outer = this.#bracket();
    if (!separates(outer)) return;
    const previous = this.#tokens.at(-1);
    if (previous === undefined || continuing.has(previous.tokenType)) return;
    const following = this.#following(at);
    if (following?.tokenType === t.RBrace) return;
    if (following?.tokenType === t.Name && branches.has(following.image)) return;
    this.#separate(token);
  }

  semicolon(token: IToken): void {
    if (!separates(this.#bracket())) {
      this.#endSegment();
      this.#tokens.push(token);
      return;
    }
    const previous = this.#tokens.at(-1)?.tokenType;
    if (previous !== t.Newline && previous !== t.LBrace) this.#separate(t.retype(token, t.Newline));
  }

  comma(token: IToken, at: number): void {
    this.#endSegment();
    const previous = this.#tokens.at(-1)?.tokenType;
    const following = this.#following(at)?.tokenType;
    const trails =
      (following === t.RParen || following === t.RBracket) &&
      previous !== t.Comma &&
      this.#frames.length > 1 &&
      this.#frames.at(-1)!.at !== this.#tokens.length - 1;
    this.#tokens.push(trails ? t.retype(token, t.TrailingComma) : token);
  }

  /** Ends the expression in progress: `=` and `:` stand between two. */
  boundary(token: IToken): void {
    this.#endSegment();
    this.#tokens.push(token);
  }

  arrow(token: IToken): void {
    this.#head(token);
    this.#tokens.push(token);
  }

  foreign(token: IToken): void {
    this.#problems.push(refuse(this.#source, token.image, token.startOffset));
    this.#tokens.push(token);
  }

  /** A line end or `;` outside all brackets; or a word that only opens statements, on a new line inside brackets. */
  #endsStatement(token: IToken, at: number): boolean {
    const { tokenType } = token;
    if (tokenType === t.Newline) {
      if (this.#bracket().opener !== undefined || this.#tokens.length === 0) return false;
      if (continuing.has(this.#tokens.at(-1)!.tokenType)) return false;
      const following = this.#following(at);
      return !(following?.tokenType === t.Name && branches.has(following.image));
    }
    if (tokenType === t.Semicolon) return this.#bracket().opener === undefined;
    if (tokenType !== t.Name || this.#frames.length === 1) return false;
    const opensStatement = t.statementWords.has(t.reserved.get(token.image)!);
    return opensStatement && this.#raw[at - 1]?.tokenType === t.Newline && !separates(this.#bracket());
  }

  #softWord(token: IToken): TokenType | undefined {
    if (this.#frames.length > 1 || !endsOperand(this.#tokens.at(-1))) return undefined;
    return softWords.get(this.#tokens[0].tokenType)?.get(token.image);
  }

  #partOfName(at: number): TokenType | undefined {
    const frame = this.#frames.at(-1)!;
    const next = separates(frame) ? this.#raw[at + 1] : this.#following(at);
    if (next?.tokenType === t.Arrow) return t.ParameterName;
    if (next?.tokenType !== t.Equals) return undefined;
    if (separates(frame)) return frame.start === this.#tokens.length ? t.AssignedName : undefined;
    const previous = this.#tokens.at(-1)!.tokenType;
    const opensArgument = frame.postfix && (previous === t.LParen || previous === t.Comma);
    return opensArgument ? t.AssignedName : undefined;
  }

  #open(token: IToken, opener: TokenType, postfix: boolean): void {
    this.#frames.push({ opener, at: this.#tokens.length, postfix, start: this.#tokens.length, heads: 0 });
    this.#deepen(token);
  }

  /** Closes the innermost such bracket, with all that stands open inside it; a stray closer closes one bracket. */
  #close(opener: TokenType): Frame | undefined {
    const matching = this.#frames.findLastIndex((frame) => frame.opener === opener);
    if (matching < 0) {
      this.#popBranches();
      return this.#frames.length > 1 ? this.#pop() : undefined;
    }
    while (this.#frames.length > matching + 1) this.#pop();
    return this.#pop();
  }

  #pop(): Frame {
    const frame = this.#frames.pop()!;
    this.#depth -= 1 + frame.heads;
    return frame;
  }

  #popBranches(): void {
    while (this.#frames.at(-1)!.opener === t.If) this.#pop();
  }

  #bracket(): Frame {
    return this.#frames.findLast((frame) => frame.opener !== t.If)!;
  }

  #endSegment(): void {
    this.#popBranches();
    const frame = this.#frames.at(-1)!;
    this.#depth -= frame.heads;
    frame.heads = 0;
  }

  #separate(token: IToken): void {
    this.#endSegment();
    this.#tokens.push(token);
    this.#frames.at(-1)!.start = this.#tokens.length;
  }

  #then(): void {
    const frame = this.#frames.at(-1)!;
    if (frame.opener !== t.If) return;
    this.#depth -= frame.heads;
    frame.heads = 0;
  }

  #else(token: IToken): void {
    if (this.#frames.at(-1)!.opener !== t.If) return;
    this.#pop();
    this.#head(token);
  }

  #head(token: IToken): void {
    this.#frames.at(-1)!.heads += 1;
    this.#deepen(token);
  }

  #deepen(token: IToken): void {
    this.#depth += 1;
    if (this.#depth > this.#deepest) this.#deepest = this.#depth;
    if (this.#depth > this.#limit) this.#overflow ??= token;
  }

  #following(at: number): IToken | undefined {
    let next = at + 1;
    while (next < this.#raw.length && this.#raw[next].tokenType === t.Newline) next += 1;
    return this.#raw[next];
  }

  #retype(at: number, type: TokenType): void {
    this.#tokens[at] = t.retype(this.#tokens[at], type);
  }
}

/** Whether line ends separate statements there. */
const separates = (frame: Frame): boolean => frame.opener === undefined || frame.opener === t.LBrace;

/** Words that continue the line before them. */
const branches: ReadonlySet<string> = new Set(["then", "else"]);

const handlers: ReadonlyMap<TokenType, (layout: Layout, token: IToken, at: number) => void> = new Map([
  [t.Name, (layout: Layout, token: IToken, at: number) => layout.word(token, at)],
  [t.LParen, (layout: Layout, token: IToken) => layout.opener(token)],
  [t.LBracket, (layout: Layout, token: IToken) => layout.opener(token)],
  [t.LBrace, (layout: Layout, token: IToken) => layout.opener(token)],
  [t.RParen, (layout: Layout, token: IToken, at: number) => layout.closer(token, at)],
  [t.RBracket, (layout: Layout, token: IToken, at: number) => layout.closer(token, at)],
  [t.RBrace, (layout: Layout, token: IToken, at: number) => layout.closer(token, at)],
  [t.Newline, (layout: Layout, token: IToken, at: number) => layout.newline(token, at)],
  [t.Semicolon, (layout: Layout, token: IToken) => layout.semicolon(token)],
  [t.Comma, (layout: Layout, token: IToken, at: number) => layout.comma(token, at)],
  [t.Colon, (layout: Layout, token: IToken) => layout.boundary(token)],
  [t.Equals, (layout: Layout, token: IToken) => layout.boundary(token)],
  [t.Arrow, (layout: Layout, token: IToken) => layout.arrow(token)],
  [t.Foreign, (layout: Layout, token: IToken) => layout.foreign(token)],
]);

/** Lays out the statement that starts at the raw token `from`. */
export function layOut(source: Source, raw: readonly IToken[], from: number, maxNesting: number): Line {
  return new Layout(source, raw, maxNesting).run(from);
}
