import { describe, expect, it } from "vitest";
import { randomSource } from "../../src/check/directions.js";
import { draw, sampleOf, shrunk, type Values } from "../../src/check/samples.js";

const interval = (low: number, high: number, closed = false) => ({
  low,
  high,
  lowClosed: closed,
  highClosed: closed,
});
const vector = (...data: number[]) => ({ shape: [data.length], data: Float64Array.from(data) });
const given: Values = new Map([
  ["x", vector(1, 2)],
  ["y", vector(3)],
]);

describe("samples", () => {
  const domains = new Map([["x", interval(-1, 5)]]);

  it("depend on the seed and their number, and leave inputs without a domain as they are", () => {
    const first = sampleOf(given, domains, 7, 0);
    expect(sampleOf(given, domains, 7, 0)).toEqual(first);
    expect(sampleOf(given, domains, 7, 1)).not.toEqual(first);
    expect(sampleOf(given, domains, 8, 0)).not.toEqual(first);
    expect(first.get("y")).toBe(given.get("y"));
    expect(first.get("x")!.shape).toEqual([2]);
  });

  it.each([
    [-1, 5],
    [0, Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY, -3],
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    [-1e308, 1e308],
  ])("lie between %f and %f, and on both halves", (low, high) => {
    const random = randomSource(3);
    const found = Array.from({ length: 500 }, () => draw(interval(low, high), random));
    expect(found.every((x) => Number.isFinite(x) && x > low && x < high)).toBe(true);
    const sorted = found.toSorted((p, q) => p - q);
    expect(sorted[400]! - sorted[100]!).toBeGreaterThan(0.5);
  });
});

describe("shrinking", () => {
  const failing: Values = new Map([
    ["x", vector(2.682818284, -0.123456789)],
    ["y", vector(0.987654321)],
  ]);
  const domains = new Map([
    ["x", interval(-1, 5)],
    ["y", interval(0, 1)],
  ]);

  it("takes the given values where those fail as well", () => {
    const found = shrunk(failing, given, domains, (values) => values.get("x")!.data[0]! > 2);
    // x itself does not fail as it is given.
    expect(found.get("x")!.data).not.toEqual(given.get("x")!.data);
    expect(found.get("y")).toEqual(given.get("y"));
  });

  it("takes as few digits as still fail", () => {
    const found = shrunk(
      failing,
      given,
      domains,
      (values) => Math.abs(values.get("x")!.data[0]! - 2.68) < 0.01,
    );
    expect([...found.get("x")!.data]).toEqual([2.68, 2]);
    const rough = shrunk(failing, given, domains, (values) => values.get("x")!.data[0]! > 2.5);
    expect([...rough.get("x")!.data]).toEqual([3, 2]);
  });

  it("stays as it is where nothing simpler fails, and inside of the domain", () => {
    expect(shrunk(failing, given, domains, () => false)).toEqual(failing);
    const tight = new Map([["x", interval(-1, 2.7)]]);
    const found = shrunk(failing, given, tight, (values) => values.get("x")!.data[0]! > 2);
    expect(found.get("x")!.data[0]).toBe(2.68);
  });

  it("takes given elements one by one", () => {
    const found = shrunk(failing, given, domains, (values) => values.get("x")!.data[1]! < 0);
    expect([...found.get("x")!.data]).toEqual([1, -0.1]);
  });

  it("gives up after some tries", () => {
    let tries = 0;
    const many = new Map(Array.from({ length: 100 }, (_, i) => [`x${i}`, interval(0, 1)] as const));
    const values: Values = new Map([...many.keys()].map((name) => [name, vector(0.123456789)]));
    shrunk(values, values, many, () => {
      tries += 1;
      return false;
    });
    expect(tries).toBeLessThanOrEqual(60);
    expect(tries).toBeGreaterThan(10);
  });
});
