import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { locate } from "../../../src/diagnostics.js";
import { parseTarget } from "../../../src/explain/why/target.js";
import { whyDerivative, whyValue } from "../../../src/explain/why/why.js";
import { compile, evaluateExpression, type Tensor } from "../../../src/index.js";
import { readInputs } from "../../../src/io/json-reader.js";
import { fileModules } from "../../../src/io/modules.js";
import { defaultLimits } from "../../../src/limits.js";
import type { Cause, Why } from "../../../src/why-results.js";
import { type Case, slopes, values, zeros, zeroValues } from "./cases.js";

function ask({ script, set = {}, ask: question }: Case, options: { mostNodes?: number } = {}): Why {
  const given = new Map(
    Object.entries(set).map(([name, text]): [string, Tensor] => {
      const result = evaluateExpression({ name, text }, defaultLimits);
      if (!result.ok) throw new Error(`${name} = ${text}`);
      return [name, result.tensor];
    }),
  );
  const { of, by } = parseTarget(question);
  const compiled = (chosen: Parameters<typeof compile>[1]) => {
    const result = compile(script, { ...chosen, asserts: false });
    if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
    return result.program;
  };
  const base = compiled({ gradients: false });
  const isInput = base.inputs.some(({ name }) => name === of.name);
  const limits = { limits: defaultLimits, ...options };
  if (by === undefined && !isInput)
    return whyValue(compiled({ of: [of.name], gradients: false }), given, of, limits);
  if (by === undefined) return whyDerivative(compiled({ wrt: [of.name] }), given, undefined, of, limits);
  return whyDerivative(compiled({ of: [of.name], wrt: [by.name] }), given, of, by, limits);
}

function told({ kind, at }: Cause): string {
  if (at?.span === undefined) return kind;
  const { line, column } = locate(at.span.source, at.span.start);
  return `${kind} ${line}:${column} ${at.op}`;
}

describe.each([
  ["values that are not finite", values],
  ["values that are 0", zeroValues],
  ["derivatives that are not finite", slopes],
  ["derivatives that are 0", zeros],
])("%s", (_, cases) => {
  test.each(cases.map((one) => [`${one.ask}: ${one.script}`, one] as const))("%s", (_name, one) => {
    const why = ask(one);
    expect(why.causes.map(told)).toEqual(one.causes);
    if (one.says !== undefined)
      expect(why.causes.map(({ reason, remedy = "" }) => `${reason} ${remedy}`).join("\n")).toContain(
        one.says,
      );
    if (one.index !== undefined) expect(why.index).toEqual(one.index);
  });
});

/** The number of the multiplication, from 0, that overflows. */
function overflowing(start: number, factor: number): number {
  let step = 0;
  for (let x = start * factor; Number.isFinite(x); x *= factor) step += 1;
  return step;
}

describe("loops that are too long to be made step by step", () => {
  const inLoops = [...values, ...zeroValues, ...slopes, ...zeros].filter(({ script }) =>
    /fold|scan|iterate|while/.test(script),
  );

  test.each(inLoops.map((one) => [`${one.ask}: ${one.script}`, one] as const))("%s", (_name, one) => {
    const why = ask(one, { mostNodes: 0 });
    expect(why.causes.map(told)).toEqual(one.causes);
  });

  test("the step is found by looking at smaller and smaller parts", () => {
    const why = ask({ script: "w = iterate(h -> 1.01*h, x, 100000)", set: { x: "2" }, ask: "w", causes: [] });
    expect(why.causes[0]!.at!.loops).toEqual([{ op: "iterate", step: overflowing(2, 1.01), count: 100000 }]);
  });
});

describe("every example", () => {
  const folder = new URL("../../../examples/", import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith(".ag"));

  test.each(names)("%s", (name) => {
    const path = fileURLToPath(new URL(name, folder));
    const source = { name: path, text: readFileSync(path, "utf8") };
    const modules = fileModules(source, path, defaultLimits);
    const data = path.replace(/ag$/, "json");
    const given = existsSync(data) ? readInputs(readFileSync(data), data) : new Map<string, Tensor>();
    const base = compile(source, { modules, gradients: false });
    // A file that is only there to be imported has no results.
    if (!base.ok || base.program.outputs.length === 0) return;
    const [output] = base.program.outputs;
    const [input] = base.program.inputs;
    const compiled = compile(source, {
      modules,
      of: [output!],
      ...(input === undefined ? {} : { wrt: [input.name] }),
    });
    if (!compiled.ok) throw new Error("the example does not compile");
    const options = { limits: defaultLimits };
    const asked = [whyValue(compiled.program, given, { name: output!, index: undefined }, options)];
    if (input !== undefined)
      asked.push(
        whyDerivative(compiled.program, given, undefined, { name: input.name, index: undefined }, options),
      );
    for (const why of asked) {
      expect(why.causes.length > 0).toBe(why.value === 0);
      for (const { chain } of why.causes) {
        const last = chain.at(-1);
        if (last !== undefined) expect([last.label, last.value]).toEqual([why.input ?? why.name, why.value]);
      }
    }
  });
});
