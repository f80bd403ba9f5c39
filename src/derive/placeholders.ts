import type { Program } from "../program/program.js";
import { sizeOf, type Tensor } from "../tensor.js";

/**
 * The values that are given, and zeros for other inputs whose declared shapes are known: by themselves, or by the
 * dimensions of what is given. A formula depends on shapes alone.
 */
export function withPlaceholders(
  program: Program,
  given: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, Tensor> {
  const sizes = new Map<string, number>();
  for (const { name, shape } of program.inputs) {
    const value = given.get(name);
    shape?.forEach((size, axis) => {
      const known = value?.shape[axis];
      if (typeof size === "string" && known !== undefined) sizes.set(size, known);
    });
  }
  const values = new Map(given);
  for (const { name, shape, hasDefault } of program.inputs) {
    if (hasDefault || shape === undefined || values.has(name)) continue;
    const known = shape.map((size) => (typeof size === "number" ? size : sizes.get(size)));
    if (known.some((size) => size === undefined)) continue;
    const own = known as number[];
    values.set(name, { shape: own, data: new Float64Array(sizeOf(own)) });
  }
  return values;
}
