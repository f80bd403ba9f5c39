import { fault } from "../diagnostics.js";
import type { Tensor } from "../tensor.js";

/** Numbers nested in arrays, all rows of one length. */
export type Nested = number | readonly Nested[];

/** What a caller may give for an input: a number, nested arrays, a vector, or a tensor (which is not copied). */
export type InputValue = Nested | Float64Array | Tensor;

const isTensor = (value: InputValue): value is Tensor =>
  typeof value === "object" && value !== null && "data" in value && "shape" in value;

/** A caller's value as a tensor. Throws a `Fault` that says what is wrong with it and where in it. */
export function toTensor(name: string, value: InputValue): Tensor {
  if (value instanceof Float64Array) return { shape: [value.length], data: value };
  if (typeof value === "object" && value !== null && isTensor(value)) return checked(name, value);
  const data: number[] = [];
  return { shape: fill(name, value as Nested, data, ""), data: Float64Array.from(data) };
}

function checked(name: string, { shape, data }: Tensor): Tensor {
  const size = shape.reduce((product, axis) => product * axis, 1);
  if (!shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0) || data.length !== size) {
    throw fault("input-value", {
      name,
      reason: `has ${data.length} elements, which do not fill the shape [${shape.join(", ")}]`,
    });
  }
  return { shape, data };
}

/** Callers nest by hand, as deep as a rank: this may recurse, up to the ranks that make sense. */
function fill(name: string, value: unknown, data: number[], path: string, depth = 0): number[] {
  if (typeof value === "number") {
    data.push(value);
    return [];
  }
  if (!Array.isArray(value) || depth > 64) {
    throw fault("input-value", {
      name,
      reason: `is not a number or an array of numbers${path === "" ? "" : ` at ${path}`}`,
    });
  }
  let inner: number[] = [];
  value.forEach((element: unknown, i) => {
    const shape = fill(name, element, data, `${path}[${i}]`, depth + 1);
    if (i > 0 && (shape.length !== inner.length || shape.some((size, axis) => size !== inner[axis]))) {
      throw fault("input-value", {
        name,
        reason: `is ragged: ${path}[${i}] has the shape [${shape.join(", ")}], ${path}[0] has [${inner.join(", ")}]`,
      });
    }
    inner = shape;
  });
  return [value.length, ...inner];
}

/** A tensor as a number or nested arrays. */
export function toNested({ shape, data }: Tensor): Nested {
  let level: Nested[] = Array.from(data);
  if (shape.length === 0) return level[0]!;
  for (let axis = shape.length - 1; axis > 0; axis--) {
    const size = shape[axis]!;
    const count = shape.slice(0, axis).reduce((product, outer) => product * outer, 1);
    const rows = level;
    level = Array.from({ length: count }, (_, i) => rows.slice(i * size, (i + 1) * size));
  }
  return level;
}
