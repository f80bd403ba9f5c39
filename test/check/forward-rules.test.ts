import { describe, expect, it } from "vitest";
import { forwardJacobians } from "../../src/autodiff/forward.js";
import { firstWrongNode } from "../../src/check/locate.js";
import { checkPairs } from "../../src/check/pairs.js";
import { tensorOperations, tensorRegistry } from "../../src/ops/registry.js";
import { fromTensor } from "../../src/precise/tensor.js";
import { checked } from "../support/check.js";
import { evaluator, inputNode, newCalculus } from "../support/graph.js";
import { forwardMutationsOf } from "./mutation/mutations.js";
import { subjectsOf, withOp } from "./mutation/subjects.js";

/** What a check says of a Jacobian that comes of the forward rule of a cumulative sum, made larger by a factor. */
function checkedForward(factor: number) {
  const b = newCalculus();
  const x = inputNode(b, "x", [4]);
  const { jvp, ...others } = tensorRegistry.cumsum;
  const op = {
    ...others,
    jvp: (...[calculus, tangents, node]: Parameters<NonNullable<typeof jvp>>) =>
      calculus.mul(factor, jvp!(calculus, tangents, node)),
  };
  const outputNode = b.sin(b.builder.node(op, [b.exp(x)], { axes: [-1] }));
  const values = new Map([["x", { shape: [4], data: Float64Array.of(0.1, -0.3, 0.2, 0.7) }]]);
  const [node] = forwardJacobians(b, [outputNode], x);
  const [tensor] = evaluator([node!])(values);
  const gradient = { output: "y", input: "x", outputRank: 1, connected: true, tensor: tensor! };
  const pair = { output: "y", input: "x", outputNode, inputNode: x, gradient };
  const [result] = checkPairs(b, [pair], values, { seed: 1, exhaustive: false, verbose: false });
  const point = new Map([...values].map(([name, value]) => [name, fromTensor(value)]));
  return { verdict: result!.worst?.verdict, node: firstWrongNode(b, outputNode, x, point, 1) };
}

describe("forward rules", () => {
  it("pass where they are right", () => {
    expect(checkedForward(1)).toEqual({ verdict: "PASS", node: undefined });
  });

  it.each([1.01, 1 + 1e-4, 1 + 1e-7, -1, 0])(
    "are wrong by the factor %f, where the reverse rule is right",
    (factor) => {
      const { verdict, node } = checkedForward(factor);
      expect(verdict).toBe("WRONG");
      expect(node).toMatchObject({ op: "cumsum", operand: 0 });
    },
  );
});

/** What factors cannot break: a derivative that is 0. */
const flat: ReadonlySet<string> = new Set(["det_sign"]);

// Elementwise operations have one partial for both ways.
const subjects = subjectsOf(1).filter(({ op, node }) => forwardMutationsOf(node).length > 0 && !flat.has(op));

describe("the forward rule", () => {
  it.each(subjects.map((subject, i) => [`${subject.op} (${i})`, subject] as const))(
    "of %s is found wrong by itself, and right where it is",
    (_title, subject) => {
      const { b, inputs, node, points } = subject;
      const point = new Map([...points[0]!].map(([name, value]) => [name, fromTensor(value)]));
      for (const input of inputs) expect(firstWrongNode(b, subject.output, input, point, 1)).toBeUndefined();
      for (const mutation of forwardMutationsOf(node)) {
        const output = withOp(subject, mutation.op);
        const found = inputs.map((input) => firstWrongNode(b, output, input, point, 1));
        expect([mutation.name, found.find((one) => one !== undefined)?.op]).toEqual([
          mutation.name,
          node.op.name === "custom" ? "f" : node.op.name,
        ]);
      }
    },
  );

  it("is broken of every operation that has one", () => {
    const tried = new Set(subjects.map(({ op }) => op));
    const own = tensorOperations.filter(({ jvp, vjp }) => jvp !== null && vjp !== null);
    expect(own.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([...flat]);
  });
});

describe("operations on symmetric matrices", () => {
  const A = [
    [4, 1, 0.5],
    [1, 5, -0.25],
    [0.5, -0.25, 6],
  ];
  const wrong = "f(x) = sin(x)\nderivative f(x; dx) = 1.001 * cos(x) * dx\n";

  it.each(["cholesky(A)", "eigvalsh(A)", "eigh(A)[1]", "eigh(stack([A, 2 * A]))[1]"])(
    "%s is not named for what another node does wrong",
    (matrix) => {
      const [entry] = checked(`${wrong}y = sum(f(${matrix}))`, { A });
      expect(entry).toMatchObject({ verdict: "WRONG", worst: { node: { op: "f" } } });
    },
  );
});
