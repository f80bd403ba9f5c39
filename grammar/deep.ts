import type { IToken, TokenType } from "chevrotain";
import type { Expression } from "./ast.js";
import * as t from "./tokens.js";
import { retype } from "./tokens.js";

/** How deep the parser recurses itself. Deeper expressions are parsed from the inside out. */
export const directNesting = 32;

/** Something opened: a bracket, an `if`, or (without an opener) the statement. */
interface Group {
  readonly opener: IToken | undefined;
  /** Whether any closing bracket will do, as for the interval `(0, 1]`. */
  readonly interval: boolean;
  /** Where the expression in progress starts in the output. */
  start: number;
  /** How deep the expression in progress nests. */
  height: number;
  /** How deep the group's expressions nest. */
  highest: number;
}

/** What the rest of the parser does for this pass. */
export interface Callbacks {
  /** Parses the tokens as one expression; `next` is the token after them. */
  readonly parse: (tokens: IToken[], next: IToken | undefined) => Expression;
  /** Reports that `opener` is not closed as it should be before `found`. */
  readonly unclosed: (opener: IToken, found: IToken | undefined) => Error;
  /** Reports a closing bracket that closes nothing. */
  readonly unopened: (found: IToken) => Error;
}

const closers: ReadonlyMap<TokenType, TokenType> = new Map([
  [t.LParen, t.RParen],
  [t.TargetsOpen, t.RParen],
  [t.ParametersOpen, t.RParen],
  [t.LBracket, t.RBracket],
  [t.LBrace, t.RBrace],
]);
const closing: ReadonlySet<TokenType> = new Set(closers.values());

/** What stands between two expressions. */
const boundaries: ReadonlySet<TokenType> = new Set([
  t.Comma,
  t.TrailingComma,
  t.Colon,
  t.Semicolon,
  t.Newline,
  t.Equals,
  t.In,
  t.Within,
  t.Relative,
  t.Assert,
]);

/**
 * Replaces every expression that nests too deep by one `Folded` token that carries its tree, innermost first,
 * so that the parser's recursion stays shallow however deep the text nests. Needs one pass and no recursion.
 */
export function foldDeep(tokens: readonly IToken[], end: IToken | undefined, callbacks: Callbacks): IToken[] {
  const out: IToken[] = [];
  const groups: Group[] = [];
  const open = (opener: IToken | undefined, interval: boolean) => {
    groups.push({ opener, interval, start: out.length, height: 0, highest: 0 });
  };
  const endExpression = (next: IToken | undefined) => {
    const group = groups.at(-1)!;
    if (group.height >= directNesting) {
      const segment = out.splice(group.start);
      out.push(fold(segment, callbacks.parse(segment, next)));
      group.height = 0;
    }
    group.highest = Math.max(group.highest, group.height);
    group.height = 0;
  };
  const close = () => {
    const { highest } = groups.pop()!;
    const outer = groups.at(-1)!;
    outer.height = Math.max(outer.height, highest + 1);
  };
  /** Ends what an `if` without its `then` or `else` would leave open. */
  const demandBracket = (found: IToken | undefined) => {
    const { opener } = groups.at(-1)!;
    if (opener?.tokenType === t.If) throw callbacks.unclosed(opener, found);
  };

  open(undefined, false);
  for (const [at, token] of tokens.entries()) {
    const { tokenType } = token;
    const { opener, interval } = groups.at(-1)!;
    if (tokenType === t.If || closers.has(tokenType)) {
      out.push(token);
      open(token, tokens[at - 1]?.tokenType === t.In);
    } else if (closing.has(tokenType)) {
      demandBracket(token);
      if (opener === undefined) throw callbacks.unopened(token);
      if (closers.get(opener.tokenType) !== tokenType && !interval) throw callbacks.unclosed(opener, token);
      endExpression(token);
      close();
      out.push(token);
    } else if (boundaries.has(tokenType)) {
      demandBracket(token);
      endExpression(token);
      out.push(token);
      groups.at(-1)!.start = out.length;
    } else if (opener?.tokenType === t.If && (tokenType === t.Then || tokenType === t.Else)) {
      endExpression(token);
      out.push(token);
      groups.at(-1)!.start = out.length;
      if (tokenType === t.Else) close();
    } else {
      out.push(token);
    }
  }
  const { opener } = groups.at(-1)!;
  if (opener !== undefined) throw callbacks.unclosed(opener, end);
  endExpression(end);
  return out;
}

function fold(segment: readonly IToken[], expression: Expression): t.FoldedToken {
  const { start, end, source } = expression.span;
  const image = source.text.slice(start, end);
  return { ...retype({ ...segment[0], image, startOffset: start }, t.Folded), expression };
}
