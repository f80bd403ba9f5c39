import { createToken, type ILexerConfig, type IToken, Lexer, type TokenType } from "chevrotain";
import type { Expression } from "./ast.js";

/*
 * Three kinds of token types stand below:
 * - those that the lexer matches;
 * - reserved words, which the lexer matches as names and `layout.ts` retypes;
 * - names, brackets and commas whose part only the tokens after them tell (`f(a) =`, `(h, x) ->`). `layout.ts`
 *   retypes these too, so that the grammar itself never has to look further than one token ahead.
 */

const blanks = "\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000";
const wordStart = `A-Za-z_\\u0080-\\u009f\\u00a1-\\u167f\\u1681-\\u1fff\\u200b-\\u202e\\u2030-\\u205e\\u2060-\\u2fff\\u3001-\\uffff`;

const digits = "0123456789";
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The first characters of a name; beyond Latin-1 one for each block of 255, which is how the lexer sorts them. */
const wordStarts = (): (string | number)[] => {
  const starts: (string | number)[] = ["_", ...letters];
  for (let code = 0x80; code < 0x100; code += 1) starts.push(code);
  for (let code = 0x100; code <= 0xffff; code += 255) starts.push(code);
  starts.push(0xffff);
  return starts;
};

const absent = Lexer.NA;

const word = (name: string, label: string): TokenType => createToken({ name, label, pattern: absent });

const mark = (name: string, text: string): TokenType => createToken({ name, label: text, pattern: text });

// matched by the lexer
const Blank = createToken({
  name: "Blank",
  pattern: new RegExp(`[ \\t\\v\\f${blanks}]+`),
  start_chars_hint: [" ", "\t", "\v", "\f", 0xa0, 0x1680, 0x2000, 0x202f, 0x205f, 0x3000],
  group: Lexer.SKIPPED,
});
const Comment = createToken({
  name: "Comment",
  pattern: /#[^\r\n]*/,
  start_chars_hint: ["#"],
  group: "comments",
});
/** Ends a statement. A run of line ends is one token: most of them mean nothing. */
export const Newline = createToken({
  name: "Newline",
  label: "end of line or ';'",
  pattern: /[\r\n][\r\n \t]*/,
  start_chars_hint: ["\r", "\n"],
});
/** A `.` belongs to the number unless a name (`1.T`) or another dot (`1...`) follows. */
export const NumberToken = createToken({
  name: "Number",
  label: "number",
  pattern:
    /(?:\d+(?:_\d+)*(?:\.\d+(?:_\d+)*|\.(?=[eE][+-]?\d)|\.(?![A-Za-z_.\u0080-\uffff]))?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?/,
  start_chars_hint: [...digits, "."],
});
/** A string; its closing quote may be missing, which `literals.ts` reports. */
export const Text = createToken({
  name: "String",
  label: "string",
  pattern: /"(?:[^"\\\r\n]|\\[^\r\n]?)*"?|'(?:[^'\\\r\n]|\\[^\r\n]?)*'?/,
  start_chars_hint: ['"', "'"],
});
export const Name = createToken({
  name: "Name",
  label: "name",
  pattern: new RegExp(`[${wordStart}][${wordStart}0-9]*`),
  start_chars_hint: wordStarts(),
});
/** Operators of other languages, and characters that mean nothing here: lexed so that each can be told its remedy. */
export const Foreign = createToken({
  name: "Foreign",
  pattern:
    /===|!==|!(?!=)|=>|<>|&&?|\|\|?|\/\/|[+\-*/^@%:]=(?!=)|\+\+|\.\*\*|\.[*/^+\-@']|\.[A-Za-z_]\w*|\.\.?|[%~?$\\`]|[^\s!-~\u0080-\uffff]/,
  start_chars_hint: [
    ..."=!<&|/+-*^@%:.~?$\\`",
    ...Array.from({ length: 32 }, (_, code) => code).filter((code) => code < 9 || code > 13),
    0x7f,
  ],
});
export const Ellipsis = mark("Ellipsis", "...");
export const Arrow = mark("Arrow", "->");
/** Every infix operator but `-`, which is a prefix operator too. `or` and `and` are retyped names. */
export const Operator = createToken({
  name: "Operator",
  label: "operator",
  pattern: /\*\*|==|!=|<=|>=|[+*/@^<>]/,
  start_chars_hint: [..."*=!<>+/@^"],
});
export const Minus = mark("Minus", "-");
export const Equals = mark("Equals", "=");
export const LParen = mark("LParen", "(");
export const RParen = mark("RParen", ")");
export const LBracket = mark("LBracket", "[");
export const RBracket = mark("RBracket", "]");
export const LBrace = mark("LBrace", "{");
export const RBrace = mark("RBrace", "}");
export const Comma = mark("Comma", ",");
export const Colon = mark("Colon", ":");
export const Semicolon = mark("Semicolon", ";");

/** Where the text of a token ends: the lexer keeps the start only. */
export const endOf = (token: IToken): number => token.startOffset + token.image.length;

const transposable = (token: IToken | undefined): boolean =>
  token !== undefined &&
  (token.tokenType === NumberToken ||
    token.tokenType === RParen ||
    token.tokenType === RBracket ||
    token.tokenType === Transpose ||
    (token.tokenType === Name && !reserved.has(token.image)));

/** A quote is a transpose only directly after what it can transpose; elsewhere it opens a string. */
function matchTranspose(text: string, offset: number, matched: IToken[]): RegExpExecArray | null {
  if (text[offset] === "'") {
    const previous = matched.at(-1);
    return previous !== undefined && transposable(previous) && endOf(previous) === offset
      ? /'/.exec("'")
      : null;
  }
  dotT.lastIndex = offset;
  return dotT.exec(text);
}
const dotT = /\.T(?![A-Za-z0-9_\u0080-\uffff])/y;
export const Transpose = createToken({
  name: "Transpose",
  label: "transpose",
  pattern: matchTranspose,
  start_chars_hint: ["'", "."],
  line_breaks: false,
});

// reserved words
export const Role = word("Role", "input, param or const");
export const Output = word("Output", "output");
export const Assert = word("Assert", "assert");
export const Import = word("Import", "import");
export const Derivative = word("Derivative", "derivative");
export const If = word("If", "if");
export const Then = word("Then", "then");
export const Else = word("Else", "else");
export const Not = word("Not", "not");

/** Words that can never be names, and the tokens they are. */
export const reserved: ReadonlyMap<string, TokenType> = new Map([
  ["input", Role],
  ["param", Role],
  ["const", Role],
  ["output", Output],
  ["assert", Assert],
  ["import", Import],
  ["derivative", Derivative],
  ["if", If],
  ["then", Then],
  ["else", Else],
  ["or", Operator],
  ["and", Operator],
  ["not", Not],
]);

/** The tokens that open a statement and stand nowhere else. */
export const statementWords: ReadonlySet<TokenType> = new Set([Role, Output, Assert, Import, Derivative]);

// words that are keywords in one place only
export const In = word("In", "in");
export const Within = word("Within", "within");
export const Relative = word("Relative", "rel");

// tokens that what follows them gives their part
/** A name before `=`: a definition's, or a keyword argument's. */
export const AssignedName = word("AssignedName", "name");
/** The name in `f(a, b) = …`. */
export const FunctionName = word("FunctionName", "name");
/** The name in `x -> …`. */
export const ParameterName = word("ParameterName", "name");
/** The `(` of `(h, c) = …`. */
export const TargetsOpen = word("TargetsOpen", "(");
/** The `(` of `(h, x) -> …`. */
export const ParametersOpen = word("ParametersOpen", "(");
/** The comma of `[a, b,]`. */
export const TrailingComma = word("TrailingComma", ",");
/** An expression parsed beforehand, because it nests too deep to recurse into (see `deep.ts`). */
export const Folded = word("Folded", "expression");

/** Carries the expression that it stands for. */
export interface FoldedToken extends IToken {
  readonly expression: Expression;
}

const lexed: readonly TokenType[] = [
  Blank,
  Comment,
  Newline,
  Ellipsis,
  NumberToken,
  Transpose,
  Text,
  Name,
  Arrow,
  Foreign,
  Operator,
  Minus,
  Equals,
  LParen,
  RParen,
  LBracket,
  RBracket,
  LBrace,
  RBrace,
  Comma,
  Colon,
  Semicolon,
];

/** Every token type that the parser may meet. */
export const vocabulary: readonly TokenType[] = [
  ...lexed,
  Role,
  Output,
  Assert,
  Import,
  Derivative,
  If,
  Then,
  Else,
  Not,
  In,
  Within,
  Relative,
  AssignedName,
  FunctionName,
  ParameterName,
  TargetsOpen,
  ParametersOpen,
  TrailingComma,
  Folded,
];

/** Builds a lexer. `validate` looks for mistakes in the token definitions, which costs more than the rest. */
export function buildLexer(validate = false): Lexer {
  const config: ILexerConfig = {
    positionTracking: "onlyOffset",
    ensureOptimizations: true,
    skipValidations: !validate,
  };
  return new Lexer([...lexed], config);
}

/** The token, taken for another type. */
export const retype = (token: IToken, tokenType: TokenType): IToken => ({
  image: token.image,
  startOffset: token.startOffset,
  tokenTypeIdx: tokenType.tokenTypeIdx!,
  tokenType,
});
