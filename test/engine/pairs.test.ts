import { describe, expect, it } from "vitest";
import { loopNode } from "../../src/autodiff/loops.js";
import { countInstructions } from "../../src/engine/instruction-count.js";
import { opcode } from "../../src/engine/instructions.js";
import { pairs } from "../../src/engine/kernel-numbers.js";
import { scalarKernels } from "../../src/engine/kernels/scalar.js";
import { plan } from "../../src/engine/plan.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { defaultLimits } from "../../src/limits.js";
import type { GraphCalculus } from "../../src/ops/calculus.js";
import { type Loop, unpack } from "../../src/ops/loop.js";
import { operation, type ScalarOpName } from "../../src/ops/registry.js";
import { inputNode, newCalculus } from "../support/graph.js";
import { points } from "../support/kernel-points.js";
import { compiled, inJavaScript, planOf, runOn } from "../support/machines.js";

/** How many elements a plan takes that run whole; an odd number, so that the last one is computed alone. */
const most = 501;

function pointsOf(name: ScalarOpName): number[] {
  const op = operation(name);
  return op.kind === "scalar" ? [...points(op)[0]!] : [];
}

describe.each(pairs)("%s and %s, computed together", (first, second) => {
  const all = [...pointsOf(first), ...pointsOf(second)];
  const chunks = Array.from({ length: Math.ceil(all.length / most) }, (_, i) =>
    Float64Array.from(all.slice(i * most, (i + 1) * most)),
  );

  it.each([
    ["JavaScript", inJavaScript],
    ["WebAssembly", compiled],
  ] as const)("give the bits of their own kernels in %s", (_machine, machineOf) => {
    for (const order of [
      [first, second],
      [second, first],
    ]) {
      for (const data of chunks) {
        const b = newCalculus();
        const shape = [data.length];
        const x = inputNode(b, "x", shape);
        const p = planOf(order.map((name) => b.elementwise(name, x)));
        expect(countInstructions(p.code).written).toBe(1);
        const { results } = runOn(machineOf(p), p, new Map([["x", { shape, data }]]));
        results.forEach((result, k) => {
          const kernel = scalarKernels[order[k]!];
          const different = [...data].filter((value, i) => !Object.is(result.data[i], kernel(value, 0, 0)));
          expect(different.slice(0, 5), order[k]).toEqual([]);
        });
      }
    }
  });

  it.each([
    ["JavaScript", inJavaScript],
    ["WebAssembly", compiled],
  ] as const)("may overwrite what they read in %s", (_machine, machineOf) => {
    const data = Float64Array.of(-1, 0.5, 3);
    for (const order of [
      [first, second],
      [second, first],
    ]) {
      const b = newCalculus();
      const x = b.sin(inputNode(b, "x", [3]));
      const p = planOf(order.map((name) => b.elementwise(name, x)));
      // The constant 0, and one result beside the other, which lies where the operand did.
      expect(p.arenaSize).toBe(1 + 2 * 3);
      const { results } = runOn(machineOf(p), p, new Map([["x", { shape: [3], data }]]));
      const expected = order.map((name) =>
        data.map((value) => scalarKernels[name](scalarKernels.sin(value, 0, 0), 0, 0)),
      );
      expect(results.map((result) => result.data)).toEqual(expected);
    }
  });
});

/** The opcodes of single instructions; those of a loop begin with its own. */
const opcodes = (...nodes: OperatorNode[]) => {
  const { code, marks } = plan(nodes, defaultLimits, { marks: true });
  return marks.map(({ start, parts }) => [code[start], parts.length]);
};

it("is one instruction, for both, wherever the second of them is read", () => {
  const b = newCalculus();
  const x = inputNode(b, "x", [3]);
  const y = b.elementwise("tanh", x);
  const found = opcodes(b.mul(b.exp(b.sin(y)), b.elementwise("sech_squared", x)));
  expect(found[0]).toEqual([opcode.pair, 2]);
  expect(found).toHaveLength(4);
});

it("runs what is large, or lies in strides, by the kernels of each", () => {
  for (const shape of [[600], [3, 1]]) {
    const b = newCalculus();
    const x = b.broadcastTo(inputNode(b, "x", shape), shape.length > 1 ? [3, 4] : shape);
    const found = opcodes(b.elementwise("tanh", x), b.elementwise("sech_squared", x));
    expect(found.map(([operation]) => operation)).not.toContain(opcode.pair);
  }
});

describe("a loop whose condition reads one of a pair", () => {
  /** x − 1 − f(x), down to 0, while the condition holds. */
  function loopWith(conditionOf: (b: GraphCalculus, y: OperatorNode) => OperatorNode, f: ScalarOpName) {
    const b = newCalculus();
    const x = inputNode(b, "carry", []);
    const y = b.elementwise("tanh", x);
    const next = b.elementwise("relu", b.sub(b.sub(x, 1), b.elementwise(f, x)));
    const loop: Loop = {
      body: { parameters: [x], results: [next, y] },
      carries: 1,
      sequences: 0,
      length: 9,
      reverse: false,
      counted: false,
      condition: conditionOf(b, y),
    };
    return planOf(unpack(b, loopNode(b, loop, [inputNode(b, "x", [])]), loop));
  }
  const isPositive = (b: GraphCalculus, y: OperatorNode) => b.greater(y, 0);
  const itself = (_b: GraphCalculus, y: OperatorNode) => y;

  it("computes the other one where a step needs it", () => {
    const count = (condition: typeof itself, f: ScalarOpName) =>
      countInstructions(loopWith(condition, f).code).written;
    for (const condition of [isPositive, itself])
      expect(count(condition, "sech_squared")).toBe(count(condition, "exp"));
  });

  it("ends when it should", () => {
    const start = 4;
    const expected: number[] = [];
    for (let x = start; x > 0; x = Math.max(0, x - 1 - scalarKernels.sech_squared(x, 0, 0)))
      expected.push(scalarKernels.tanh(x, 0, 0));
    for (const p of [loopWith(isPositive, "sech_squared"), loopWith(itself, "sech_squared")])
      for (const machine of [inJavaScript(p), compiled(p)]) {
        const { results } = runOn(machine, p, new Map([["x", { shape: [], data: Float64Array.of(start) }]]));
        const [last, values, made] = results.map(({ data }) => [...data]);
        expect(last).toEqual([0]);
        expect(made).toEqual([expected.length]);
        expect(values!.slice(0, expected.length)).toEqual(expected);
      }
  });
});
