import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatNumber } from "../../src/report/numbers.js";

describe("numbers", () => {
  test.each([
    [0, "0"],
    [-0, "-0"],
    [1, "1"],
    [0.1 + 0.2, "0.3"],
    [1 / 3, "0.333333"],
    [-2.5, "-2.5"],
    [1234567, "1234567"],
    [999999999999999, "999999999999999"],
    [1e15, "1e+15"],
    [123456.789, "123457"],
    [1234567.89, "1.23457e+6"],
    [999999.7, "1e+6"],
    [0.0000123456789, "0.0000123457"],
    [0.00000999, "9.99e-6"],
    [5e-324, "4.94066e-324"],
    [Number.MAX_VALUE, "1.79769e+308"],
    [Number.NaN, "NaN"],
    [-Infinity, "-Infinity"],
  ])("%s", (x, expected) => {
    expect(formatNumber(x)).toBe(expected);
  });

  test.each([
    [Math.PI, 1, "3"],
    [Math.PI, 3, "3.14"],
    [Math.PI, 17, "3.1415926535897931"],
    [Math.PI, 99, "3.1415926535897931"],
    [Math.PI, 0, "3"],
    [0.1, "exact", "0.1"],
    [-0, "exact", "-0"],
    [12345.6, 3, "1.23e+4"],
    [12345, 3, "12345"],
  ] as const)("%s with precision %s", (x, precision, expected) => {
    expect(formatNumber(x, precision)).toBe(expected);
  });

  test("are within half a unit of the last digit, and exact where asked", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, max: 1e308, min: -1e308 }),
        fc.integer({ min: 1, max: 17 }),
        (x, digits) => {
          const shown = Number(formatNumber(x, digits));
          expect(Math.abs(shown - x)).toBeLessThanOrEqual(
            Math.abs(x) * 0.51 * 10 ** (1 - digits) + Number.MIN_VALUE,
          );
          expect(Object.is(Number(formatNumber(x, "exact")), x)).toBe(true);
          expect(formatNumber(x, 17)).not.toMatch(/\.\d*0(e|$)/);
          expect(Number(formatNumber(x, 17))).toBe(x);
        },
      ),
    );
  });
});
