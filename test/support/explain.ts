import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { type CompileOptions, compile, type Program, type Tensor } from "../../src/index.js";
import { readInputs } from "../../src/io/json-reader.js";
import { fileModules } from "../../src/io/modules.js";
import { defaultLimits } from "../../src/limits.js";

/** A script, ready to run, and values for its inputs. */
export interface Subject {
  readonly program: Program;
  readonly values: ReadonlyMap<string, Tensor>;
}

/** A script whose inputs have defaults; a diagnostic fails the test. */
export function subject(script: string, options: CompileOptions = {}): Subject {
  const compiled = compile(script, options);
  if (!compiled.ok) return expect.fail(compiled.diagnostics.map(({ message }) => message).join("\n"));
  return { program: compiled.program, values: new Map() };
}

/** The examples that evaluate something. */
export const exampleNames = readdirSync("examples").filter(
  (name) => name.endsWith(".ag") && name !== "layers.ag",
);

export function example(name: string): Subject {
  const file = `examples/${name}`;
  const source = { name: file, text: readFileSync(file, "utf8") };
  const compiled = compile(source, { modules: fileModules(source, file, defaultLimits) });
  if (!compiled.ok) return expect.fail(compiled.diagnostics.map(({ message }) => message).join("\n"));
  const json = file.replace(/ag$/, "json");
  const values = existsSync(json) ? readInputs(readFileSync(json), json) : new Map<string, Tensor>();
  return { program: compiled.program, values };
}

/** What `eval` gives. */
export function evaluated({ program, values }: Subject) {
  const result = program.run(values);
  if (!result.ok) return expect.fail(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.evaluation;
}

/** That two tensors agree but for rounding. */
export function expectClose(actual: Tensor, expected: Tensor, what: string): void {
  expect([what, ...actual.shape]).toEqual([what, ...expected.shape]);
  const size = expected.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const worst = expected.data.reduce((most, x, i) => {
    const own = actual.data[i]!;
    return Object.is(own, x) ? most : Math.max(most, Math.abs(own - x));
  }, 0);
  expect(worst, what).toBeLessThanOrEqual(1e-9 * size + 1e-12);
}

export const sumOf = (tensors: readonly Tensor[], { shape, data }: Tensor): Tensor => ({
  shape,
  data: data.map((_, i) => tensors.reduce((sum, tensor) => sum + tensor.data[i]!, 0)),
});
