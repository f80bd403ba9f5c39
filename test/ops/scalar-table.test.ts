import { describe, expect, it } from "vitest";
import { forwardJacobians } from "../../src/autodiff/forward.js";
import { derivatives } from "../../src/autodiff/reverse.js";
import type { ScalarOp } from "../../src/ops/op.js";
import { scalarOperations } from "../../src/ops/registry.js";
import type { Shape, Tensor } from "../../src/tensor.js";
import { checkDerivatives, checkHessians, checkModes, checkStructure } from "../support/check-derivatives.js";
import { evaluator, inputNode, newCalculus, randomSource, sample, type TestGraph } from "../support/graph.js";

/** Shapes for one to three arguments that broadcast in every way: equal, expanding, a scalar. */
const shapesByArity: readonly (readonly (readonly Shape[])[])[] = [
  [],
  [[[]], [[3]], [[2, 3]]],
  [
    [[], []],
    [[3], [3]],
    [[2, 1], [3]],
    [[], [2, 2]],
    [[1, 2], []],
  ],
  [
    [[], [], []],
    [[2, 1], [3], []],
    [[2], [1], [2, 2]],
  ],
];

function graphOf(op: ScalarOp, shapes: readonly Shape[]): TestGraph {
  const b = newCalculus();
  const inputs = op.args.map((arg, i) => inputNode(b, arg, shapes[i]!));
  return { b, inputs, output: b.apply(op.name, inputs) };
}

describe.each(scalarOperations.map((op) => [op.name, op] as const))("%s", (_name, op) => {
  it.each(shapesByArity[op.args.length]!.map((shapes) => [JSON.stringify(shapes), shapes] as const))(
    "agrees with differences, also of its derivatives, for the shapes %s",
    (_label, shapes) => {
      const random = randomSource(op.name.length * 7919 + shapes.length);
      const values = new Map<string, Tensor>(
        op.args.map((arg, i) => [arg, sample(random, shapes[i]!, op.domain[i]!)]),
      );
      checkDerivatives(graphOf(op, shapes), values);
    },
  );

  it.each(shapesByArity[op.args.length]!.map((shapes) => [JSON.stringify(shapes), shapes] as const))(
    "has the same derivatives forward and in reverse for the shapes %s",
    (_label, shapes) => {
      const random = randomSource(op.name.length * 6133 + shapes.length);
      const values = new Map<string, Tensor>(
        op.args.map((arg, i) => [arg, sample(random, shapes[i]!, op.domain[i]!)]),
      );
      checkModes(graphOf(op, shapes), values);
      checkStructure(graphOf(op, shapes), values);
      checkHessians(graphOf(op, shapes), values);
    },
  );

  it("has the same derivatives forward and in reverse at special points, NaN included", () => {
    const graph = graphOf(
      op,
      op.args.map(() => []),
    );
    const { b, inputs, output } = graph;
    derivatives(b, output, inputs).forEach((reverse, i) => {
      const [forward] = forwardJacobians(b, [output], inputs[i]!);
      if (reverse === null) {
        expect(forward).toBe(null);
        return;
      }
      const run = evaluator([forward!, reverse]);
      for (const point of op.special) {
        const [p, q] = run(
          new Map(op.args.map((arg, k) => [arg, { shape: [], data: Float64Array.of(point[k]!) }])),
        );
        expect(p!.data, `at ${point}`).toEqual(q!.data);
      }
    });
  });

  it("states one partial and one interval for each argument, and says what it does", () => {
    expect(op.partials).toHaveLength(op.args.length);
    expect(op.domain).toHaveLength(op.args.length);
    expect(op.doc).toMatch(/\.$/);
    for (const point of op.special) expect(point).toHaveLength(op.args.length);
  });

  it("gives the same value at special points alone and among others", () => {
    if (op.special.length === 0) return;
    const alone = graphOf(
      op,
      op.args.map(() => []),
    );
    const together = graphOf(
      op,
      op.args.map(() => [op.special.length]),
    );
    const [all] = evaluator([together.output])(
      new Map(
        op.args.map((arg, i) => [
          arg,
          { shape: [op.special.length], data: Float64Array.from(op.special, (p) => p[i]!) },
        ]),
      ),
    );
    const one = evaluator([alone.output]);
    op.special.forEach((point, k) => {
      const [value] = one(
        new Map(op.args.map((arg, i) => [arg, { shape: [], data: Float64Array.of(point[i]!) }])),
      );
      expect(value!.data[0], `at ${point}`).toBe(all!.data[k]);
    });
  });
});
