import { describeToken, readString } from "./json-strings.js";
import type { JsonText } from "./json-text.js";

const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** A member whose value stands at the cursor. */
export interface JsonMember {
  /** In NFC, like the names of scripts. */
  readonly name: string;
  /** `gradients.w.x`, for messages. */
  readonly path: string;
  /** Where its name begins, and where that ends. */
  readonly start: number;
  readonly end: number;
}

export const isObjectNext = (text: JsonText): boolean => text.peek() === OPEN_BRACE;

/** Reads the object at the cursor, whose path is `path`; `read` reads the value of each member. Refuses names given twice. */
export function readObject(
  text: JsonText,
  path: string,
  read: (member: JsonMember) => void,
  hint?: string,
): void {
  if (text.peek() !== OPEN_BRACE) throw expected(text, "`{`", path, hint);
  text.pos += 1;
  if (text.peek() === CLOSE_BRACE) {
    text.pos += 1;
    return;
  }
  const places = new Map<string, number>();
  for (;;) {
    if (text.peek() !== QUOTE) throw expectedName(text, path, places.size > 0);
    const start = text.pos;
    const name = readString(text, path).normalize("NFC");
    const end = text.pos;
    const earlier = places.get(name);
    if (earlier !== undefined) {
      throw text.fail("json-duplicate", { name: displayName(name) }, start, end, [
        { message: "first given here", span: text.span(earlier, earlier + end - start) },
      ]);
    }
    places.set(name, start);
    if (text.peek() !== COLON) throw expected(text, "`:` after the name", path);
    text.pos += 1;
    read({ name, path: path === "" ? displayName(name) : `${path}.${displayName(name)}`, start, end });
    const next = text.peek();
    if (next !== COMMA && next !== CLOSE_BRACE) throw expected(text, "`,` or `}`", path);
    text.pos += 1;
    if (next === CLOSE_BRACE) return;
  }
}

/** Passes the value at the cursor, whatever it is: of what is inside, brackets and strings are looked at. */
export function skipValue(text: JsonText, path: string): void {
  /** What closes the brackets that are open. */
  const closing: number[] = [];
  do {
    const byte = text.peek();
    const closes = closing.at(-1);
    if (byte === QUOTE) readString(text, path);
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      closing.push(byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET);
      text.pos += 1;
    } else if (closes !== undefined && (byte === closes || byte === COMMA || byte === COLON)) {
      if (byte === closes) closing.pop();
      text.pos += 1;
    } else {
      const { found, end } = describeToken(text, text.pos);
      if (!/^`[\w.+-]/.test(found)) throw expected(text, "a value", path);
      text.pos = end;
    }
  } while (closing.length > 0);
}

export function expectEnd(text: JsonText, what: string): void {
  if (text.peek() !== undefined) throw expected(text, `nothing after the ${what}`);
}

/** A name as paths show it: `x[1]`, `"my name"[1]`. */
function displayName(name: string): string {
  if (/^[\p{L}_][\p{L}\p{M}\p{N}_']{0,59}$/u.test(name)) return name;
  const characters = [...name];
  return JSON.stringify(characters.length > 40 ? `${characters.slice(0, 40).join("")}…` : name);
}

function expected(text: JsonText, what: string, path = "", hint?: string) {
  const { found, end } = describeToken(text, text.pos);
  return text.fail("json-syntax", { path, expected: what, found, hint }, text.pos, end);
}

function expectedName(text: JsonText, path: string, afterComma: boolean) {
  const byte = text.bytes[text.pos];
  if (afterComma && byte === CLOSE_BRACE)
    return expected(text, "a name after the comma", path, "JSON has no trailing commas");
  const isBare = byte !== undefined && /[\w']/.test(String.fromCharCode(byte));
  return expected(
    text,
    "a name in double quotes",
    path,
    isBare ? 'names stand in double quotes: `{"x": 1}`' : undefined,
  );
}
