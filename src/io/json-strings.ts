import { type JsonText, startOfText } from "./json-text.js";
import { findInvalidUtf8, looksLikeUtf16, sequenceLength } from "./utf8.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/** Bytes of one string: names are written by people, and the program has few uses for a string. */
export const LONGEST_STRING = 65_536;

/** Reads the JSON string that starts at the cursor; `path` names the value it belongs to, in messages. */
export function readString(text: JsonText, path: string): string {
  const { bytes } = text;
  const start = text.pos;
  let pos = start + 1;
  let escaped = false;
  while (bytes[pos] !== QUOTE) {
    const byte = bytes[pos];
    if (byte === undefined) {
      throw text.fail(
        "json-syntax",
        { path, expected: '`"` at the end of the string', found: "the end" },
        pos,
      );
    }
    if (byte === BACKSLASH) {
      checkEscape(text, path, pos);
      escaped = true;
      pos += 2;
    } else if (byte < SPACE) {
      const found = `the control character 0x${byte.toString(16).padStart(2, "0")}`;
      const hint = `write it as \`\\u${byte.toString(16).padStart(4, "0")}\``;
      throw text.fail("json-syntax", { path, expected: '`"` at the end of the string', found, hint }, pos);
    } else {
      pos += 1;
    }
  }
  const length = pos - start - 1;
  if (length > LONGEST_STRING) {
    throw text.fail("json-long-string", { path, length, limit: LONGEST_STRING }, start);
  }
  const invalid = findInvalidUtf8(bytes, start + 1, pos);
  if (invalid >= 0) throw encodingFault(text, invalid);
  const raw = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(start + 1, pos));
  // The escapes are checked, so only their meaning is left to JSON.parse.
  const value = escaped ? (JSON.parse(`"${raw}"`) as string) : raw;
  if (/\p{Surrogate}/u.test(value)) throw text.fail("json-surrogate", {}, start, pos + 1);
  text.pos = pos + 1;
  return value;
}

function checkEscape(text: JsonText, path: string, pos: number): void {
  const after = asciiAt(text, pos + 1, 5);
  if (/^(["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(after)) return;
  const hint = 'the escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hexadecimal digits';
  const found = after === "" ? "the end" : `\`\\${after[0]}\``;
  throw text.fail("json-syntax", { path, expected: "an escape sequence", found, hint }, pos, pos + 2);
}

function asciiAt(text: JsonText, start: number, length: number): string {
  return String.fromCharCode(...text.bytes.subarray(start, start + length));
}

export function encodingFault(text: JsonText, position: number) {
  const { bytes } = text;
  const utf16 = looksLikeUtf16(bytes);
  return text.fail("not-utf8", { byte: bytes[position], position, utf16 }, position);
}

/** What stands at an offset, in words for a message: `the end`, `` `}` ``, `` `nul` ``. */
export function describeToken(text: JsonText, pos: number): { found: string; end: number } {
  const { bytes } = text;
  if (pos >= bytes.length) return { found: "the end", end: pos };
  let end = pos;
  while (end - pos < 40 && isWordByte(bytes[end])) end += 1;
  if (end > pos) return { found: `\`${asciiAt(text, pos, end - pos)}\``, end };
  const length = sequenceLength(bytes, pos, bytes.length);
  if (length === 0) throw encodingFault(text, pos);
  end = pos + length;
  if (pos > startOfText(bytes) && bytes[pos] === QUOTE) return { found: "a string", end };
  if (bytes[pos] < SPACE || bytes[pos] === 0x7f) {
    return { found: `the byte 0x${bytes[pos].toString(16).padStart(2, "0")}`, end };
  }
  return { found: `\`${new TextDecoder().decode(bytes.subarray(pos, end))}\``, end };
}

/** Letters, digits and the signs of numbers. */
function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x5f
  );
}
