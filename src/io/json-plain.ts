import type { Tensor } from "../tensor.js";
import { type NonFinitePolicy, tensorParts } from "./json-elements.js";
import { inChunks, type Member, objectParts } from "./json-writer.js";

/** What JSON has, and tensors in it. Members that are `undefined` are left out. */
export type Plain =
  | Tensor
  | string
  | number
  | boolean
  | bigint
  | undefined
  | readonly Plain[]
  | { readonly [name: string]: Plain };

/** Plain data as one line of JSON, in chunks; tensors as nested arrays, and names in the style of JSON: `sum_grad`. */
export const writePlain = (
  value: Plain,
  nonFinite: Exclude<NonFinitePolicy, "error"> = "string",
): Generator<string> =>
  inChunks(
    (function* () {
      yield* parts(value, nonFinite);
      yield "\n";
    })(),
  );

const isTensor = (value: object): value is Tensor => "data" in value && "shape" in value;

function* parts(value: Plain, policy: NonFinitePolicy): Generator<string> {
  if (typeof value === "bigint") yield String(value);
  else if (value === undefined || typeof value !== "object") yield JSON.stringify(value);
  else if (Array.isArray(value)) {
    yield "[";
    for (const [i, element] of (value as readonly Plain[]).entries()) {
      if (i > 0) yield ",";
      yield* parts(element, policy);
    }
    yield "]";
  } else if (isTensor(value)) yield* tensorParts(value, policy);
  else {
    const members = Object.entries(value as { readonly [name: string]: Plain }).flatMap(
      ([name, own]): Member[] => (own === undefined ? [] : [[snakeCase(name), parts(own, policy)]]),
    );
    yield* objectParts(members);
  }
}

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
