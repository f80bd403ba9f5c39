import { describe, expect, it } from "vitest";
import {
  add,
  compare,
  type DoubleDouble,
  div,
  exactProduct,
  exactSum,
  floor,
  mul,
  neg,
  renormalised,
  scaled,
  sqrt,
  sub,
} from "../../src/precise/double-double.js";
import { exact, rounded } from "../../src/precise/functions/exact.js";
import { type Real, withDigits } from "../accuracy/decimal.js";
import { magnitude } from "../accuracy/samples.js";
import { randomSource } from "../support/random.js";
import { isNormalised, realOf } from "./exact.js";
import { restOf } from "./points.js";

/** Enough for sums and products of all doubles. */
const Long = withDigits(1600);

const random = randomSource(2718);
const signed = (size: number) => (random() < 0.5 ? -size : size);
const number = (low: number, high: number): DoubleDouble => {
  const hi = signed(magnitude(random, low, high));
  return { hi, lo: restOf(random, hi) };
};

/** Pairs of numbers of any size, of one size, and such as cancel to their last digits. */
function pairs(count: number, low = -1074, high = 1023): [DoubleDouble, DoubleDouble][] {
  return Array.from({ length: count }, () => {
    const x = number(low, high);
    const choice = random();
    if (choice < 0.4) return [x, number(low, high)];
    const near = signed(x.hi * (1 + (random() - 0.5) * 2 ** -Math.floor(60 * random())));
    // Not beyond the largest double.
    const hi = Number.isFinite(near) ? near : x.hi;
    return [x, { hi, lo: restOf(random, hi) }];
  });
}

const exactly = (x: DoubleDouble): Real => new Long(realOf(x));
const largest = exactly({ hi: Number.MAX_VALUE, lo: 0 });
const smallest = exactly({ hi: 2 ** -1074, lo: 0 });

/** Within share·|exact|, or a few of the smallest doubles. */
function expectNear(computed: DoubleDouble, expected: Real, share: number, of: unknown): void {
  if (expected.abs().gt(largest)) {
    expect(Math.abs(computed.hi), JSON.stringify(of)).toBeGreaterThan(1.79769e308);
    return;
  }
  expect(isNormalised(computed), `${JSON.stringify(of)}: ${JSON.stringify(computed)}`).toBe(true);
  const error = exactly(computed).minus(expected).abs();
  const bound = expected.abs().times(share).plus(smallest.times(4));
  expect(error.lte(bound), `${JSON.stringify(of)}: ${error.div(expected.abs()).toNumber()}`).toBe(true);
}

/** Half a unit in the last place, squared. */
const unit = 2 ** -106;

describe("sums and products of two doubles are exact", () => {
  it("sums", () => {
    for (const [{ hi: x }, { hi: y }] of pairs(2000)) {
      if (!Number.isFinite(x + y)) continue;
      const sum = exactSum(x, y);
      expect(isNormalised(sum)).toBe(true);
      expect(exactly(sum).eq(exactly({ hi: x, lo: y })), `${x} + ${y}`).toBe(true);
    }
  });

  it("products, also next to overflow", () => {
    const edges = pairs(500, -60, 60).map(([{ hi: x }]): [number, number] => {
      const other = (Number.MAX_VALUE / Math.abs(x)) * (1 - random() * 2 ** -40);
      return [x, Number.isFinite(other) ? other : Number.MAX_VALUE];
    });
    const others = pairs(2000).map(([x, y]): [number, number] => [x.hi, y.hi]);
    for (const [x, y] of [...edges, ...others]) {
      const size = Math.abs(x * y);
      if (!(size > 2 ** -969 && Number.isFinite(size))) continue;
      const product = exactProduct(x, y);
      expect(isNormalised(product)).toBe(true);
      const expected = exactly({ hi: x, lo: 0 }).times(exactly({ hi: y, lo: 0 }));
      expect(exactly(product).eq(expected), `${x} · ${y}`).toBe(true);
    }
  });
});

describe("operations keep within their bounds, whatever the sizes are", () => {
  it("sums and differences within 3 units", () => {
    for (const [x, y] of pairs(1200)) {
      expectNear(add(x, y), exactly(x).plus(exactly(y)), 3.01 * unit, [x, y]);
      expectNear(sub(x, y), exactly(x).minus(exactly(y)), 3.01 * unit, [x, y]);
    }
  });

  it("products within 5 units", () => {
    for (const [x, y] of [...pairs(1500), ...pairs(1500, -500, 500)])
      expectNear(mul(x, y), exactly(x).times(exactly(y)), 5 * unit, [x, y]);
  });

  it("quotients within 15 units", () => {
    const Wide = withDigits(80);
    for (const [x, y] of [...pairs(1500), ...pairs(1500, -300, 300)])
      expectNear(div(x, y), new Wide(exactly(x)).div(exactly(y)), 15 * unit, [x, y]);
  });

  it("roots within 25/8 units", () => {
    const Wide = withDigits(80);
    for (const [x] of pairs(1500)) {
      const size = x.hi < 0 ? neg(x) : x;
      expectNear(sqrt(size), new Wide(exactly(size)).sqrt(), (25 / 8) * unit, size);
    }
  });

  it("roots and quotients of exact squares and products are exact", () => {
    for (let i = 0; i < 500; i++) {
      const x = Math.round(magnitude(random, 0, 50));
      const y = Math.round(magnitude(random, 0, 50));
      expect(sqrt(exactProduct(x, x))).toEqual({ hi: x, lo: 0 });
      expect(div(exactProduct(x, y), { hi: y, lo: 0 })).toEqual({ hi: x, lo: 0 });
    }
  });
});

describe("other properties", () => {
  it("order by all digits", () => {
    for (const [x, y] of pairs(1000)) expect(compare(x, y)).toBe(exactly(x).cmp(exactly(y)));
    expect(compare({ hi: Number.NaN, lo: 0 }, { hi: 1, lo: 0 })).toBeNaN();
    expect(compare({ hi: 0, lo: 0 }, { hi: -0, lo: 0 })).toBe(0);
  });

  it("floor by all digits", () => {
    for (const [x] of pairs(500, -60, 130)) expect(exactly(floor(x)).eq(exactly(x).floor())).toBe(true);
  });

  it("a number and its whole digits are one another's", () => {
    for (const [x] of pairs(500)) expect(compare(rounded(exact(x)), x)).toBe(0);
  });

  it("zeros and infinities", () => {
    const at = (hi: number) => ({ hi, lo: 0 });
    const infinity = Number.POSITIVE_INFINITY;
    const numbers = [0, -0, 1, -2, infinity, -infinity, Number.NaN, Number.MAX_VALUE, 2 ** -1074];
    for (const x of numbers)
      for (const y of numbers) {
        const results = {
          add: add(at(x), at(y)),
          sub: sub(at(x), at(y)),
          mul: mul(at(x), at(y)),
          div: div(at(x), at(y)),
        };
        const { add: sum, sub: difference, mul: product, div: quotient } = results;
        expect([sum.hi, difference.hi, product.hi, quotient.hi], `${x}, ${y}`).toEqual([
          x + y,
          x - y,
          x * y,
          x / y,
        ]);
        for (const { hi, lo } of Object.values(results)) if (!Number.isFinite(hi)) expect(lo).toBe(0);
      }
    expect(floor(at(-0))).toEqual(at(-0));
    expect(sqrt(at(-0))).toEqual(at(-0));
    expect(sqrt(at(-1))).toEqual(at(Number.NaN));
    expect(renormalised(infinity, 1)).toEqual(at(infinity));
    expect(scaled(at(1e300), 1e300)).toEqual(at(infinity));
  });
});
