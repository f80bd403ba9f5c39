import type { StatedSpread } from "../sensitivity-results.js";
import type { Tensor } from "../tensor.js";
import { type JsonMember, readObject } from "./json-objects.js";
import { readTensor } from "./json-tensor.js";
import type { JsonText } from "./json-text.js";

const parts: ReadonlySet<string> = new Set(["value", "sigma", "covariance"]);

/** Reads the object at the cursor: a value with its standard deviations or its covariance. */
export function readUncertain(
  text: JsonText,
  { name, path, start, end }: JsonMember,
): { readonly value: Tensor; readonly spread: StatedSpread | undefined } {
  const found = new Map<string, { readonly tensor: Tensor; readonly place: JsonMember }>();
  readObject(text, path, (place) => {
    if (!parts.has(place.name)) {
      const reason = "is no part of an input's value";
      throw text.fail("json-uncertain", { path: place.path, reason }, place.start, place.end);
    }
    found.set(place.name, { tensor: readTensor(text, place.path), place });
  });
  const value = found.get("value")?.tensor;
  if (value === undefined)
    throw text.fail("json-uncertain", { path, reason: "is an object without a member `value`" }, start, end);
  const [sigma, covariance] = [found.get("sigma"), found.get("covariance")];
  const stated = covariance ?? sigma;
  if (stated === undefined) return { value, spread: undefined };
  if (sigma !== undefined && covariance !== undefined) {
    const reason = "has both `sigma` and `covariance`, where one says it";
    throw text.fail("json-uncertain", { path, reason }, start, end);
  }
  const { tensor, place } = stated;
  const kind = covariance === undefined ? "sigma" : "covariance";
  return { value, spread: { kind, names: [name], tensor, span: text.span(place.start, place.end) } };
}
