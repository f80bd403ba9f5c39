import { Fault, type Source } from "../../src/diagnostics.js";
import { type CompileOptions, compile } from "../../src/index.js";
import { defaultLimits } from "../../src/limits.js";
import { evaluatePrecisely } from "../../src/precise/evaluate.js";
import { fromTensor } from "../../src/precise/tensor.js";
import { roundingBounds } from "../../src/sensitivity/rounding.js";
import { formatShape, type Tensor } from "../../src/tensor.js";

/** One element of an output: how far it is from the value in 32 digits, and what the bound says. */
export interface Rounded {
  readonly element: string;
  readonly value: number;
  readonly error: number;
  readonly bound: number;
}

/** Every element of every output of a script. */
export function roundedOutputs(
  script: string | Source,
  values: ReadonlyMap<string, Tensor> = new Map(),
  options: CompileOptions = {},
): Rounded[] {
  const compiled = compile(script, { gradients: false, asserts: false, blas: "none", ...options });
  if (!compiled.ok) throw new Fault(compiled.diagnostics);
  const { program } = compiled;
  const binding = program.bind(values);
  if (!binding.ok) throw new Fault(binding.diagnostics);
  const { bound } = binding;
  const result = bound.run(bound.values);
  if (!result.ok) throw new Fault(result.diagnostics);
  const { b, lowered } = program.trace(bound.values);
  const point = new Map([...bound.values].map(([name, tensor]) => [name, fromTensor(tensor)]));
  return result.evaluation.outputs.flatMap(({ name, tensor }) => {
    const node = lowered.nodes.get(name)!;
    if (tensor.data.length > 1000) throw new Error(`${name} has the shape ${formatShape(tensor.shape)}`);
    const [exact] = evaluatePrecisely([node], point);
    const bounds = roundingBounds(b, name, node, tensor, bound.values, defaultLimits, 10);
    return bounds.map(({ output, value, bound: most }, i) => ({
      element: output,
      value,
      error: Math.abs(value - exact!.hi[i]! - exact!.lo[i]!),
      bound: most,
    }));
  });
}
