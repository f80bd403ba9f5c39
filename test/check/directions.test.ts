import { describe, expect, it } from "vitest";
import { along, coordinate, everywhere, randomSource, scalesOf, seedOf } from "../../src/check/directions.js";
import { fromTensor } from "../../src/precise/tensor.js";

const pointOf = (...data: number[]) =>
  new Map([["x", fromTensor({ shape: [data.length], data: Float64Array.from(data) })]]);
const scales = (...data: number[]) => [...scalesOf(pointOf(...data), "x")];

describe("scales", () => {
  it("are the powers of 2 below the elements", () => {
    expect(scales(1, 1.5, -2, 3, 4)).toEqual([1, 1, 2, 2, 4]);
  });

  it("are no smaller than a part of the largest", () => {
    expect(scales(1024, 0, 1e-9)).toEqual([1024, 1, 1]);
  });

  it("are 1 where all are 0, and stand for what is not finite", () => {
    expect(scales(0, 0)).toEqual([1, 1]);
    expect(scales(Number.NaN, 4)).toEqual([2 ** -8, 4]);
    expect(scales(Number.POSITIVE_INFINITY)).toEqual([1]);
  });

  it("are never so small that parts of them are no numbers", () => {
    expect(scales(5e-324).every((scale) => scale * 2 ** -72 > 0)).toBe(true);
    expect(scales(0, 1e-310).every((scale) => scale * 2 ** -72 > 0)).toBe(true);
  });
});

describe("directions", () => {
  it("move one element, or all of them, up and down and unevenly", () => {
    expect([...coordinate(Float64Array.of(1, 4, 2), 1)]).toEqual([0, 4, 0]);
    const all = everywhere(new Float64Array(200).fill(2), randomSource(5));
    expect(all.every((speed) => Math.abs(speed) >= 2 && Math.abs(speed) < 4)).toBe(true);
    expect(all.some((speed) => speed > 0) && all.some((speed) => speed < 0)).toBe(true);
    expect(new Set(all).size).toBeGreaterThan(100);
  });

  it("are scaled to lines, whose length is a power of 2", () => {
    const line = along("x", Float64Array.of(0.25, -6, 0));
    expect(line.length).toBe(4);
    expect([...line.speeds]).toEqual([0.0625, -1.5, 0]);
    expect([...line.direction.get("x")!]).toEqual([...line.speeds]);
    expect(along("x", Float64Array.of(0, 0)).length).toBe(1);
    expect(along("x", Float64Array.of(1e300)).speeds[0]).toBeLessThan(2);
  });
});

describe("random numbers", () => {
  it("come of the seed, and seeds of texts", () => {
    const [p, q, r] = [randomSource(9), randomSource(9), randomSource(10)];
    const drawn = Array.from({ length: 5 }, p);
    expect(Array.from({ length: 5 }, q)).toEqual(drawn);
    expect(Array.from({ length: 5 }, r)).not.toEqual(drawn);
    expect(randomSource(0)()).toBeGreaterThan(0);
    expect(seedOf("y = x")).toBe(seedOf("y = x"));
    expect(seedOf("y = x")).not.toBe(seedOf("y = z"));
    // The usual test value of FNV-1a.
    expect(seedOf("a")).toBe(0xe40c292c);
  });
});
