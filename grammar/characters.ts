import { type Diagnostic, diagnose, type Source } from "../src/diagnostics.js";

/** A remedy for text that other languages know and this one does not. */
interface Remedy {
  readonly message?: string;
  readonly hint: string;
}

const use = (operator: string, meaning?: string): Remedy => ({
  hint: `write \`${operator}\`${meaning === undefined ? "" : `, ${meaning}`}`,
});
const elementwise = (operator: string) => use(operator, "which is elementwise already");
const update = (operator: string): Remedy => ({
  hint: `a name is defined once; give the new value a name of its own: \`y = x ${operator} …\``,
});

/** Operators and signs of other languages and of typography. */
const remedies: ReadonlyMap<string, Remedy> = new Map([
  [".*", elementwise("*")],
  ["./", elementwise("/")],
  [".^", elementwise("^")],
  [".**", elementwise("^")],
  [".+", elementwise("+")],
  [".-", elementwise("-")],
  [".@", use("@", "the matrix product")],
  [".'", use("'", "the transpose")],
  ["&&", use("and")],
  ["&", use("and")],
  ["||", use("or")],
  ["|", use("or")],
  ["!", use("not")],
  ["~", use("not")],
  ["===", use("==")],
  ["!==", use("!=")],
  ["<>", use("!=")],
  ["=>", { hint: "a lambda is written `x -> …`; the comparison is `>=`" }],
  ["%", { hint: "write `mod(a, b)` for the remainder; comments start with `#`" }],
  ["//", { hint: "write `floor(a / b)` for the whole quotient; comments start with `#`" }],
  [":=", use("=")],
  ["+=", update("+")],
  ["-=", update("-")],
  ["*=", update("*")],
  ["/=", update("/")],
  ["^=", update("^")],
  ["@=", update("@")],
  ["%=", { hint: "write `y = mod(x, …)`: a name is defined once" }],
  ["++", { hint: "a name is defined once; write `y = x + 1`" }],
  ["?", { hint: "write `if c then a else b`" }],
  ["\\", { hint: "write `solve(a, b)` for the solution of `a @ x == b`" }],
  ["..", { hint: "write `...` for all the axes that are left, `a:b` for a range" }],
  [".", { hint: "write `x.T` for the transpose, `1.5` for a number" }],
  ["−", use("-")],
  ["–", use("-")],
  ["—", use("-")],
  ["×", use("*", "or `@` for the matrix product")],
  ["·", use("*", "or `@` for the matrix product")],
  ["⋅", use("*", "or `@` for the matrix product")],
  ["∗", use("*")],
  ["∘", use("*")],
  ["÷", use("/")],
  ["∕", use("/")],
  ["≤", use("<=")],
  ["≥", use(">=")],
  ["≠", use("!=")],
  ["∧", use("and")],
  ["∨", use("or")],
  ["¬", use("not")],
  ["→", use("->")],
  ["…", use("...")],
  ["′", use("'")],
  ["√", use("sqrt(x)")],
  ["∞", use("inf")],
  ["“", use('"', "the plain quote")],
  ["”", use('"', "the plain quote")],
  ["‘", use("'", "the plain quote")],
  ["’", use("'", "the plain quote")],
  ...[..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((digit, value): [string, Remedy] => [digit, { hint: `write \`^${value}\`` }]),
]);

/** Attributes that NumPy users reach for; any other gets the general advice. */
function adviseAttribute(text: string): Remedy {
  const name = text.slice(1);
  return {
    message: `values have no attribute \`${text}\``,
    hint: `\`.T\` (the transpose) is the only one; functions are called: \`${name}(x)\``,
  };
}

const codePoint = (character: string) =>
  `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;

/** Says what to write instead of an operator or a character that the language does not have. */
export function refuse(source: Source, text: string, start: number): Diagnostic {
  const span = { source, start, end: start + text.length };
  const remedy = /^\.[A-Za-z_]/.test(text) ? adviseAttribute(text) : remedies.get(text);
  if (remedy === undefined) {
    const invisible = /^[\p{C}\p{Z}]/u.test(text);
    const shown = invisible ? codePoint(text) : `\`${text}\` (${codePoint(text)})`;
    return diagnose("syntax-character", { shown }, span);
  }
  const message = remedy.message ?? `there is no operator \`${text}\``;
  return diagnose("syntax-foreign", { message, hint: remedy.hint }, span);
}

/** The complaint about a word that is no name, because of a character beyond ASCII; `undefined` for a name. */
export function checkWord(source: Source, word: string, start: number): Diagnostic | undefined {
  // here and not at the top, because the tables behind `\p` take a millisecond to load, and few scripts need them
  if (/^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}₀-₉_]*$/u.test(word)) return undefined;
  const nameCharacter = /[\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}₀-₉_]/u;
  let at = 0;
  let first: string | undefined;
  for (const character of word) {
    first ??= character;
    if (!nameCharacter.test(character)) return refuse(source, character, start + at);
    at += character.length;
  }
  return refuse(source, first!, start);
}

const reordering = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g;

/** Finds the characters that make a text read otherwise than it runs; they are refused even in comments. */
export function findReordering(source: Source): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const { index, 0: character } of source.text.matchAll(reordering)) {
    const span = { source, start: index, end: index + 1 };
    found.push(diagnose("syntax-reordering", { code: codePoint(character) }, span));
  }
  return found;
}
