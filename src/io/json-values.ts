import type { Fault } from "../diagnostics.js";
import { asciiText, isExactInteger, LONGEST_NUMBER, scanNumber } from "./json-numbers.js";
import { describeToken, readString } from "./json-strings.js";
import type { JsonText } from "./json-text.js";

const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;

/** Spellings of the numbers that JSON lacks. */
const notFinite = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** What other programs print for them, bare. */
const bareNotFinite = /^([+-]?)(nan|inf|infinity)$/i;

/**
 * Reads the value at the cursor where a plain number was looked for and not found: a string such as `"NaN"`.
 * Everything else is refused, with the reason.
 */
export function readUncommonValue(text: JsonText, path: string): number {
  const start = text.pos;
  if (text.bytes[start] === QUOTE) {
    const string = readString(text, path);
    const value = notFinite.get(string);
    if (value !== undefined) return value;
    const shown = [...string].length > 20 ? `${[...string].slice(0, 20).join("")}…` : string;
    throw notNumber(text, path, `the string ${JSON.stringify(shown)}`, start, text.pos);
  }
  const number = new Float64Array(1);
  const end = scanNumber(text.bytes, start, number, 0);
  if (end >= 0) {
    text.pos = end;
    return number[0];
  }
  throw explainValue(text, path);
}

const notNumber = (text: JsonText, path: string, found: string, start: number, end: number) =>
  text.fail("json-value", { path, found, contents: text.contents }, start, end);

function explainValue(text: JsonText, path: string): Fault {
  const { bytes, pos } = text;
  if (bytes[pos] === OPEN_BRACE) return notNumber(text, path, "an object", pos, pos + 1);
  const { found, end } = describeToken(text, pos);
  const word = end > pos ? asciiText(bytes, pos, end) : "";
  if (word === "null" || word === "true" || word === "false") {
    return notNumber(text, path, word, pos, end);
  }
  const bare = bareNotFinite.exec(word);
  if (bare !== null) {
    const quoted = /nan/i.test(word) ? '"NaN"' : bare[1] === "-" ? '"-Infinity"' : '"Infinity"';
    return text.fail("json-not-finite", { path, text: word, quoted }, pos, end);
  }
  if (/^[+-]?\.?\d/.test(word)) return explainNumber(text, path);
  return text.fail("json-syntax", { path, expected: "a number or an array", found }, pos, end);
}

/** Why the characters at the cursor, which begin like a number, are not one that can be read. */
function explainNumber(text: JsonText, path: string): Fault {
  const { bytes, pos } = text;
  let end = pos;
  while (/[\w.+-]/.test(String.fromCharCode(bytes[end] ?? 0))) {
    end += 1;
    if (end - pos > LONGEST_NUMBER) break;
  }
  const length = end - pos;
  if (length > LONGEST_NUMBER) {
    return text.fail(
      "json-long-number",
      { path, length: endOfDigits(bytes, end) - pos, limit: LONGEST_NUMBER },
      pos,
      end,
    );
  }
  const number = asciiText(bytes, pos, end);
  const shown = length > 40 ? `${number.slice(0, 30)}… (${length} characters)` : number;
  if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(number)) {
    const value = Number(number);
    if (!Number.isFinite(value)) return text.fail("json-overflow", { path, text: shown }, pos, end);
    if (!isExactInteger(number)) {
      return text.fail("json-integer", { path, text: shown, nearest: value.toExponential() }, pos, end);
    }
  }
  return text.fail("json-number", { path, text: shown, reason: whyNotNumber(number) }, pos, end);
}

function endOfDigits(bytes: Uint8Array, from: number): number {
  let end = from;
  while (bytes[end] >= 0x30 && bytes[end] <= 0x39) end += 1;
  return end;
}

function whyNotNumber(text: string): string {
  if (text.startsWith("+")) return "it starts with a plus sign";
  if (/^-?\./.test(text)) return "a digit must stand before the decimal point";
  if (/^-?0[xob]/i.test(text)) return "only decimal numbers are allowed";
  if (/^-?0\d/.test(text)) return "it starts with a needless zero";
  if (/^-?\d+\.(?!\d)/.test(text)) return "a digit must follow the decimal point";
  if (/^-?[\d.]+[eE][+-]?(?!\d)/.test(text)) return "a digit must follow the exponent's `e`";
  return "it does not end where a number ends";
}
