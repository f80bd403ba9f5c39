import { describe, expect, it } from "vitest";
import { Accumulator } from "../../src/precise/accumulator.js";
import { type ArrayLoop, arrayLoops } from "../../src/precise/array-loops.js";
import { add, type DoubleDouble, div, mul, neg, renormalised, sub } from "../../src/precise/double-double.js";
import { addMultiple, innerProduct, rotateRows } from "../../src/precise/rows.js";
import { type Elements, elementOf, elements, setElement } from "../../src/precise/tensor.js";
import { randomSource } from "../support/graph.js";

const edges = [
  0,
  1,
  3,
  0.1,
  1e-200,
  1e-308,
  5e-324,
  2 ** 970,
  2 ** 1000,
  Number.MAX_VALUE,
  Number.POSITIVE_INFINITY,
];
const random = randomSource(5);
const someNumbers: readonly DoubleDouble[] = [
  ...[...edges, ...edges.map((x) => -x), Number.NaN].map((hi) => ({ hi, lo: 0 })),
  ...Array.from({ length: 60 }, () => {
    const hi = (random() - 0.5) * 10 ** Math.floor(40 * random() - 20);
    return renormalised(hi, hi * 2 ** -53 * (random() - 0.5));
  }),
];
/** Every pair, as elements. */
const pairs = someNumbers.flatMap((x) => someNumbers.map((y) => [x, y] as const));

const elementsOf = (values: readonly DoubleDouble[]): Elements => {
  const x = elements(values.length);
  values.forEach((value, i) => {
    setElement(x, i, value);
  });
  return x;
};

const left = elementsOf(pairs.map(([x]) => x));
const right = elementsOf(pairs.map(([, y]) => y));

const never = () => false;

/** Quotients may be rounded in more ways than one. */
const within = (bound: number) => (found: DoubleDouble, value: DoubleDouble) =>
  Math.abs(sub(found, value).hi) <= bound * Math.abs(value.hi);
const closeness: Readonly<Record<string, ReturnType<typeof within>>> = { div: within(2 ** -101) };

/** Where bits differ, and values are not close; zeros in low parts have no sign. */
function differences(
  d: Elements,
  expected: (x: DoubleDouble, y: DoubleDouble) => DoubleDouble,
  isClose: (found: DoubleDouble, value: DoubleDouble) => boolean = never,
): unknown[] {
  return pairs.flatMap(([x, y], i) => {
    const found = elementOf(d, i);
    const value = expected(x, y);
    const isSame = Object.is(found.hi, value.hi) && found.lo === value.lo;
    return isSame || isClose(found, value) ? [] : [{ x, y, found, value }];
  });
}

const functions: Readonly<Record<string, (x: DoubleDouble, y: DoubleDouble) => DoubleDouble>> = {
  add,
  sub,
  mul,
  div,
  neg,
  square: (x) => mul(x, x),
};

describe("loops over arrays give what the functions of single numbers give", () => {
  it.each(Object.entries<ArrayLoop>(arrayLoops))("%s", (name, loop) => {
    const d = elements(pairs.length);
    loop(d, left, right);
    expect(differences(d, functions[name]!, closeness[name])).toEqual([]);
  });

  it.each(Object.entries<ArrayLoop>(arrayLoops))("%s with a single number", (name, loop) => {
    const single = elementsOf([{ hi: 0.7, lo: 2e-17 }]);
    const d = elements(pairs.length);
    loop(d, left, single);
    expect(differences(d, (x) => functions[name]!(x, elementOf(single, 0)), closeness[name])).toEqual([]);
    if (name === "neg" || name === "square") return;
    loop(d, single, right);
    expect(differences(d, (_x, y) => functions[name]!(elementOf(single, 0), y), closeness[name])).toEqual([]);
  });

  it("sums of products, and multiples that are added", () => {
    const c: DoubleDouble = { hi: 1 / 3, lo: 1e-17 };
    const d = elements(pairs.length);
    d.hi.set(left.hi);
    d.lo.set(left.lo);
    addMultiple(pairs.length, d, 0, c, right, 0);
    expect(differences(d, (x, y) => add(x, mul(c, y)))).toEqual([]);

    const finite = pairs.filter(([x, y]) => Number.isFinite(x.hi * y.hi)).slice(0, 500);
    const [p, q] = [elementsOf(finite.map(([x]) => x)), elementsOf(finite.map(([, y]) => y))];
    const expected = finite.reduce((sum, [x, y]) => add(sum, mul(x, y)), { hi: 0, lo: 0 });
    expect(innerProduct(finite.length, p, 0, q, 0)).toEqual(expected);
  });

  it("rotations of rows", () => {
    const [c, s] = [
      { hi: 0.8, lo: 3e-18 },
      { hi: -0.6, lo: 1e-18 },
    ] as const;
    const both = elementsOf([...pairs.map(([x]) => x), ...pairs.map(([, y]) => y)]);
    rotateRows(pairs.length, both, 0, pairs.length, c, s);
    expect(differences(both, (x, y) => sub(mul(c, x), mul(s, y)))).toEqual([]);
    const second: Elements = { hi: both.hi.subarray(pairs.length), lo: both.lo.subarray(pairs.length) };
    expect(differences(second, (x, y) => add(mul(s, x), mul(c, y)))).toEqual([]);
  });

  it("an accumulator changes in place", () => {
    const total = new Accumulator();
    for (const { hi, lo } of someNumbers.slice(-10)) total.add(hi, lo);
    const expected = someNumbers.slice(-10).reduce(add, { hi: 0, lo: 0 });
    expect({ hi: total.hi, lo: total.lo }).toEqual(expected);
    total.divide(3, 0);
    total.multiply(0.1, 0);
    const value = mul(div(expected, { hi: 3, lo: 0 }), { hi: 0.1, lo: 0 });
    expect(within(2 ** -101)(total, value)).toBe(true);
  });
});
