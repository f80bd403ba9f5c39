import type { IToken } from "chevrotain";
import { fault, type Source, type Span } from "../src/diagnostics.js";
import type { Identifier, NumberLiteral, StringLiteral } from "./ast.js";
import { endOf } from "./tokens.js";

/** The place of a token. */
export const spanOf = (source: Source, token: IToken): Span => ({
  source,
  start: token.startOffset,
  end: endOf(token),
});

const beyondAscii = /[^\0-\x7f]/;

/** A name as the tree holds it: two ways of writing one accented letter are one name. */
export const nameOf = (token: IToken): string =>
  beyondAscii.test(token.image) ? token.image.normalize("NFC") : token.image;

export const identifier = (source: Source, token: IToken): Identifier => ({
  name: nameOf(token),
  span: spanOf(source, token),
});

/** Reads a number; throws a `Fault` where it does not fit a float64. */
export function number(source: Source, token: IToken): NumberLiteral {
  const span = spanOf(source, token);
  const value = Number(token.image.includes("_") ? token.image.replaceAll("_", "") : token.image);
  if (!Number.isFinite(value)) throw fault("syntax-number-range", { text: token.image }, span);
  return { kind: "number", value, span };
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

/** Reads a string; throws a `Fault` for an unknown escape or a missing quote. */
export function string(source: Source, token: IToken): StringLiteral {
  const { image, startOffset } = token;
  const span = spanOf(source, token);
  const quote = image[0];
  let value = "";
  let at = 1;
  for (; at < image.length && image[at] !== quote; at += 1) {
    if (image[at] !== "\\") {
      value += image[at];
      continue;
    }
    const [whole, code] = /^\\(?:u([0-9a-fA-F]{4})|.)?/su.exec(image.slice(at, at + 6))!;
    const meant =
      code === undefined ? escapes[image[at + 1]] : String.fromCharCode(Number.parseInt(code, 16));
    if (meant === undefined && at + 1 < image.length) {
      const start = startOffset + at;
      throw fault("syntax-escape", { text: whole }, { source, start, end: start + whole.length });
    }
    value += meant ?? "";
    at += whole.length - 1;
  }
  if (at >= image.length) throw fault("syntax-unterminated-string", { quote }, span);
  return { kind: "string", value, span };
}
