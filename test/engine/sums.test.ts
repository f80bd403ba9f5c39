import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import { countInstructions } from "../../src/engine/instruction-count.js";
import { plan } from "../../src/engine/plan.js";
import { defaultLimits } from "../../src/limits.js";
import { inputNode, newCalculus, randomSource } from "../support/graph.js";

const count = 10_000_000;

/**
 * Sums are pairwise by blocks of 256, in strips as well as by the kernel alone. The worst that can be is an error of
 * u·log₂ n for the pairs and 35 u for a block; a straight sum may be off by u·n, and is by 10⁵ times as much as this.
 */
const bound = 2 ** -53 * Math.log2(count);

const b = newCalculus();
const x = inputNode(b, "x", [count]);
const sums = {
  "the kernel alone": b.sum(x, null),
  "a group": b.sum(b.mul(x, -1), null),
  "a group, as columns": b.sum(b.sum(b.neg(b.reshape(x, [count / 10, 10])), [0]), null),
  "a group, as wide rows": b.sum(b.sum(b.neg(b.reshape(x, [10, count / 10])), [1]), null),
  "a group, as wide columns": b.sum(b.sum(b.neg(b.reshape(x, [count / 1000, 1000])), [0]), null),
};

/** Terms that are whole multiples of few powers of two, so that the sum of each kind is exact as long as it is below 2⁵³. */
function mixed(signed: boolean): { terms: Float64Array; exact: number; size: number } {
  const random = randomSource(17);
  const exponents = [0, -33, 21, -7, 40];
  const [totals, sizes] = [exponents.map(() => 0), exponents.map(() => 0)];
  const terms = Float64Array.from({ length: count }, () => {
    const kind = Math.floor(random() * exponents.length);
    const k = Math.floor(random() * 2 ** 29) * (signed && random() < 0.5 ? -1 : 1);
    totals[kind]! += k;
    sizes[kind]! += Math.abs(k);
    return k * 2 ** exponents[kind]!;
  });
  const inAll = (parts: readonly number[]) =>
    Number(parts.reduce((sum, part, i) => sum + (BigInt(part) << BigInt(exponents[i]! + 33)), 0n)) / 2 ** 33;
  return { terms, exact: inAll(totals), size: inAll(sizes) };
}

const tenths = new Float64Array(count).fill(0.1);
// 0.1 is a whole multiple of 2⁻⁵⁶, and so is its sum.
const exactTenths = Number(BigInt(0.1 * 2 ** 56) * BigInt(count)) / 2 ** 56;

describe("a sum of ten million terms", () => {
  const cases = [
    { of: "0.1", terms: tenths, exact: exactTenths, size: exactTenths },
    { of: "mixed magnitudes", ...mixed(false) },
    { of: "mixed magnitudes and signs", ...mixed(true) },
  ];

  it.each(cases)("of $of is off by no more than the rounding of its pairs", ({ terms, exact, size }) => {
    const straight = terms.reduce((sum, term) => sum + term, 0);
    for (const [how, node] of Object.entries(sums)) {
      const isAlone = how === "the kernel alone";
      const code = plan([node], defaultLimits).code;
      expect(countInstructions(code).fused, how).toBe(isAlone ? 0 : 1);
      for (const compiled of [false, true]) {
        const engine = new Engine([node], { ...defaultLimits, compiled });
        const found = engine.run(new Map([["x", { shape: [count], data: terms }]]))[0]!.data[0]!;
        const error = Math.abs((isAlone ? found : -found) - exact) / size;
        expect(error, `${how}, ${compiled}`).toBeLessThan(bound);
      }
    }
    // Otherwise these terms would say nothing.
    if (exact === size) expect(Math.abs(straight - exact) / size).toBeGreaterThan(10 * bound);
  });
});
