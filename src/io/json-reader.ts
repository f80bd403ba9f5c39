import type { StatedSpread } from "../sensitivity-results.js";
import type { Tensor } from "../tensor.js";
import { expectEnd, isObjectNext, readObject } from "./json-objects.js";
import { describeToken } from "./json-strings.js";
import { readTensor } from "./json-tensor.js";
import { JsonText, startOfText } from "./json-text.js";
import { readUncertain } from "./json-uncertain.js";

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
 * A value with its uncertainty is `{"value": 2, "sigma": 0.1}` or `{"value": …, "covariance": …}`; `spreads` gets what it
 * says besides the value.
 *
 * @throws Fault with the place and, inside a value, its path such as `x[1][2]`
 */
export function readInputs(
  bytes: Uint8Array,
  sourceName: string,
  spreads?: Map<string, StatedSpread>,
): Map<string, Tensor> {
  const text = new JsonText(bytes, sourceName);
  text.pos = startOfText(bytes);
  const first = text.peek();
  if (first === undefined) throw text.fail("json-empty", {});
  if (first !== OPEN_BRACE) throw notAnObject(text);
  const values = new Map<string, Tensor>();
  readObject(text, "", (member) => {
    const { name, path } = member;
    if (!isObjectNext(text)) {
      values.set(name, readTensor(text, path));
      return;
    }
    const { value, spread } = readUncertain(text, member);
    values.set(name, value);
    if (spread !== undefined) spreads?.set(name, spread);
  });
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

/**
 * Reads covariances: one JSON object whose names are inputs, or several with commas between them (`"a,b"`), and whose
 * values are matrices over all elements of these inputs.
 */
export function readCovariances(bytes: Uint8Array, sourceName: string): StatedSpread[] {
  const text = new JsonText(bytes, sourceName, "covariances");
  text.pos = startOfText(bytes);
  const stated: StatedSpread[] = [];
  readObject(
    text,
    "",
    ({ name, path, start, end }) => {
      const names = name.split(",").map((one) => one.trim());
      stated.push({ kind: "covariance", names, tensor: readTensor(text, path), span: text.span(start, end) });
    },
    'write it as `{"a,b": [[…], […]]}`',
  );
  expectEnd(text, "object");
  return stated;
}
