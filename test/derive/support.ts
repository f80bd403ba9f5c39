import { expect } from "vitest";
import { derive } from "../../src/derive/derive.js";
import type { Derivation } from "../../src/derive-results.js";
import { type CompileOptions, compile, type Program, type Tensor } from "../../src/index.js";
import { derivedScript } from "../../src/report/derive/script.js";

export function programOf(text: string, options: CompileOptions = {}): Program {
  const compiled = compile(text, { asserts: false, ...options });
  if (!compiled.ok)
    return expect.fail(
      compiled.diagnostics.map(({ message, span }) => `${message} at ${span?.start}`).join("\n") +
        `\n${text}`,
    );
  return compiled.program;
}

export type Values = ReadonlyMap<string, Tensor>;

/** The derivatives of a program by its own engine: by output and name, in the order of a derivation. */
function reference(program: Program, values: Values, order: 1 | 2): readonly Tensor[] {
  const result = program.run(values);
  if (!result.ok) return expect.fail(result.diagnostics.map(({ message }) => message).join("\n"));
  return (order === 1 ? result.evaluation.gradients : result.evaluation.hessians!).map(
    ({ tensor }) => tensor,
  );
}

/** How far two tensors are apart, relatively to the size of the first. */
export function distance(expected: Tensor, actual: Tensor): number {
  if (`${expected.shape}` !== `${actual.shape}`) return Number.POSITIVE_INFINITY;
  let [size, most] = [0, 0];
  expected.data.forEach((value, i) => {
    const other = actual.data[i]!;
    if (Object.is(value, other) || value === other) return;
    if (Number.isFinite(value)) size = Math.max(size, Math.abs(value));
    most = Math.max(most, Number.isNaN(value - other) ? Number.POSITIVE_INFINITY : Math.abs(value - other));
  });
  return most === 0 ? 0 : most / Math.max(size, 1e-300);
}

export interface Compared {
  readonly derivation: Derivation;
  readonly script: string;
  /** By derivative. */
  readonly distances: readonly number[];
}

/** Derives, evaluates what was derived, and compares with what the engine says. */
export function compareDerived(
  text: string,
  values: Values,
  options: CompileOptions & { order?: 1 | 2 } = {},
): Compared {
  const { order = 1, ...rest } = options;
  const program = programOf(text, { ...rest, hessian: order === 2 });
  const derivation = derive(program, values, { order });
  const script = derivedScript(derivation);
  const derived = programOf(script, { gradients: false });
  const inputs = new Set(derived.inputs.map(({ name }) => name));
  const result = derived.run(new Map([...values].filter(([name]) => inputs.has(name))));
  if (!result.ok)
    return expect.fail(`${result.diagnostics.map(({ message }) => message).join("\n")}\n${script}`);
  const expected = reference(program, values, order);
  const found = new Map(result.evaluation.outputs.map(({ name, tensor }) => [name, tensor]));
  return {
    derivation,
    script,
    distances: derivation.derivatives.map(({ name }, i) => distance(expected[i]!, found.get(name)!)),
  };
}
