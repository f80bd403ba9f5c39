import { describe, expect, it } from "vitest";
import { scalarRegistry, tensorRegistry } from "../../src/ops/registry.js";
import { identities } from "../../src/rewrite/identities.js";
import type { Identity } from "../../src/rewrite/identity.js";
import { simplify } from "../../src/rewrite/simplify.js";
import { formatShape, type Shape, sizeOf, type Tensor } from "../../src/tensor.js";
import { evaluator, inputNode, newCalculus, randomSource, sample } from "../support/graph.js";

const specials = [
  0,
  -0,
  1,
  -1,
  0.1,
  -2.5,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  1e-310,
  1.7e308,
  -1.7e308,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

/** Every pair of special values stands in the first of these. */
const pairs = specials.length ** 2;
const anyShapes: readonly (readonly [Shape, Shape])[] = [
  [[pairs], [pairs]],
  [[], []],
  [[3], []],
  [[], [2, 3]],
  [
    [2, 1],
    [1, 3],
  ],
  [[2, 3], [3]],
  [[0], [0]],
];

function samples(shapes: readonly [Shape, Shape], finite: boolean): ReadonlyMap<string, Tensor>[] {
  const random = randomSource(5);
  const values = finite ? specials.filter((x) => Math.abs(x) < 10) : specials;
  const [x, y] = shapes;
  const at = (shape: Shape, index: (i: number) => number): Tensor => ({
    shape,
    data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => values[index(i) % values.length]!),
  });
  const inputs = (first: Tensor, second: Tensor) =>
    new Map([
      ["x", first],
      ["y", second],
    ]);
  const special = values.flatMap((_, shift) => [
    inputs(
      at(x, (i) => Math.floor(i / values.length) + shift),
      at(y, (i) => i),
    ),
    inputs(
      at(x, (i) => 3 * i + shift),
      at(y, (i) => 5 * i + 2 * shift),
    ),
  ]);
  const ordinary = Array.from({ length: 5 }, () =>
    inputs(sample(random, x, [-3, 3]), sample(random, y, [-3, 3])),
  );
  return [...special, ...ordinary];
}

function isEqual(a: number, b: number, difference: Identity["difference"]): boolean {
  const isZeroAlike = difference?.structuralZeros || difference?.signOfZero;
  if (Object.is(a, b) || (isZeroAlike && a === b)) return true;
  const bound = (difference?.ulps ?? 0) * Math.max(2 ** -52 * Math.max(Math.abs(a), Math.abs(b)), 2 ** -1074);
  return Number.isFinite(bound) && Math.abs(a - b) <= bound;
}

describe.each(identities.map((identity) => [identity.name, identity] as const))("%s", (_name, identity) => {
  const { example, difference } = identity;
  const shapes = identity.shapes ?? anyShapes;

  it.each(shapes.map((pair) => [pair.map((shape) => formatShape(shape)).join(" and "), pair] as const))(
    "keeps every value for %s",
    (_shapes, pair) => {
      const b = newCalculus();
      const [x, y] = [inputNode(b, "x", pair[0]), inputNode(b, "y", pair[1])];
      const before = example(b, x, y);
      const after = simplify(b, { values: [], derivatives: [before] }, { identities: [identity] })
        .derivatives[0]!;
      expect(after, "the identity applies to its example").not.toBe(before);
      expect(after.shape).toEqual(before.shape);
      for (const values of samples(pair, difference?.structuralZeros ?? difference?.overflow ?? false)) {
        const [expected] = evaluator([before])(values);
        const [actual] = evaluator([after])(values);
        expected!.data.forEach((value, i) => {
          if (!isEqual(actual!.data[i]!, value, difference)) {
            const given = [...values]
              .map(([name, { data }]) => `${name} = [${[...data].join(", ")}]`)
              .join("; ");
            expect.fail(`element ${i}: ${value} became ${actual!.data[i]}\nfor ${given}`);
          }
        });
      }
    },
  );
});

it("names each identity once, and only operations that exist", () => {
  expect(new Set(identities.map(({ name }) => name)).size).toBe(identities.length);
  const known = new Set([...Object.keys(scalarRegistry), ...Object.keys(tensorRegistry)]);
  expect(identities.flatMap(({ ops }) => ops).filter((op) => !known.has(op))).toEqual([]);
});

it("leaves what only looks like an identity", () => {
  const b = newCalculus();
  const x = inputNode(b, "x", [3]);
  const kept = [
    // -0 + 0 is 0.
    b.add(x, 0),
    // 0 times NaN or an infinity is NaN.
    b.mul(x, 0),
    b.sub(x, x),
    b.div(x, x),
    // x - x is 0 both ways.
    b.neg(b.sub(x, b.sin(x))),
    // The power of -∞ is +∞, and its square root NaN.
    b.pow(x, 0.5),
    b.matmul(b.broadcastTo(0, [2, 3]), b.reshape(x, [3, 1])),
  ];
  expect(simplify(b, { values: kept, derivatives: [] }).values).toEqual(kept);
});
