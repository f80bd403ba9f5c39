import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { derivatives } from "../../src/autodiff/reverse.js";
import { evaluateNode } from "../../src/engine/engine.js";
import { Builder } from "../../src/graph/builder.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { topologicalOrder } from "../../src/graph/topology.js";
import { defaultLimits } from "../../src/limits.js";
import { GraphCalculus } from "../../src/ops/calculus.js";
import { largestFolded } from "../../src/rewrite/fold.js";
import { fillOf } from "../../src/rewrite/identity.js";
import { mostSmallNodes, simplify } from "../../src/rewrite/simplify.js";
import { sizeOf } from "../../src/tensor.js";
import {
  evaluator,
  graphOf,
  inputName,
  inputNode,
  newCalculus,
  randomSource,
  sample,
} from "../support/graph.js";

const evaluate = (node: OperatorNode) => evaluateNode(node, defaultLimits);

const simplified = (b: GraphCalculus, node: OperatorNode) =>
  simplify(b, { values: [node], derivatives: [] }, { evaluate }).values[0]!;

const operationsOf = (roots: readonly OperatorNode[]) => topologicalOrder(roots).map(({ op }) => op.name);

/** A script's derivatives by all of its inputs, before and after. */
function gradients(text: string, shapes: Parameters<typeof graphOf>[1]) {
  const { b, inputs, output } = graphOf(text, shapes);
  const before = derivatives(b, output, inputs).map((derivative) => derivative!);
  const after = simplify(b, { values: [output], derivatives: before }, { evaluate });
  return { inputs, before, after: after.derivatives, all: [...after.values, ...after.derivatives] };
}

describe("the gradient of a network with three layers", () => {
  const { inputs, before, after } = gradients(
    `h = tanh(X @ W1 + b1)
k = tanh(h @ W2 + b2)
s = tanh(k @ W3 + b3)
loss = mean(logsumexp(s, axis=1) - sum(Y * s, axis=1))`,
    { X: [8, 4], W1: [4, 5], b1: [5], W2: [5, 6], b2: [6], W3: [6, 3], b3: [3], Y: [8, 3] },
  );

  /** How many nodes of the graph are what the simplifier should leave none of. */
  const count = (roots: readonly OperatorNode[], isBad: (node: OperatorNode) => boolean) =>
    topologicalOrder(roots).filter(isBad).length;

  it("multiplies nothing by 1", () => {
    const isBad = ({ op, inputs: operands }: OperatorNode) =>
      op.name === "mul" && operands.some((x) => fillOf(x) === 1);
    expect(count(before, isBad)).toBeGreaterThan(0);
    expect(count(after, isBad)).toBe(0);
  });

  it("sums over no axis of size 1", () => {
    const isBad = ({ op, inputs: [x], attributes }: OperatorNode) =>
      op.name === "sum" && (attributes.axes as readonly number[]).some((axis) => x!.shape.at(axis) === 1);
    expect(count(after, isBad)).toBe(0);
  });

  it("transposes nothing twice, repeats nothing and reshapes nothing", () => {
    const isBad = ({ op, inputs: [x] }: OperatorNode) =>
      (op.name === "transpose" && x!.op.name === "transpose") ||
      op.name === "reshape" ||
      op.name === "broadcast_to";
    expect(count(before, isBad)).toBeGreaterThan(0);
    expect(count(after, isBad)).toBe(0);
  });

  it("keeps its value", () => {
    const random = randomSource(3);
    const values = new Map(inputs.map((node) => [inputName(node), sample(random, node.shape, [-1, 1])]));
    const [expected, actual] = [evaluator(before)(values), evaluator(after)(values)];
    expected.forEach((tensor, i) => {
      tensor.data.forEach((x, k) => {
        expect(Math.abs(actual[i]!.data[k]! - x)).toBeLessThanOrEqual(1e-15 * Math.max(1, Math.abs(x)));
      });
    });
  });
});

describe("Jacobians", () => {
  it("of an elementwise function compute on the diagonal only", () => {
    const { after } = gradients("y = tanh(sin(x) * w)", { x: [50], w: [50] });
    const large = topologicalOrder(after).filter(({ shape }) => sizeOf(shape) > 50);
    expect(new Set(large.map(({ op }) => op.name))).toEqual(new Set(["embed_diagonal"]));
  });

  it("of a linear map are its matrix, without any work", () => {
    const { after, inputs } = gradients("y = A @ x", { A: [4, 3], x: [3] });
    const byX = after[inputs.findIndex((node) => inputName(node) === "x")]!;
    expect(byX).toBe(inputs[0]);
  });
});

describe("constants", () => {
  it("are computed once, by the kernels of the run", () => {
    const { all } = gradients("y = sum(x * sin([1, 2, 3]) * (2^10 + 1))", { x: [3] });
    expect(operationsOf(all)).not.toContain("sin");
    expect(operationsOf(all)).not.toContain("pow");
  });

  it("stay to be computed where they are large", () => {
    const at = (count: number) => {
      const b = newCalculus();
      return simplified(b, b.add(inputNode(b, "x", []), b.sin(b.iota(count)))).inputs[1]!.op.name;
    };
    expect([at(largestFolded), at(largestFolded + 1)]).toEqual(["constant", "sin"]);
  });
});

describe("the engine of the simplifier", () => {
  it("reaches a fixed point", () => {
    const { all } = gradients("y = -(-(x.T).T * 1)^2 / -w + reshape(reshape(v, 6), 2, 3)", {
      x: [2, 3],
      w: [3],
      v: [3, 2],
    });
    const b = newCalculus();
    const copies = new Map<OperatorNode, OperatorNode>();
    for (const node of topologicalOrder(all)) {
      const inputs = node.inputs.map((input) => copies.get(input)!);
      copies.set(node, b.builder.node(node.op, inputs, node.attributes));
    }
    const again = all.map((node) => copies.get(node)!);
    expect(simplify(b, { values: [], derivatives: again }).derivatives).toEqual(again);
  });

  it("goes through a graph of any depth", () => {
    const b = newCalculus();
    let y = inputNode(b, "x", [20]);
    for (let i = 0; i < 60_000; i++) y = b.neg(b.mul(b.sin(y), 1));
    expect(operationsOf([simplified(b, y)])).not.toContain("mul");
  });

  it("leaves a large graph of numbers as it is", () => {
    const made = (size: number) => {
      const b = newCalculus();
      let y = b.mul(inputNode(b, "x", []), 1);
      while (b.builder.size < size) y = b.sin(y);
      return operationsOf([simplified(b, y)]);
    };
    expect(made(mostSmallNodes)).not.toContain("mul");
    expect(made(mostSmallNodes + 1)).toContain("mul");
  });

  it("leaves a graph alone that is full", () => {
    const b = new GraphCalculus(new Builder({ nodes: 20 }));
    const x = inputNode(b, "x", []);
    const y = b.mul(b.sin(b.mul(x, 1)), 1);
    expect(simplified(b, y)).toBe(y);
  });

  it("ends where identities undo each other", () => {
    const b = newCalculus();
    const x = inputNode(b, "x", []);
    const rest = { example: () => x };
    const toSin = { name: "there", ops: ["cos"], rewrite: () => b.sin(x), ...rest } as const;
    const toCos = { name: "back", ops: ["sin"], rewrite: () => b.cos(x), ...rest } as const;
    const grow = { name: "more", ops: ["exp"], rewrite: () => b.exp(b.neg(b.exp(x))), ...rest } as const;
    const roots = { values: [b.cos(x), b.exp(x)], derivatives: [] };
    expect(simplify(b, roots, { identities: [toSin, toCos, grow] }).values).toHaveLength(2);
  });

  it("keeps the value of any mixture of operations", () => {
    const makers: readonly ((b: GraphCalculus, x: OperatorNode, y: OperatorNode) => OperatorNode)[] = [
      (b, x, y) => b.add(x, b.neg(y)),
      (b, x, y) => b.mul(b.neg(x), y),
      (b, x) => b.mul(x, b.broadcastTo(1, x.shape)),
      (b, x) => b.broadcastTo(b.sum(x, [-1], true), x.shape),
      (b, x) => b.transpose(b.reshape(b.transpose(x, [1, 0]), [3, 2]), [1, 0]),
      (b, x, y) => b.where(b.equal(x, 0), y, b.sin(x)),
      (b, x, y) => b.sub(b.square(x), b.neg(y)),
      (b, x) => b.reshape(b.sum(b.reshape(x, [1, 2, 3]), [0]), [2, 3]),
      (b, x, y) => b.matmul(b.matmul(x, b.matrixTranspose(y)), b.sin(y)),
      (b, x, y) =>
        b.apply("slice", [b.concatenate([x, y], 0)], { starts: [2, 0], steps: [1, 1], counts: [2, 3] }),
    ];
    const choice = fc.record({ make: fc.nat(makers.length - 1), x: fc.nat(), y: fc.nat() });
    fc.assert(
      fc.property(fc.array(choice, { minLength: 1, maxLength: 25 }), (choices) => {
        const b = newCalculus();
        const nodes = [inputNode(b, "p", [2, 3]), inputNode(b, "q", [2, 3])];
        for (const { make, x, y } of choices) {
          nodes.push(makers[make]!(b, nodes[x % nodes.length]!, nodes[y % nodes.length]!));
        }
        const random = randomSource(9);
        const values = new Map(["p", "q"].map((name) => [name, sample(random, [2, 3], [-1, 1])]));
        const simple = simplify(b, { values: nodes, derivatives: [] }, { evaluate }).values;
        const [expected, actual] = [evaluator(nodes)(values), evaluator(simple)(values)];
        expected.forEach((tensor, i) => {
          const scale = Math.max(...tensor.data.map(Math.abs), 1e-300);
          tensor.data.forEach((x, k) => {
            if (Number.isFinite(scale)) expect(Math.abs(actual[i]!.data[k]! - x) / scale).toBeLessThan(1e-9);
          });
        });
      }),
      { numRuns: 100 },
    );
  });
});

it("puts the rows of a gradient together in whatever order the script reads them", () => {
  const { after } = gradients("z = sum(exp(W[1] * x) * sin(W[3] + x) * W[0] + W[2])", { W: [4, 3], x: [3] });
  const names = operationsOf([after[0]!]);
  expect(names.filter((name) => name === "embed" || name === "concatenate")).toEqual(["concatenate"]);
});
