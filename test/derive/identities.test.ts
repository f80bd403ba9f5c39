import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseExpression } from "../../grammar/index.js";
import { operatorsIn } from "../../src/formula/operators.js";
import { randomSource } from "../support/graph.js";
import {
  publishedIdentities as file,
  type Identity,
  identities,
  sizesAt,
  valuesFor,
} from "../support/identities.js";
import { compareDerived } from "./support.js";

const scriptOf = ({ inputs, where, f }: Identity): string =>
  [
    ...Object.entries(inputs).map(([name, shape]) => `input ${name}: [${shape}]`),
    ...(where === undefined ? [] : [where]),
    `f = ${f}`,
    "output f",
  ].join("\n");

function textbookOperators({ gradient }: Identity): number {
  const parsed = parseExpression({ name: "gradient", text: gradient }, { maxNesting: 100 });
  if (parsed.expression === undefined) return expect.fail(gradient);
  return operatorsIn(parsed.expression);
}

/** At most 1.5 times the textbook's operators for 9 in 10. */
const most = 1.5;
const share = 0.9;

describe("the derivatives of published identities as scripts", () => {
  if (!existsSync(file)) {
    it("are as short as a textbook's", ({ skip }) => {
      skip("the reference data, ../shared/data beside the checkout, is absent");
    });
    return;
  }
  const published = JSON.parse(readFileSync(file, "utf8")) as { id: string }[];
  const ratios = new Map<string, number>();

  it.each(published.map(({ id }) => id))("%s gives the same numbers", (id) => {
    const identity = identities[id]!;
    const random = randomSource(1 + published.findIndex((one) => one.id === id));
    for (const shape of [0, 1, 2]) {
      const sizes = shape < 2 ? sizesAt(shape, random) : { n: 3, m: 4, p: 5, q: 2, k: 6 };
      const values = valuesFor(identity, sizes, random);
      const { distances, derivation, script } = compareDerived(scriptOf(identity), values, {
        wrt: [identity.wrt],
      });
      expect(distances[0], script).toBeLessThan(1e-10);
      if (shape < 2) continue;
      const all = [...derivation.definitions, ...derivation.derivatives];
      const printed = all.reduce((sum, { operators }) => sum + operators, 0);
      ratios.set(id, printed / Math.max(1, textbookOperators(identity)));
      if (process.env.SHOW)
        console.log(
          id,
          ratios.get(id)!.toFixed(2),
          `${printed}/${textbookOperators(identity)}`,
          identity.gradient,
          "\n",
          all.map((one) => `${one.name} = ${one.formula}`).join("\n "),
        );
    }
  });

  it("takes at most 1.5 times the operators of a textbook for 9 in 10", () => {
    const long = [...ratios].filter(([, ratio]) => ratio > most);
    expect(ratios.size).toBe(published.length);
    expect(long.length, JSON.stringify(long)).toBeLessThanOrEqual((1 - share) * published.length);
  });
});
