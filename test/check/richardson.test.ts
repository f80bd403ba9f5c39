import { describe, expect, it } from "vitest";
import { extrapolated } from "../../src/check/richardson.js";
import { add, type DoubleDouble, div, fromNumber, mul, sub } from "../../src/precise/double-double.js";

const halvings = (count: number) => Array.from({ length: count }, (_, k) => 2 ** -(3 + k));
const none = (values: readonly unknown[]) => values.map(() => 0);
const off = (value: DoubleDouble, limit: DoubleDouble) => Math.abs(sub(value, limit).hi);

/** limit + Σ cᵢ hⁱ. */
const series =
  (limit: DoubleDouble, terms: readonly (readonly [power: number, factor: number])[]) => (h: number) =>
    terms.reduce((sum, [power, factor]) => add(sum, fromNumber(factor * h ** power)), limit);

describe("an extrapolation", () => {
  const third = div(fromNumber(1), fromNumber(3));

  it("finds the limit of a series in h², to the last digits, and says so", () => {
    const values = halvings(6).map(
      series(third, [
        [2, 5],
        [4, -3],
        [6, 2],
      ]),
    );
    const { value, bound } = extrapolated(values, none(values), 2);
    expect(off(value, third)).toBeLessThan(1e-30);
    expect(bound).toBeLessThan(1e-28);
    expect(bound).toBeGreaterThanOrEqual(off(value, third));
  });

  it("finds that of a series in h by order 1, and does not by order 2", () => {
    const values = halvings(7).map(
      series(third, [
        [1, 1],
        [2, 1],
        [3, -1],
      ]),
    );
    const right = extrapolated(values, none(values), 1);
    expect(off(right.value, third)).toBeLessThan(1e-28);
    const wrong = extrapolated(values, none(values), 2);
    expect(off(wrong.value, third)).toBeGreaterThan(1e-6);
    expect(wrong.bound).toBeGreaterThanOrEqual(off(wrong.value, third) / 2);
  });

  it("says how far it may be off where there is no such series", () => {
    const values = halvings(7).map((h) => add(third, fromNumber(Math.sqrt(h))));
    const { value, bound } = extrapolated(values, none(values), 1);
    expect(bound).toBeGreaterThanOrEqual(off(value, third) / 2);
    expect(bound).toBeGreaterThan(1e-3);
  });

  it("takes noise into its bound, and does not chase it", () => {
    const steps = halvings(6);
    const noise = steps.map((h) => 1e-12 / h);
    const shaken = steps.map((h, k) =>
      add(series(third, [[2, 1]])(h), fromNumber((k % 2 === 0 ? 1 : -1) * noise[k]!)),
    );
    const { value, bound } = extrapolated(shaken, noise, 2);
    expect(bound).toBeGreaterThanOrEqual(2 * noise[0]!);
    expect(off(value, third)).toBeLessThanOrEqual(bound);
  });

  it("is no better than its noise, however well values agree", () => {
    const { bound } = extrapolated([third, third, third], [1e-12, 2e-12, 4e-12], 2);
    expect(bound).toBeGreaterThanOrEqual(4e-12);
  });

  it("knows nothing of less than two values", () => {
    expect(extrapolated([], [], 2).bound).toBe(Number.POSITIVE_INFINITY);
    expect(extrapolated([third], [0], 2).bound).toBe(Number.POSITIVE_INFINITY);
  });

  it("is no bound for NaN", () => {
    const values = [third, fromNumber(Number.NaN), mul(third, third)];
    expect(extrapolated(values, none(values), 2).bound).toBe(Number.POSITIVE_INFINITY);
  });
});
