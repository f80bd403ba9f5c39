import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plan } from "../../src/engine/plan.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { defaultLimits } from "../../src/limits.js";
import type { GraphCalculus } from "../../src/ops/calculus.js";
import { formatShape, type Tensor } from "../../src/tensor.js";
import { evaluator, inputNode, newCalculus, randomSource, sample } from "../support/graph.js";

/** Makes a node from two earlier ones and a number; shapes that do not fit fall back to something that does. */
type Step = (b: GraphCalculus, x: OperatorNode, y: OperatorNode, k: number) => OperatorNode;

const tryBoth = (make: () => OperatorNode, otherwise: OperatorNode): OperatorNode => {
  try {
    return make();
  } catch {
    return otherwise;
  }
};

/** Views, copies, reductions, products and elementwise work in every mixture. */
const steps: readonly Step[] = [
  (b, x, y) => tryBoth(() => b.add(x, y), b.neg(x)),
  (b, x, y) => tryBoth(() => b.mul(x, y), b.sin(x)),
  (b, x) => b.add(x, x),
  (b, x) => b.sin(x),
  (b, x) => (x.shape.length < 2 ? b.neg(x) : b.matrixTranspose(x)),
  (b, x) => tryBoth(() => b.sub(x, b.matrixTranspose(x)), b.cos(x)),
  (b, x, _y, k) => (x.shape.length === 0 ? x : b.sum(x, [k % x.shape.length], k % 2 === 0)),
  (b, x) => b.reshape(x, [x.shape.reduce((a, c) => a * c, 1)]),
  (b, x, _y, k) =>
    x.shape.length === 0
      ? b.broadcastTo(x, [2, 3])
      : b.apply("slice", [x], {
          starts: x.shape.map((size) => (k % 2 === 0 ? 0 : Math.max(0, size - 1))),
          steps: x.shape.map(() => (k % 2 === 0 ? 1 : -1)),
          counts: x.shape
            .map((size) => Math.max(1, size - (k % 3 === 0 ? 1 : 0)))
            .map((n, i) => Math.min(n, x.shape[i]!)),
        }),
  (b, x, y) => tryBoth(() => b.matmul(x, y), b.neg(y)),
  (b, x) => (x.shape.length === 0 ? x : b.apply("softmax", [x], { axes: [-x.shape.length] })),
  (b, x, y) => tryBoth(() => b.concatenate([x, y, x], 0), x),
  (b, x) => (x.shape.length === 1 ? b.embedDiagonal(x, x.shape[0]!, x.shape[0]! + 1) : b.cos(x)),
];

const choice = fc.record({ step: fc.nat(steps.length - 1), x: fc.nat(), y: fc.nat(), k: fc.nat(5) });

function build(choices: readonly { step: number; x: number; y: number; k: number }[]): OperatorNode[] {
  const b = newCalculus();
  const nodes = [
    inputNode(b, "p", [3, 3]),
    inputNode(b, "q", [2, 3]),
    inputNode(b, "r", [3]),
    inputNode(b, "s", []),
  ];
  for (const { step, x, y, k } of choices) {
    const made = steps[step]!(b, nodes[x % nodes.length]!, nodes[y % nodes.length]!, k);
    if (made.shape.reduce((a, c) => a * c, 1) <= 400) nodes.push(made);
  }
  return nodes;
}

function inputsFor(nodes: readonly OperatorNode[]): Map<string, Tensor> {
  const random = randomSource(11);
  return new Map(
    nodes.slice(0, 4).map((node) => [node.attributes.name as string, sample(random, node.shape, [-1, 1])]),
  );
}

describe("memory that is used again", () => {
  it("never changes a value that is still to be read", () => {
    fc.assert(
      fc.property(fc.array(choice, { minLength: 1, maxLength: 40 }), (choices) => {
        const nodes = build(choices);
        const values = inputsFor(nodes);
        // Asked for all at once, every value stays alive to the end, so nothing is used again.
        const kept = evaluator(nodes)(values);
        nodes.forEach((node, i) => {
          const [alone] = evaluator([node])(values);
          expect([...alone!.data], `node ${i}, ${node.op.name} ${formatShape(node.shape)}`).toEqual([
            ...kept[i]!.data,
          ]);
        });
      }),
      { numRuns: 150 },
    );
  });

  it("gives the same results in a second run with the same plan", () => {
    fc.assert(
      fc.property(fc.array(choice, { minLength: 1, maxLength: 30 }), (choices) => {
        const nodes = build(choices);
        const run = evaluator([nodes.at(-1)!]);
        const values = inputsFor(nodes);
        const first = run(values);
        run(
          new Map(
            [...values].map(([name, { shape, data }]) => [name, { shape, data: data.map((x) => x + 1) }]),
          ),
        );
        expect(run(values)).toEqual(first);
      }),
      { numRuns: 60 },
    );
  });

  it("keeps a long chain of vectors within the room of a few", () => {
    const b = newCalculus();
    let y = inputNode(b, "x", [20_000]);
    for (let i = 0; i < 500; i++) y = b.add(b.sin(y), i);
    expect(plan([y], defaultLimits).arenaSize).toBeLessThan(48_000);
  });

  it("works in place at the last use", () => {
    const b = newCalculus();
    const x = inputNode(b, "x", [20_000]);
    expect(plan([b.sin(b.cos(x))], defaultLimits).arenaSize).toBeLessThan(20_500);
  });
});
