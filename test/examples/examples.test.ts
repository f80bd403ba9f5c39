import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile, type InputValue, type Tensor } from "../../src/index.js";
import { differences, largestDifference } from "../support/differences.js";
import { evaluate } from "../support/run.js";

const folder = new URL("../../examples/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), "utf8");
const scripts = readdirSync(folder).filter((name) => name.endsWith(".ag"));
/** What an example may import: the others. */
const modules = new Map(scripts.map((name) => [name, read(name)]));

/** Values for the inputs of an example that has some, from the JSON file beside it. */
function valuesOf(script: string): Record<string, InputValue> {
  const name = script.replace(/\.ag$/, ".json");
  return existsSync(new URL(name, folder)) ? (JSON.parse(read(name)) as Record<string, InputValue>) : {};
}

describe.each(scripts)("examples/%s", (name) => {
  it("has gradients that agree with differences, and passes its asserts", () => {
    // The inputs, asked for as outputs, tell the values that their defaults have.
    const first = compile(read(name), { modules });
    if (!first.ok) return expect.fail(first.diagnostics[0]!.message);
    const names = first.program.inputs.map((input) => input.name);
    const all = compile(read(name), { of: [...first.program.outputs, ...names], wrt: names, modules });
    const result = all.ok ? all.program.run(valuesOf(name)) : all;
    if (!("evaluation" in result)) return expect.fail(result.diagnostics[0]!.message);
    const { outputs, gradients, asserts = [] } = result.evaluation;
    expect(asserts.filter(({ passed }) => !passed).map(({ text }) => text)).toEqual([]);
    const values = new Map<string, Tensor>(
      outputs.filter((o) => names.includes(o.name)).map((o) => [o.name, o.tensor]),
    );
    const plain = compile(read(name), { gradients: false, modules });
    if (!plain.ok) return expect.fail(plain.diagnostics[0]!.message);
    const { program } = plain;
    for (const output of program.outputs) {
      const at = (inputs: ReadonlyMap<string, Tensor>) => {
        const run = program.run(inputs);
        if (!run.ok) throw new Error(run.diagnostics[0]!.message);
        return run.evaluation.outputs.find((o) => o.name === output)!.tensor.data;
      };
      for (const input of names) {
        const gradient = gradients.find((g) => g.output === output && g.input === input)!;
        const expected = differences(at, values, input).flatMap((row) => [...row]);
        expect(largestDifference(gradient.tensor.data, expected), `∂${output}/∂${input}`).toBeLessThan(1e-8);
      }
    }
  });
});

describe("figures that others published", () => {
  it("has the log-likelihood of the logistic regression, and its maximum where it was found", () => {
    const { outputs, gradients } = evaluate(read("logistic-regression.ag"));
    expect(outputs.loss).toBeCloseTo(8.02988, 5);
    // The estimates have five digits, so the gradient vanishes up to the curvature times their rounding.
    expect(Math.abs(gradients.loss!.slope as number)).toBeLessThan(2e-3);
    expect(Math.abs(gradients.loss!.intercept as number)).toBeLessThan(1e-3);
  });

  it("learns the three species by following the gradient of the network", () => {
    const compiled = compile(read("two-layer-network.ag"));
    if (!compiled.ok) return expect.fail(compiled.diagnostics[0]!.message);
    const losses: number[] = [];
    let parameters = new Map<string, Tensor>();
    for (let step = 0; step <= 300; step++) {
      const result = compiled.program.run(parameters);
      if (!result.ok) return expect.fail(result.diagnostics[0]!.message);
      const { outputs, gradients } = result.evaluation;
      losses.push(outputs[0]!.tensor.data[0]!);
      parameters = new Map(
        gradients.map(({ input, tensor: { shape, data } }) => {
          const before = parameters.get(input) ?? startOf(input);
          return [input, { shape, data: before.data.map((x, i) => x - 0.3 * data[i]!) }];
        }),
      );
    }
    // Three species guessed without looking: log 3. Each step is small enough to go downhill.
    expect(Math.abs(losses[0]! - Math.log(3))).toBeLessThan(0.1);
    expect(losses.every((loss, i) => i === 0 || loss < losses[i - 1]!)).toBe(true);
    expect(losses.at(-1)!).toBeLessThan(0.1);
  });
});

/** A parameter's value in the script. */
function startOf(name: string): Tensor {
  const compiled = compile(read("two-layer-network.ag"), { of: [name], gradients: false });
  const result = compiled.ok ? compiled.program.run() : compiled;
  if (!("evaluation" in result)) throw new Error(result.diagnostics[0]!.message);
  return result.evaluation.outputs[0]!.tensor;
}
