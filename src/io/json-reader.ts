import type { Tensor } from "../tensor.js";
import { describeToken, readString } from "./json-strings.js";
import { readTensor } from "./json-tensor.js";
import { JsonText, startOfText } from "./json-text.js";

const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Reads input data: one JSON object whose values are numbers or nested, rectangular arrays of numbers. `sourceName`
 * stands for the text in messages.
 *
 * Numbers are read correctly rounded, straight from the UTF-8 bytes. The strings `"NaN"`, `"Infinity"` and
 * `"-Infinity"` count as numbers, as the program itself prints them. Names are normalised to NFC, like those of
 * scripts. Whatever would be read with another meaning than was written is refused: ragged arrays, duplicate names,
 * numbers that overflow, integers that a double cannot hold.
 *
 * @throws Fault with the place and, inside a value, its path such as `x[1][2]`
 */
export function readInputs(bytes: Uint8Array, sourceName: string): Map<string, Tensor> {
  const text = new JsonText(bytes, sourceName);
  text.pos = startOfText(bytes);
  const first = text.peek();
  if (first === undefined) throw text.fail("json-empty", {});
  if (first !== OPEN_BRACE) throw notAnObject(text);
  text.pos += 1;

  const values = new Map<string, Tensor>();
  const places = new Map<string, number>();
  if (text.peek() === CLOSE_BRACE) text.pos += 1;
  else readMembers(text, values, places);
  if (text.peek() !== undefined) throw expected(text, "nothing after the object");
  return values;
}

/** Reads one JSON value, as `--set NAME=VALUE` takes it; `name` stands for it in messages. */
export function readValue(bytes: Uint8Array, sourceName: string, name: string): Tensor {
  const text = new JsonText(bytes, sourceName);
  text.pos = startOfText(bytes);
  if (text.peek() === undefined) throw text.fail("json-empty", {});
  const value = readTensor(text, name);
  if (text.peek() !== undefined) throw expected(text, "nothing after the value");
  return value;
}

function readMembers(text: JsonText, values: Map<string, Tensor>, places: Map<string, number>): void {
  for (;;) {
    if (text.peek() !== QUOTE) throw expectedName(text, values.size > 0);
    const start = text.pos;
    const name = readString(text, "").normalize("NFC");
    const earlier = places.get(name);
    if (earlier !== undefined) {
      throw text.fail("json-duplicate", { name: displayName(name) }, start, text.pos, [
        { message: "first given here", span: text.span(earlier, earlier + text.pos - start) },
      ]);
    }
    places.set(name, start);
    if (text.peek() !== COLON) throw expected(text, "`:` after the name");
    text.pos += 1;
    values.set(name, readTensor(text, displayName(name)));
    const next = text.peek();
    if (next !== COMMA && next !== CLOSE_BRACE) throw expected(text, "`,` or `}`");
    text.pos += 1;
    if (next === CLOSE_BRACE) return;
  }
}

/** A name as paths show it: `x[1]`, `"my name"[1]`. */
function displayName(name: string): string {
  if (/^[\p{L}_][\p{L}\p{M}\p{N}_']{0,59}$/u.test(name)) return name;
  const characters = [...name];
  return JSON.stringify(characters.length > 40 ? `${characters.slice(0, 40).join("")}…` : name);
}

function expected(text: JsonText, what: string, hint?: string) {
  const { found, end } = describeToken(text, text.pos);
  return text.fail("json-syntax", { path: "", expected: what, found, hint }, text.pos, end);
}

function expectedName(text: JsonText, afterComma: boolean) {
  const byte = text.bytes[text.pos];
  if (afterComma && byte === CLOSE_BRACE)
    return expected(text, "a name after the comma", "JSON has no trailing commas");
  const isBare = byte !== undefined && /[\w']/.test(String.fromCharCode(byte));
  return expected(
    text,
    "a name in double quotes",
    isBare ? 'names stand in double quotes: `{"x": 1}`' : undefined,
  );
}

function notAnObject(text: JsonText) {
  const { found, end } = describeToken(text, text.pos);
  const start = text.bytes[text.pos];
  const what = start === 0x5b ? "an array" : found;
  return text.fail("json-top-level", { found: what }, text.pos, end);
}
