import { Fault } from "../../src/diagnostics.js";
import { compile } from "../../src/index.js";
import { defaultLimits } from "../../src/limits.js";
import { type SensitivityOptions, sensitivityOf } from "../../src/sensitivity/sensitivity.js";
import type { Sensitivity, StatedSpread } from "../../src/sensitivity-results.js";
import type { Shape, Tensor } from "../../src/tensor.js";

export const tensorOf = (shape: Shape, ...data: readonly number[]): Tensor => ({
  shape,
  data: Float64Array.from(data),
});

export const number = (value: number): Tensor => tensorOf([], value);

export const sigma = (name: string, tensor: Tensor): StatedSpread => ({
  kind: "sigma",
  names: [name],
  tensor,
  span: undefined,
});

/** A covariance over the elements of inputs, by rows. */
export const covariance = (
  names: readonly string[],
  ...rows: readonly (readonly number[])[]
): StatedSpread => ({
  kind: "covariance",
  names,
  tensor: tensorOf([rows.length, rows[0]!.length], ...rows.flat()),
  span: undefined,
});

/** Compiles and looks at a script; by all of its inputs, unless told otherwise. */
export function look(
  text: string,
  values: ReadonlyMap<string, Tensor> = new Map(),
  options: Partial<SensitivityOptions> & { readonly wrt?: readonly string[] } = {},
): Sensitivity {
  const { wrt, ...others } = options;
  const compiled = compile(text, { asserts: false, ...(wrt === undefined ? {} : { wrt }) });
  if (!compiled.ok) throw new Fault(compiled.diagnostics);
  const { program } = compiled;
  const binding = program.bind(values);
  if (!binding.ok) throw new Fault(binding.diagnostics);
  return sensitivityOf(program, binding.bound, {
    elasticities: program.wrt,
    spreads: [],
    rounding: false,
    top: 20,
    limits: defaultLimits,
    ...others,
  });
}

/** The messages of the `Fault` that an action throws. */
export function faultOf(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof Fault) return error.diagnostics.map(({ message }) => message);
    throw error;
  }
  throw new Error("nothing was thrown");
}
