import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Agreement, agreement, nearer, type TwoSides } from "../../src/check/agreement.js";

const tolerance = 1e-6;

function compare(
  ours: readonly number[],
  theirs: readonly number[],
  more: Partial<TwoSides> = {},
): Agreement {
  return agreement({
    ours: Float64Array.from(ours),
    theirs: Float64Array.from(theirs),
    tolerance,
    truth: () => undefined,
    scale: () => 1,
    ...more,
  });
}

const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 8 });
const digit = fc.integer({ min: -9, max: 9 });
const notFinite = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);

describe("two sides", () => {
  it("agree where they are equal", () => {
    fc.assert(
      fc.property(numbers, (data) => {
        expect(compare(data, data)).toMatchObject({ verdict: "PASS", error: 0, failed: 0 });
      }),
    );
  });

  it("agree as long as they differ by less than the tolerance, and disagree beyond it", () => {
    const usual = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(fc.array(usual, { minLength: 1 }), fc.nat(), fc.boolean(), (data, k, isNegative) => {
        const at = k % data.length;
        const ours = data.map((x) => (isNegative ? -x : x));
        const off = (factor: number) => ours.map((x, i) => (i === at ? x * (1 + factor * tolerance) : x));
        expect(compare(ours, off(0.99)).verdict).toBe("PASS");
        expect(compare(ours, off(1.01))).toMatchObject({ verdict: "WRONG", element: at, failed: 1 });
        expect(compare(off(1.01), ours)).toMatchObject({ verdict: "WRONG", element: at, failed: 1 });
      }),
    );
  });

  it("do not depend on which is which, nor on the size of all", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(digit, digit), { minLength: 1 }), (pairs) => {
        const [ours, theirs] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
        const found = compare(ours, theirs);
        expect(compare(theirs, ours)).toEqual(found);
        for (const power of [2 ** -900, 2 ** 900]) {
          const scaled = [ours, theirs].map((data) => data.map((x) => x * power)) as [number[], number[]];
          const { verdict, error, element, failed } = compare(...scaled);
          expect({ verdict, error, element, failed }).toEqual({
            verdict: found.verdict,
            error: found.error,
            element: found.element,
            failed: found.failed,
          });
        }
      }),
    );
  });

  it("never agree about what is not finite, not even where both are the same", () => {
    fc.assert(
      fc.property(numbers, fc.nat(), notFinite, fc.option(notFinite), (data, k, bad, other) => {
        const at = k % data.length;
        const one = data.map((x, i) => (i === at ? bad : x));
        const two = other === null ? data : data.map((x, i) => (i === at ? other : x));
        for (const found of [compare(one, two), compare(two, one), compare(one, one)])
          expect(found).toMatchObject({ verdict: "NONFINITE", error: Number.NaN, element: at, failed: 1 });
      }),
    );
  });

  it("are wrong rather than not finite where they are both", () => {
    expect(compare([1, 2, 3], [Number.NaN, 5, 3])).toMatchObject({ verdict: "WRONG", element: 1, failed: 2 });
    expect(compare([1, 2, 3], [5, Number.NaN, 3])).toMatchObject({ verdict: "WRONG", element: 0, failed: 2 });
  });

  it("disagree by more than any number, too", () => {
    expect(compare([1e308], [-1e308])).toMatchObject({ verdict: "WRONG", error: Number.POSITIVE_INFINITY });
  });
});

describe("the floor", () => {
  it("is the square of the tolerance, by the largest element", () => {
    expect(compare([1, 1e-13], [1, -1e-13]).verdict).toBe("PASS");
    expect(compare([1, 0], [1, 0.99e-12]).verdict).toBe("PASS");
    expect(compare([1, 0], [1, 1.01e-12])).toMatchObject({ verdict: "WRONG", element: 1 });
    expect(compare([1e9, 0], [1e9, 0.99e-3]).verdict).toBe("PASS");
    expect(compare([1, 0], [1, 0.99e-6], { tolerance: 1e-3 }).verdict).toBe("PASS");
  });

  it("is not raised by an element that is far too large on one side, or infinite", () => {
    expect(compare([1, 1], [1e20, 2])).toMatchObject({ failed: 2 });
    expect(compare([1e20, 2], [1, 1])).toMatchObject({ failed: 2 });
    expect(compare([1, 1], [Number.POSITIVE_INFINITY, 2])).toMatchObject({ failed: 2 });
  });

  it("is 0 where all is 0", () => {
    expect(compare([0, 0], [0, 1e-300])).toMatchObject({ verdict: "WRONG", error: 1 });
    expect(compare([0, -0], [0, 0])).toMatchObject({ verdict: "PASS" });
    expect(compare([], [])).toMatchObject({ verdict: "PASS", failed: 0 });
  });
});

describe("a derivative that is truly 0", () => {
  const zero = { truth: () => ({ hi: 1e-33, lo: 0 }), scale: () => 1 };

  it("may be what rounding makes of it on either side", () => {
    expect(compare([1e-17], [-3e-15], zero).verdict).toBe("PASS");
    expect(compare([0], [1e-14], zero).verdict).toBe("PASS");
    expect(compare([1e-14], [0], zero).verdict).toBe("PASS");
  });

  it("may not be more than rounding, in the scale of the value by the input", () => {
    expect(compare([0], [1e-12], zero).verdict).toBe("WRONG");
    expect(compare([1e-12], [0], zero).verdict).toBe("WRONG");
    expect(compare([0], [1e-12], { ...zero, scale: () => 100 }).verdict).toBe("PASS");
    expect(compare([0], [1e-17], { ...zero, scale: () => 0 }).verdict).toBe("WRONG");
    expect(compare([0], [Number.NaN], zero).verdict).toBe("NONFINITE");
    expect(compare([0], [1e-14], { ...zero, scale: () => Number.NaN }).verdict).toBe("WRONG");
  });

  it("is no other small one", () => {
    // Next to a value of 1e10, 1e-6 is rounding; but it is not 0.
    const small = { truth: () => ({ hi: 1e-6, lo: 0 }), scale: () => 1e10 };
    expect(compare([1e-6], [2e-6], small).verdict).toBe("WRONG");
  });
});

describe("who is nearer to the truth", () => {
  it("is told in 32 digits", () => {
    expect(nearer(1, 2, { hi: 1.4, lo: 0 })).toBe("ours");
    expect(nearer(1, 2, { hi: 1.6, lo: 0 })).toBe("theirs");
    expect(nearer(1, 1 + 2 ** -52, { hi: 1, lo: 2 ** -54 })).toBe("ours");
    expect(nearer(1, 2, { hi: 1.5, lo: 0 })).toBeUndefined();
    expect(nearer(1, 2, { hi: 1.5, lo: 1e-20 })).toBe("theirs");
    expect(nearer(1, 2, { hi: Number.NaN, lo: 0 })).toBeUndefined();
  });
});
