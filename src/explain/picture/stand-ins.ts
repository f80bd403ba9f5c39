import type { Program, ProgramInput } from "../../program/program.js";
import { type Shape, sizeOf, type Tensor } from "../../tensor.js";

/** Tensors in place of values that are missing: their shapes are all that a graph needs. */
export interface StandIns {
  readonly values: ReadonlyMap<string, Tensor>;
  /** Inputs without a value. */
  readonly missing: readonly string[];
  /** Those of them of which nothing is declared, taken for scalars. */
  readonly assumed: readonly string[];
}

/** Tensors for the inputs that have no value; nothing where a declared dimension has no size. */
export function standIns(program: Program, given: ReadonlyMap<string, Tensor>): StandIns | undefined {
  const values = new Map(given);
  const sizes = sizesOf(program.inputs, given);
  const missing = program.inputs.filter(({ name, hasDefault }) => !hasDefault && !given.has(name));
  for (const { name, shape: declared = [] } of missing) {
    const shape: Shape = declared.map((size) => (typeof size === "number" ? size : (sizes.get(size) ?? -1)));
    if (shape.includes(-1)) return undefined;
    values.set(name, { shape, data: new Float64Array(sizeOf(shape)) });
  }
  return {
    values,
    missing: missing.map(({ name }) => name),
    assumed: missing.flatMap(({ name, shape }) => (shape === undefined ? [name] : [])),
  };
}

/** The dimensions that values tell. */
function sizesOf(
  inputs: readonly ProgramInput[],
  given: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { name, shape: declared } of inputs) {
    const actual = given.get(name)?.shape;
    if (actual === undefined || declared?.length !== actual.length) continue;
    declared.forEach((size, axis) => {
      if (typeof size === "string") sizes.set(size, actual[axis]!);
    });
  }
  return sizes;
}
