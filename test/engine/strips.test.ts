import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import { countInstructions } from "../../src/engine/instruction-count.js";
import { broadcastStrides } from "../../src/engine/layout.js";
import { plan } from "../../src/engine/plan.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { contiguousStrides } from "../../src/graph/shape.js";
import { defaultLimits } from "../../src/limits.js";
import type { GraphCalculus } from "../../src/ops/calculus.js";
import type { Op } from "../../src/ops/op.js";
import { formatShape, type Shape, sizeOf, type Tensor } from "../../src/tensor.js";
import { inputNode, newCalculus } from "../support/graph.js";
import {
  ancestors,
  buildStripGraph,
  differences,
  inputsOf,
  isInexact,
  recipes,
  spaces,
  valuesFor,
} from "../support/strip-graphs.js";

// In JavaScript: that WebAssembly gives the same bits is for machines.test.ts to say.
const run = (nodes: readonly OperatorNode[], values: ReadonlyMap<string, Tensor>) =>
  new Engine(nodes, { ...defaultLimits, compiled: false }).run(values);

const fused = (...nodes: OperatorNode[]) => countInstructions(plan(nodes, defaultLimits).code).fused;

/** What an elementwise operation reads, written out: alone, short rows of what repeats would run as strips, too. */
function spread(operand: Tensor, shape: Shape): Tensor {
  const strides = broadcastStrides(operand.shape, contiguousStrides(operand.shape), shape);
  const sizes = contiguousStrides(shape);
  const at = (i: number) =>
    strides.reduce((sum, stride, axis) => sum + stride * (Math.floor(i / sizes[axis]!) % shape[axis]!), 0);
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => operand.data[at(i)]!) };
}

/** One operation on values, in a plan of its own: nothing is there to form a group with. */
function alone(node: OperatorNode, given: readonly Tensor[]): Tensor {
  const b = newCalculus();
  const isElementwise = (node.op as Op).kind === "scalar";
  const operands = isElementwise ? given.map((operand) => spread(operand, node.shape)) : given;
  const names = node.inputs.map((_, i) => `x${node.inputs.indexOf(node.inputs[i]!)}`);
  const inputs = operands.map(({ shape }, i) => inputNode(b, names[i]!, shape));
  const copy = b.builder.node(node.op, inputs, { ...node.attributes });
  expect(fused(copy)).toBe(0);
  return run([copy], new Map(names.map((name, i) => [name, operands[i]!])))[0]!;
}

const map = ({ shape, data }: Tensor, f: (x: number) => number): Tensor => ({ shape, data: data.map(f) });

/** The unit roundoff. */
const u = 2 ** -53;

/**
 * How far two evaluations of a reduction may lie apart. A group sums strip by strip, or rows side by side, where the
 * operation alone sums an axis at a time: the terms are the same and the order is another. Either way no term goes
 * through more additions than a block of 256 has, and one for each halving of what is left.
 */
function tolerance(node: OperatorNode, operand: Tensor, expected: Tensor): Float64Array {
  const terms = operand.data.length / Math.max(1, expected.data.length);
  const steps = 2 * (Math.min(terms, 256) + Math.log2(terms) + 1) * u;
  if (node.op.name === "sum") return map(alone(node, [map(operand, Math.abs)]), (x) => steps * x).data;
  // Each factor rounds once; all are near 1.
  return map(expected, (x) => 2 * terms * u * Math.abs(x)).data;
}

/**
 * Evaluates what the results read node by node, and compares. Results that depend on the order are compared within their
 * tolerance, and then taken as they are, so that whatever reads them has to agree in every bit again.
 */
function expectAgreement(results: readonly OperatorNode[], values: ReadonlyMap<string, Tensor>): void {
  const order = ancestors(results);
  // What is not the same in every bit has to be known.
  const asked = [...new Set([...results, ...order.filter(isInexact)])];
  const found = new Map(run(asked, values).map((tensor, i) => [asked[i]!, tensor]));
  const known = new Map<OperatorNode, Tensor>();
  for (const node of order) {
    const { op, inputs } = node;
    const operands = inputs.map((input) => known.get(input)!);
    const expected =
      op.name === "input"
        ? values.get(node.attributes.name as string)!
        : op.name === "constant"
          ? run([node], new Map())[0]!
          : alone(node, operands);
    known.set(node, expected);
    const actual = found.get(node);
    if (actual === undefined) continue;
    const what = `${op.name} ${formatShape(node.shape)} of ${inputs.map(({ shape }) => formatShape(shape))}`;
    if (!isInexact(node)) {
      expect(differences(actual, expected), what).toEqual([]);
      continue;
    }
    const allowed = tolerance(node, operands[0]!, expected);
    const far: unknown[] = [];
    actual.data.forEach((x, i) => {
      const y = expected.data[i]!;
      const isNear = Object.is(x, y) || Math.abs(x - y) <= allowed[i]! || !Number.isFinite(y);
      if (!isNear) far.push([i, x, y]);
    });
    expect(far.slice(0, 3), what).toEqual([]);
    known.set(node, actual);
  }
}

describe("strips", () => {
  it("give what every operation gives alone", () => {
    let groups = 0;
    fc.assert(
      fc.property(recipes(16), (recipe) => {
        const { inputs, asked } = buildStripGraph(recipe);
        groups += fused(...asked);
        expectAgreement(asked, valuesFor(inputs, recipe.seed));
      }),
      { numRuns: 120 },
    );
    // Most of the graphs must have something to say about strips.
    expect(groups).toBeGreaterThan(60);
  });

  const leafs = (b: GraphCalculus, shape: Shape) => ({
    full: inputNode(b, "full", shape),
    row: inputNode(b, "row", shape.slice(-1)),
    column: inputNode(b, "column", [...shape.slice(0, -1), 1]),
    number: inputNode(b, "number", []),
  });

  /** All sets of axes but the empty one. */
  const axisSets = (rank: number) =>
    Array.from({ length: 2 ** rank - 1 }, (_, k) =>
      Array.from({ length: rank }, (_, axis) => axis).filter((axis) => ((k + 1) >> axis) & 1),
    );
  /** How often the axes of more than one element change between those that are reduced and those that are kept. */
  const changes = (kinds: readonly boolean[]) =>
    kinds.filter((kind, i) => i > 0 && kind !== kinds[i - 1]).length;

  describe.each(spaces.map((shape) => ({ shape, name: formatShape(shape) })))("of $name", ({ shape }) => {
    it("carry a chain from one operation to the next, whatever its operands look like", () => {
      const b = newCalculus();
      const { full, row, column, number } = leafs(b, shape);
      const wide = inputNode(b, "wide", [1, ...shape.slice(1)]);
      const backwards = b.transpose(
        inputNode(b, "turned", [...shape].reverse()),
        shape.map((_, axis) => shape.length - 1 - axis),
      );
      const y = b.where(
        b.less(b.mul(b.sin(full), row), column),
        b.add(b.mul(backwards, wide), number),
        b.maximum(b.div(full, 3), backwards),
      );
      expect(countInstructions(plan([y], defaultLimits).code)).toMatchObject({ written: 1, fused: 1 });
      expectAgreement([y], valuesFor(inputsOf([y]), 5));
    });

    it.each(axisSets(shape.length).map((axes) => ({ axes, name: axes.join(", ") })))(
      "reduce along $name",
      ({ axes }) => {
        // Large ones take long, and nothing in them depends on it.
        for (const keepdims of sizeOf(shape) > 10_000 ? [true] : [false, true]) {
          const b = newCalculus();
          const { full, row, column, number } = leafs(b, shape);
          const x = b.mul(b.add(b.mul(b.sin(full), row), column), number);
          const near1 = b.add(1, b.mul(1e-3, x));
          const joined = [
            b.reduce("prod", near1, axes, keepdims),
            ...["sum", "max", "min"].map((name) => b.reduce(name, x, axes, keepdims)),
          ];
          const inWholeRows = ["logsumexp", "norm"].map((name) => b.reduce(name, x, axes, keepdims));
          const reduced = [...joined, ...inWholeRows];
          const kinds = shape.flatMap((size, axis) => (size === 1 ? [] : [axes.includes(axis)]));
          const along = sizeOf(shape.filter((_, axis) => axes.includes(axis)));
          const { fused, written } = countInstructions(plan(reduced, defaultLimits).code);
          if (changes(kinds) > 1) {
            // Axes in the middle, or around one that is kept, are no rows and no columns.
            expect(written).toBeGreaterThanOrEqual(1 + reduced.length);
          } else {
            // Two results of these two cannot be joined, so a strip has to hold the whole row.
            const isWhole = kinds[0] === false && along <= 256;
            expect({ fused, written }).toEqual({ fused: 1, written: isWhole ? 1 : 3 });
          }
          const values = valuesFor([full, row, column, number], 7);
          expectAgreement(reduced, values);
          // Where the chain is read outside as well, it is stored and not only passed on.
          expectAgreement([x, ...reduced], values);
        }
      },
    );
  });

  it.each([[[700, 3]], [[40, 256]], [[37, 29]], [[2, 300]], [[300, 300]]])(
    "reduce along rows, columns and all of %j at once",
    (shape) => {
      const b = newCalculus();
      const { full, row } = leafs(b, shape);
      const x = b.mul(b.cos(full), row);
      const reduced = [[0], [1], [0, 1]].flatMap((axes) =>
        ["sum", "max"].map((name) => b.reduce(name, x, axes)),
      );
      const { written } = countInstructions(plan(reduced, defaultLimits).code);
      // Rows that are longer than a strip are taken one by one: then columns have to wait for the whole.
      expect(written).toBe(shape[1]! <= 256 ? 1 : 5);
      expectAgreement(reduced, valuesFor([full, row], 3));
    },
  );

  it("hand a reduction on to a second group that reads it as an operand", () => {
    const b = newCalculus();
    const { full } = leafs(b, [300, 20]);
    const x = b.sin(full);
    const y = b.exp(b.sub(x, b.reduce("max", x, [1], true)));
    const softmax = b.div(y, b.sum(y, [1], true));
    expectAgreement([softmax], valuesFor([full], 2));
    expect(fused(softmax)).toBe(2);
  });

  it.each([[[600, 1]], [[1, 600]]])(
    "reduce what was reduced along an axis of one element, of %j",
    (shape) => {
      const b = newCalculus();
      const { full } = leafs(b, shape);
      const once = b.reduce("sum", b.sin(full), [shape.indexOf(1)], true);
      const twice = b.reduce("max", once, null);
      const onwards = b.mul(b.exp(once), 2);
      expectAgreement([twice], valuesFor([full], 6));
      expectAgreement([twice, onwards, b.reduce("min", onwards, null)], valuesFor([full], 6));
    },
  );

  it("write over an operand at its last use only, also where it is read under another name", () => {
    const b = newCalculus();
    const { full } = leafs(b, [2000]);
    const first = b.apply("named", [b.neg(full)], { name: "first" });
    const y = b.add(b.sin(first), b.cos(b.apply("stop_gradient", [first])));
    const kept = b.mul(y, full);
    expectAgreement([kept], valuesFor([full], 1));
    expectAgreement([kept, first], valuesFor([full], 1));
  });

  it("read a view of what they write over before they do", () => {
    const b = newCalculus();
    const { full } = leafs(b, [1000]);
    const source = b.apply("cumsum", [full], { axes: [-1] });
    const turned = b.apply("slice", [source], { starts: [999], steps: [-1], counts: [1000] });
    // In place, the second half would read what the first half has written.
    expectAgreement([b.add(b.sin(source), turned)], valuesFor([full], 4));
    expectAgreement([b.mul(b.add(source, 1), b.add(turned, 2))], valuesFor([full], 4));
  });

  it("do not begin where there is little to do", () => {
    const b = newCalculus();
    expect(fused(b.exp(b.sin(inputNode(b, "x", [511]))))).toBe(0);
    expect(fused(b.exp(b.sin(inputNode(b, "y", [512]))))).toBe(1);
    expect(fused(b.exp(b.sin(inputNode(b, "z", [0, 600]))))).toBe(0);
  });

  it("put short rows together, also for an operation alone", () => {
    const shape = [90, 7, 3];
    const b = newCalculus();
    const [x, y] = [inputNode(b, "x", [90, 7, 1]), inputNode(b, "y", [3, 7, 90])];
    const product = b.mul(x, b.transpose(y, [2, 1, 0]));
    expect(fused(product)).toBe(1);
    expect(fused(b.mul(inputNode(b, "u", [90, 1]), inputNode(b, "v", [90, 21])))).toBe(0);
    const values = valuesFor([x, y], 3);
    const [found] = run([product], values);
    const at = ({ data }: Tensor, i: number) => data[i]!;
    const expected = Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
      const [row, middle, column] = [Math.floor(i / 21), Math.floor(i / 3) % 7, i % 3];
      return at(values.get("x")!, row * 7 + middle) * at(values.get("y")!, (column * 7 + middle) * 90 + row);
    });
    expect(found).toEqual({ shape, data: expected });
  });
});
