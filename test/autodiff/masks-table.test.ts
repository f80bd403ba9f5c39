import { describe, expect, it } from "vitest";
import { derivatives } from "../../src/autodiff/reverse.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { topologicalOrder } from "../../src/graph/topology.js";
import type { GraphCalculus } from "../../src/ops/calculus.js";
import type { TensorOp } from "../../src/ops/op.js";
import { tensorOperations } from "../../src/ops/registry.js";
import { simplify } from "../../src/rewrite/simplify.js";
import { sizeOf, type Tensor } from "../../src/tensor.js";
import { checkDerivatives, checkHessians, checkModes } from "../support/check-derivatives.js";
import { largestDifference } from "../support/differences.js";
import { evaluator, randomSource, sample, type TestGraph } from "../support/graph.js";
import {
  allCases,
  type OperationCase,
  operationCases,
  operationOf,
  valuesOf,
} from "../support/operation-cases.js";

/** The choice, times a function of itself, so that cotangents differ and there is a second derivative. */
function graphOf(one: OperationCase): TestGraph {
  const { b, x, op } = operationOf(one);
  const chosen = b.where(b.constant(one.keep), op, 0);
  return { b, inputs: [x], output: b.mul(chosen, b.add(2, b.sin(chosen))) };
}

describe("what is not chosen leaks nothing through", () => {
  // Differences of the whole expression are finite: `where` drops the values of dead elements, too.
  describe.each(allCases)("%s", (_title, one, name) => {
    it("is reached", () => expect(operationOf(one).op.op.name).toBe(name));

    // Below 0 the square root itself is NaN, and so may be all that is computed from it.
    it.each(one.root === "cbrt" ? [0] : [0, -1])("where the root's argument is %d", (atDead) => {
      const graph = graphOf(one);
      const values = valuesOf(one, atDead);
      checkDerivatives(graph, values, 0.01);
      checkModes(graph, values);
      checkHessians(graph, values);
      const [gradient] = derivatives(graph.b, graph.b.sum(graph.output, null), graph.inputs);
      const [{ data }] = evaluator([gradient!])(values) as [Tensor];
      expect(one.dead.map((i) => data[i])).toEqual(one.dead.map(() => 0));
      expect(data.some((value) => value !== 0)).toBe(name !== "det_sign");
      // Nor does the simplifier let anything through.
      const simple = simplify(graph.b, { values: [], derivatives: [gradient!] }).derivatives;
      expect(largestDifference(evaluator(simple)(values)[0]!.data, data)).toBeLessThan(1e-14);
    });
  });
});

describe("live rules", () => {
  it("are tested for every operation that a derivative passes", () => {
    const passing = tensorOperations.filter(({ vjp }) => vjp !== null);
    expect(passing.filter(({ live }) => live === undefined).map(({ name }) => name)).toEqual([]);
    expect(passing.map(({ name }) => name).filter((name) => !(name in operationCases))).toEqual([]);
  });

  /** The live elements of an input, for a mask of the output with or without batch axes. */
  const liveOf = (b: GraphCalculus, node: OperatorNode, i: number, mask: Tensor) =>
    (node.op as TensorOp).live!(b, b.constant(mask), node, i);

  it.each(allCases)("keep what a live element depends on, also under a batch: %s", (_title, one) => {
    const { b, op: node } = operationOf(one);
    const values = valuesOf(one, 0.75);
    const { vjp } = node.op as TensorOp;
    const size = sizeOf(node.shape);
    const seed = b.reshape(b.embedDiagonal(b.broadcastTo(1, [size]), size, size), [size, ...node.shape]);
    node.inputs.forEach((input, i) => {
      // Indices and factorisations pass nothing.
      if (topologicalOrder([input]).every(({ op }) => op.name !== "input") || isFactorisation(input)) return;
      const jacobian = vjp!(b, seed, node, i, null);
      const random = randomSource(i + 1);
      const masks = [0, 1, 2].map(() => ({
        shape: node.shape,
        data: sample(random, node.shape, [0, 1]).data.map((u) => Number(u < 0.3)),
      }));
      const batch = {
        shape: [masks.length, ...node.shape],
        data: Float64Array.from(masks.flatMap(({ data }) => [...data])),
      };
      const nodes = [jacobian, liveOf(b, node, i, batch), ...masks.map((mask) => liveOf(b, node, i, mask))];
      const [slopes, batched, ...alone] = evaluator(nodes)(values);
      expect([...batched!.data]).toEqual(alone.flatMap(({ data }) => [...data]));
      expect(new Set([0, 1, ...batched!.data])).toEqual(new Set([0, 1]));
      masks.forEach((mask, k) => {
        const columns = slopes!.data.length / size;
        expect(alone[k]!.data.length).toBe(columns);
        alone[k]!.data.forEach((live, column) => {
          const depends = mask.data.some((on, row) => on === 1 && slopes!.data[row * columns + column] !== 0);
          if (depends) expect(live).toBe(1);
        });
      });
    });
  });
});

const isFactorisation = ({ op }: OperatorNode) => op.name === "lu" || op.name.endsWith("_factors");
