import { describe, expect, it } from "vitest";
import { readableIdentities } from "../../src/derive/readable.js";
import { identities } from "../../src/rewrite/identities.js";
import type { Identity } from "../../src/rewrite/identity.js";
import { simplify } from "../../src/rewrite/simplify.js";
import type { Shape } from "../../src/tensor.js";
import { evaluator, inputNode, newCalculus, randomSource, sample } from "../support/graph.js";
import { distance } from "./support.js";

const own = readableIdentities.filter((one) => !identities.includes(one));

const pairs: readonly (readonly [x: Shape, y: Shape])[] = [
  [[3], [3]],
  [[], [3]],
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
];

/** An example before and after it is rewritten by its entry alone. */
function sides({ example, ...entry }: Identity, [xShape, yShape]: readonly [Shape, Shape]) {
  const b = newCalculus();
  const [x, y] = [inputNode(b, "x", xShape), inputNode(b, "y", yShape)];
  const before = example(b, x, y);
  const roots = { values: [], derivatives: [before] };
  const [after] = simplify(b, roots, { identities: [{ ...entry, example }], anySize: true }).derivatives;
  return { before, after: after! };
}

describe("the identities for reading", () => {
  it.each(own.map((entry) => [entry.name, entry] as const))("%s", (_name, entry) => {
    let changes = 0;
    const random = randomSource(7);
    for (const [xShape, yShape] of entry.shapes ?? pairs) {
      const { before, after } = sides(entry, [xShape, yShape]);
      if (before !== after) changes += 1;
      for (let i = 0; i < 3; i++) {
        const values = new Map([
          ["x", sample(random, xShape, [0.2, 2])],
          ["y", sample(random, yShape, [0.2, 2])],
        ]);
        const [expected, actual] = evaluator([before, after])(values);
        expect(distance(expected!, actual!)).toBeLessThan(1e-12);
      }
    }
    expect(changes).toBeGreaterThan(0);
  });
});
