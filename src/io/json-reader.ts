import type { Tensor } from "../tensor.js";
import { expectEnd, readObject } from "./json-objects.js";
import { describeToken } from "./json-strings.js";
import { readTensor } from "./json-tensor.js";
import { JsonText, startOfText } from "./json-text.js";

const OPEN_BRACE = 0x7b;

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
  const values = new Map<string, Tensor>();
  readObject(text, "", ({ name, path }) => values.set(name, readTensor(text, path)));
  expectEnd(text, "object");
  return values;
}

/** Reads one JSON value, as `--set NAME=VALUE` takes it; `name` stands for it in messages. */
export function readValue(bytes: Uint8Array, sourceName: string, name: string): Tensor {
  const text = new JsonText(bytes, sourceName);
  text.pos = startOfText(bytes);
  if (text.peek() === undefined) throw text.fail("json-empty", {});
  const value = readTensor(text, name);
  expectEnd(text, "value");
  return value;
}

function notAnObject(text: JsonText) {
  const { found, end } = describeToken(text, text.pos);
  const start = text.bytes[text.pos];
  const what = start === 0x5b ? "an array" : found;
  return text.fail("json-top-level", { found: what }, text.pos, end);
}
