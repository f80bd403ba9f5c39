import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sizeOf, type Tensor } from "../../src/tensor.js";
import { largestDifference } from "../support/differences.js";
import { evaluator, graphOf, randomSource, sample } from "../support/graph.js";

const sizes: Readonly<Record<string, number>> = { a: 2, b: 3, c: 1, d: 2 };
const labels = Object.keys(sizes);

/** Every choice of a value for each label; the sum of the products of the elements, by the definition. */
function byDefinition(terms: readonly string[], output: string, values: readonly Tensor[]): Float64Array {
  const used = [...new Set(terms.join(""))];
  const shape = [...output].map((label) => sizes[label]!);
  const result = new Float64Array(sizeOf(shape));
  const at = (term: string, index: ReadonlyMap<string, number>) =>
    [...term].reduce((offset, label) => offset * sizes[label]! + index.get(label)!, 0);
  const total = used.reduce((product, label) => product * sizes[label]!, 1);
  for (let k = 0; k < total; k++) {
    const index = new Map<string, number>();
    let rest = k;
    for (const label of used) {
      index.set(label, rest % sizes[label]!);
      rest = Math.floor(rest / sizes[label]!);
    }
    result[at(output, index)]! += terms.reduce(
      (product, term, i) => product * values[i]!.data[at(term, index)]!,
      1,
    );
  }
  return result;
}

const term = fc.array(fc.constantFrom(...labels), { maxLength: 3 }).map((list) => list.join(""));
const cases = fc.array(term, { minLength: 1, maxLength: 4 }).chain((terms) =>
  fc.record({
    terms: fc.constant(terms),
    output: fc.shuffledSubarray([...new Set(terms.join(""))]).map((list) => list.join("")),
    seed: fc.integer({ min: 1, max: 1000 }),
  }),
);

describe("einsum", () => {
  it("is the sum of products that its subscripts say", () => {
    fc.assert(
      fc.property(cases, ({ terms, output, seed }) => {
        const random = randomSource(seed);
        const values = terms.map((t) =>
          sample(
            random,
            [...t].map((label) => sizes[label]!),
            [-1, 1],
          ),
        );
        const names = terms.map((_, i) => `x${i}`);
        const graph = graphOf(
          `out = einsum("${terms.join(",")}->${output}", ${names.join(", ")})`,
          Object.fromEntries(names.map((name, i) => [name, values[i]!.shape])),
        );
        const [actual] = evaluator([graph.output])(new Map(names.map((name, i) => [name, values[i]!])));
        expect(actual!.shape).toEqual([...output].map((label) => sizes[label]));
        expect(largestDifference(actual!.data, byDefinition(terms, output, values))).toBeLessThan(1e-14);
      }),
      { numRuns: 300 },
    );
  });

  it.each(["ij,jk->ik", "ij,jk->ki", "abi,cb->cai", "bij,bjk->bki"])(
    "puts what is read first into rows, so that the result lies in its order: %s",
    (text) => {
      const [x, y] = text.split("->")[0]!.split(",");
      const shapeOf = (labels: string) => [...labels].map((label) => label.charCodeAt(0) - 90);
      const { output } = graphOf(`out = einsum("${text}", x, y)`, { x: shapeOf(x!), y: shapeOf(y!) });
      const made = output.op.name === "reshape" ? output.inputs[0]! : output;
      expect(made.op.name).toBe("matmul");
    },
  );
});
