import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.js";
import { readInputs } from "../../src/io/json-reader.js";
import { fileModules } from "../../src/io/modules.js";
import { defaultLimits } from "../../src/limits.js";
import { sensitivityOf } from "../../src/sensitivity/sensitivity.js";
import { elementName, type Tensor } from "../../src/tensor.js";
import { faultOf, look, number, tensorOf } from "../support/sensitivity.js";

/** A step of this share of an input is small enough for six digits, and large enough for differences. */
const step = 1e-5;

describe("elasticities of the examples", () => {
  const examples = readdirSync("examples").filter((name) => name.endsWith(".ag") && name !== "layers.ag");

  it.each(examples)("are the changes of %s for changes of its inputs by a share", (file) => {
    const path = `examples/${file}`;
    const source = { name: path, text: readFileSync(path, "utf8") };
    const json = path.replace(/ag$/, "json");
    const given = existsSync(json) ? readInputs(readFileSync(json), json) : new Map<string, Tensor>();
    const compiled = compile(source, {
      asserts: false,
      modules: fileModules(source, path, defaultLimits),
    });
    const { program } = compiled as Extract<typeof compiled, { ok: true }>;
    const binding = program.bind(given);
    const { bound } = binding as Extract<typeof binding, { ok: true }>;
    const options = {
      elasticities: program.wrt,
      spreads: [],
      rounding: false,
      top: 20,
      limits: defaultLimits,
    };
    const result = bound.run(bound.values);
    if (!result.ok) throw new Error(result.diagnostics[0]!.message);
    if (result.evaluation.outputs.some(({ tensor }) => tensor.data.length > 16)) {
      expect(faultOf(() => sensitivityOf(program, bound, options))[0]).toMatch(
        /outputs of up to 16 elements/,
      );
      return;
    }
    const { elasticities } = sensitivityOf(program, bound, options);
    const numberOf = (name: string, values: ReadonlyMap<string, Tensor>) => {
      const result = bound.run(values);
      if (!result.ok) throw new Error(result.diagnostics[0]!.message);
      for (const output of result.evaluation.outputs)
        for (let at = 0; at < output.tensor.data.length; at++)
          if (elementName(output.name, output.tensor.shape, at) === name) return output.tensor.data[at]!;
      throw new Error(name);
    };
    for (const { output, value, inputs } of elasticities!) {
      for (const { name, value: own, elasticity } of inputs.slice(0, 3)) {
        // One element of each input, its last one.
        const at = own.data.length - 1;
        if (at < 0 || elasticity === undefined) continue;
        const moved = (share: number) => {
          const data = own.data.slice();
          data[at]! *= 1 + share;
          return numberOf(output, new Map([...bound.values, [name, { shape: own.shape, data }]]));
        };
        const difference = (moved(step) - moved(-step)) / (2 * step * value);
        const size = Math.max(1e-3, Math.abs(difference));
        expect(Math.abs(elasticity.data[at]! - difference) / size, `${output} by ${name}`).toBeLessThan(1e-5);
      }
    }
  });
});

describe("elasticities", () => {
  it("are the exponents of a product of powers, whatever the values", () => {
    const { elasticities } = look(
      "y = 7 * a^2 * b^-3 / c",
      new Map(
        [
          ["a", 5],
          ["b", 0.1],
          ["c", -300],
        ].map(([name, value]) => [name as string, number(value as number)]),
      ),
    );
    const [one] = elasticities!;
    const found = one!.inputs.map(({ name, elasticity }) => [name, elasticity!.data[0]]);
    for (const [k, expected] of [2, -3, -1].entries()) expect(found[k]![1]).toBeCloseTo(expected, 13);
  });

  it("add up to the degree of a homogeneous function", () => {
    const { elasticities } = look(
      "y = det(A) * sum(v)",
      new Map([
        ["A", tensorOf([2, 2], 1, 2, 3, 5)],
        ["v", tensorOf([3], 1, -2, 4)],
      ]),
    );
    const sums = elasticities![0]!.inputs.map(({ elasticity }) =>
      elasticity!.data.reduce((s, e) => s + e, 0),
    );
    expect(sums.map((sum) => Number(sum.toFixed(10)))).toEqual([2, 1]);
  });

  it("takes each element of a small tensor, and definitions", () => {
    const { elasticities } = look("input x = [2, 3]; u = x^2; y = u * x", undefined, { wrt: ["u", "x"] });
    expect(elasticities!.map(({ output, value }) => [output, value])).toEqual([
      ["y[0]", 8],
      ["y[1]", 27],
    ]);
    const [u, x] = elasticities![1]!.inputs;
    expect([...u!.value.data, ...u!.elasticity!.data]).toEqual([4, 9, 0, 1]);
    expect([...x!.elasticity!.data]).toEqual([0, 3]);
  });

  it("are 0 where the input is, and are not there where the output is 0 or not finite", () => {
    const at = (text: string) => look(text).elasticities![0]!.inputs[0]!;
    expect(at("input x = 0; y = x + 1").elasticity!.data[0]).toBe(0);
    expect(at("input x = 0; y = x - 1").elasticity!.data[0]).toBe(0);
    expect(at("input x = 0; y = 3 * x").elasticity).toBeUndefined();
    expect(at("input x = 0; y = 3 * x").gradient.data[0]).toBe(3);
    expect(at("input x = 0; y = 1 / x").elasticity).toBeUndefined();
  });

  it("neither overflow nor underflow on the way", () => {
    const of = (x: number) => look("y = x * 3", new Map([["x", number(x)]])).elasticities![0]!.inputs[0]!;
    for (const x of [1e300, 5e307, 1e-300, 1e-308]) expect(of(x).elasticity!.data[0]).toBeCloseTo(1, 12);
  });

  it("asks for a number where an output is large", () => {
    expect(faultOf(() => look("input x = arange(17); y = sin(x)"))).toEqual([
      "`y` has the shape (17,); outputs of up to 16 elements are taken element by element",
    ]);
    expect(look("input x = arange(16); y = sin(x)").elasticities).toHaveLength(16);
  });
});
