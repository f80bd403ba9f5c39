import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Real, Reals, real, ulp } from "./decimal.js";
import { references } from "./reference.js";
import { computing } from "./subjects.js";

interface Row {
  readonly at: readonly number[];
  readonly value: number;
  readonly partials: readonly number[];
}

/** Computed with mpmath at 60 digits by test/ops/reference.py: a second source. */
const secondSource = new Map<string, readonly Row[]>(
  Object.entries(
    JSON.parse(readFileSync(new URL("../ops/reference.json", import.meta.url), "utf8")) as Record<
      string,
      Row[]
    >,
  ),
);

/** The second source is rounded to doubles, and that is all. */
const rounded = (exact: Real, double: number) =>
  exact.minus(real(double)).abs().lte(ulp(exact).times(0.5000001));

describe.each([...references])("%s", (name, { value, partials }) => {
  const rows = secondSource.get(name)!;

  it("agrees with the second source", () => {
    for (const { at, value: expected, partials: slopes } of rows) {
      const x = at.map((a) => real(a));
      expect(rounded(value(...x), expected), `${name}(${at}) = ${value(...x)}, not ${expected}`).toBe(true);
      partials.forEach((partial, i) => {
        if (partial === null) return;
        expect(
          rounded(partial(...x), slopes[i]!),
          `∂${name}(${at})/∂${i} = ${partial(...x)}, not ${slopes[i]}`,
        ).toBe(true);
      });
    }
  });

  it("has the derivatives that differences give", () => {
    const step = new Reals("1e-20");
    for (const { at } of rows) {
      const x = at.map((a) => real(a));
      partials.forEach((partial, i) => {
        if (partial === null) return;
        const moved = (by: Real) => value(...x.map((a, k) => (k === i ? a.plus(a.times(by)) : a)));
        const slope = moved(step).minus(moved(step.neg())).div(x[i]!.times(step).times(2));
        const exact = partial(...x);
        // The step's square times the third derivative, and the 60 digits of the values divided by the step.
        const scale = Reals.max(
          exact.abs(),
          value(...x)
            .div(x[i]!)
            .abs(),
        );
        expect(
          slope.minus(exact).abs().lte(scale.times(1e-30)),
          `∂${name}(${at})/∂${i}: ${slope}, ${exact}`,
        ).toBe(true);
      });
    }
  });
});

it("has every operation that computes something", () => {
  expect([...references.keys()].sort()).toEqual([...computing].sort());
});
