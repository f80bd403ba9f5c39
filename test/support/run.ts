import { expect } from "vitest";
import { type CompileOptions, compile, type InputValue, type Nested, toPlain } from "../../src/index.js";

type ByName<T> = Readonly<Record<string, T>>;

/** What `toPlain` gives of an evaluation whose derivatives are not sparse. */
export interface PlainTensors {
  readonly outputs: ByName<Nested>;
  readonly gradients: ByName<ByName<Nested>>;
  readonly hessians?: ByName<ByName<ByName<Nested>>>;
}

/** Outputs and gradients of a script as plain data; a diagnostic fails the test. */
export function evaluate(
  script: string,
  inputs: Readonly<Record<string, InputValue>> = {},
  options: Omit<CompileOptions, "sparse"> = {},
): PlainTensors {
  const compiled = compile(script, options);
  if (!compiled.ok) return expect.fail(compiled.diagnostics.map(({ message }) => message).join("\n"));
  const result = compiled.program.run(inputs);
  if (!result.ok) return expect.fail(result.diagnostics.map(({ message }) => message).join("\n"));
  return toPlain(result.evaluation) as PlainTensors;
}

/** The codes of what is wrong with a script or its inputs, each with the text that it stands at. */
export function problems(
  script: string,
  inputs: Readonly<Record<string, InputValue>> = {},
  options: CompileOptions = {},
): string[] {
  const compiled = compile(script, options);
  const result = compiled.ok ? compiled.program.run(inputs) : compiled;
  return result.diagnostics.map(({ code, span }) =>
    span === undefined ? code : `${code} at ${JSON.stringify(span.source.text.slice(span.start, span.end))}`,
  );
}
