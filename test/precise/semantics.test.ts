import { describe, expect, it, test } from "vitest";
import { scalarKernels } from "../../src/engine/kernels/scalar.js";
import { operation, type ScalarOpName, scalarRegistry } from "../../src/ops/registry.js";
import { type DoubleDouble, fromNumber } from "../../src/precise/double-double.js";
import { preciseScalars } from "../../src/precise/scalars.js";
import { points } from "../support/kernel-points.js";

const names = Object.keys(scalarRegistry) as ScalarOpName[];
const at = (hi: number, lo = 0): DoubleDouble => ({ hi, lo });
const zero = at(0);
const call = (name: ScalarOpName, ...args: DoubleDouble[]) =>
  preciseScalars[name](args[0]!, args[1] ?? zero, args[2] ?? zero);

/** Values that are conventions rather than roundings: not a number, infinite, or a zero with its sign. */
const isConvention = (x: number) => !Number.isFinite(x) || x === 0;

/** Digits are measured elsewhere. Just below the largest double, a kernel's last digit may make the result infinite. */
function agrees(value: number, kernel: number): boolean {
  if (!isConvention(value) && !isConvention(kernel)) return Math.sign(value) === Math.sign(kernel);
  if (Object.is(value, kernel)) return true;
  const sizes = [Math.abs(value), Math.abs(kernel)];
  return sizes.every((size) => size > 1.797e308) || sizes.every((size) => size < 2 ** -1072);
}

/** Derivatives of higher order, whose kernels lose small results beside large terms. */
const isRough = (name: string, x: number) => name === "polygamma" && x > 6.5 && x < 170.5;

describe("doubles give what the kernels give", () => {
  it.each(names)("%s", (name) => {
    const op = operation(name);
    const args = op.kind === "scalar" ? points(op, 500) : [];
    const different = [...args[0]!].flatMap((_, i) => {
      const [x = 0, y = 0, z = 0] = args.map((values) => values[i]!);
      const { hi, lo } = call(name, at(x), at(y), at(z));
      const kernel = scalarKernels[name](x, y, z);
      const isWrong =
        (!isRough(name, x) && !agrees(hi, kernel)) || (isConvention(hi) && lo !== 0) || Number.isNaN(lo);
      return isWrong ? [{ x, y, z, hi, lo, kernel }] : [];
    });
    expect(different.slice(0, 5)).toEqual([]);
  });
});

/** The sign of a lower 0 means nothing. */
function expectSame({ hi, lo }: DoubleDouble, expected: DoubleDouble): void {
  expect({ hi, lo: lo + 0 }).toEqual(expected);
}

const tiny = 2 ** -80;

test("comparisons and kinks look at the second double", () => {
  expectSame(call("equal", at(1, tiny), at(1)), at(0));
  expectSame(call("not_equal", at(1, tiny), at(1)), at(1));
  expectSame(call("less", at(1, -tiny), at(1)), at(1));
  expectSame(call("less_equal", at(1, tiny), at(1)), at(0));
  expectSame(call("greater", at(1, tiny), at(1)), at(1));
  expectSame(call("greater_equal", at(1, -tiny), at(1)), at(0));
  expectSame(call("maximum", at(1), at(1, tiny)), at(1, tiny));
  expectSame(call("minimum", at(1, -tiny), at(1)), at(1, -tiny));
  expectSame(call("where", at(2), at(1, tiny), at(3, tiny)), at(1, tiny));
  expect(call("arccos", at(1, tiny)).hi).toBeNaN();
  expect(call("arccosh", at(1, -tiny)).hi).toBeNaN();
  expect(call("arctanh", at(1, tiny)).hi).toBeNaN();
  expect(call("log1p", at(-1, -tiny)).hi).toBeNaN();
  expect(call("pow", at(-2), at(3, tiny)).hi).toBeNaN();
  expectSame(call("pow", at(1, tiny), at(Number.POSITIVE_INFINITY)), at(Number.POSITIVE_INFINITY));
});

test("whole numbers are found by all digits", () => {
  expectSame(call("floor", at(3, -tiny)), at(2));
  expectSame(call("floor", at(3, tiny)), at(3));
  expectSame(call("ceil", at(3, tiny)), at(4));
  expectSame(call("floor", at(2 ** 60, -0.25)), at(2 ** 60, -1));
  expectSame(call("round", at(0.5, tiny)), at(1));
  expectSame(call("round", at(2.5, tiny)), at(3));
  expectSame(call("round", at(3.5, -tiny)), at(3));
  expectSame(call("round", at(-2.5, -tiny)), at(-3));
  expectSame(call("round", at(2 ** 60, 0.5)), at(2 ** 60));
  expectSame(call("round", at(2 ** 60, 1.5)), at(2 ** 60, 2));
  expectSame(call("floor_quotient", at(6, -tiny), at(3)), at(1));
  expectSame(call("mod", at(6, tiny), at(3)), at(tiny));
  expectSame(call("mod", at(6, -tiny), at(3)), at(3, -tiny));
  expect(call("mod", at(-tiny), at(Number.POSITIVE_INFINITY)).hi).toBe(Number.POSITIVE_INFINITY);
});

test("infinities have angles of all digits", () => {
  const infinite = fromNumber(Number.POSITIVE_INFINITY);
  const quarter = call("arctan", at(1));
  expectSame(call("arctan2", infinite, infinite), quarter);
  expectSame(call("arctan2", infinite, at(1)), { hi: 2 * quarter.hi, lo: 2 * quarter.lo });
});

test("what a double-double can hold is exact", () => {
  expectSame(
    call("pow", at(3), at(40)),
    at(Number(3n ** 40n), Number(3n ** 40n - BigInt(Number(3n ** 40n)))),
  );
  const large = 3n ** 64n;
  expectSame(call("pow", at(3), at(64)), at(Number(large), Number(large - BigInt(Number(large)))));
  expectSame(call("pow", at(2), at(-1074)), at(2 ** -1074));
  expectSame(call("pow", at(2 ** -10), at(-90.5)), at(2 ** 905));
  expectSame(call("pow", at(-3), at(3)), at(-27));
  expectSame(call("log2", at(2 ** -1074)), at(-1074));
  expectSame(call("log10", at(1e22)), at(22));
  expectSame(call("cbrt", at(-343)), at(-7));
  expectSame(call("hypot", at(3), at(4)), at(5));
  expectSame(call("exp", at(0)), at(1));
});
