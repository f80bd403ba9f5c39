import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { derivatives } from "../../src/autodiff/reverse.js";
import { computing } from "../accuracy/subjects.js";
import { evaluator, inputNode, newCalculus } from "../support/graph.js";

interface Row {
  readonly at: readonly number[];
  readonly value: number;
  readonly partials: readonly number[];
}

/** Computed at 60 digits by reference.py, from definitions of its own. */
const reference = new Map<string, readonly Row[]>(
  Object.entries(
    JSON.parse(readFileSync(new URL("reference.json", import.meta.url), "utf8")) as Record<string, Row[]>,
  ),
);

/** Units in the last place between two doubles. */
function ulps(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  const order = (x: number) => {
    const bits = new BigInt64Array(Float64Array.of(x).buffer)[0]!;
    return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
  };
  const distance = order(a) - order(b);
  return Number(distance < 0n ? -distance : distance);
}

/** The promise; test/accuracy measures it over the whole domains, where these are a few points of a second source. */
const valueUlps = 2;
const partialUlps = 4;

describe("values and partials against 60 digits", () => {
  it.each(computing)("%s", (name) => {
    const rows = reference.get(name);
    expect(rows, "has rows in reference.json").toBeDefined();
    const b = newCalculus();
    const inputs = rows![0]!.at.map((_, i) => inputNode(b, `x${i}`, []));
    const output = b.apply(name, inputs);
    // No dependence on an argument, such as the order of a derivative, is the derivative 0.
    const partials = derivatives(b, output, inputs).map((node) => node ?? b.node(0));
    const run = evaluator([output, ...partials]);
    for (const { at, value, partials: expected } of rows!) {
      const results = run(new Map(at.map((x, i) => [`x${i}`, { shape: [], data: Float64Array.of(x) }])));
      const [actual, ...gradient] = results.map(({ data }) => data[0]!);
      expect(ulps(actual!, value), `${name}(${at}) = ${actual}, not ${value}`).toBeLessThanOrEqual(valueUlps);
      gradient.forEach((partial, i) => {
        const wanted = expected[i]!;
        expect(
          ulps(partial, wanted),
          `∂${name}(${at})/∂x${i} = ${partial}, not ${wanted}`,
        ).toBeLessThanOrEqual(partialUlps);
      });
    }
  });
});
