import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countInstructions } from "../../src/engine/instruction-count.js";
import { scalarKernels } from "../../src/engine/kernels/scalar.js";
import type { OperatorNode } from "../../src/graph/node.js";
import type { GraphCalculus } from "../../src/ops/calculus.js";
import type { ScalarOpName } from "../../src/ops/registry.js";
import type { Tensor } from "../../src/tensor.js";
import { inputNode, newCalculus } from "../support/graph.js";
import { compiled, inJavaScript, planOf, runOn } from "../support/machines.js";

const machines = [
  ["JavaScript", inJavaScript],
  ["WebAssembly", compiled],
] as const;

/** Rounded in between, these differ from what one rounding gives. */
const numbers = [0.1, -0.3, 1 / 3, -7.7, 1e-200, -1e200, 0, -0, Number.POSITIVE_INFINITY, Number.NaN];
const names = ["x", "y", "z"];
const inputsOf = (b: GraphCalculus) => names.map((name) => inputNode(b, name, []));
const valuesOf = (values: readonly number[]): ReadonlyMap<string, Tensor> =>
  new Map(names.map((name, i) => [name, { shape: [], data: Float64Array.of(values[i]!) }]));

/** Node by node, in the order of making, each by its own kernel. */
function expected(nodes: readonly OperatorNode[], values: readonly number[]): Map<OperatorNode, number> {
  const found = new Map<OperatorNode, number>();
  for (const node of nodes) {
    const { name } = node.op;
    const [x = 0, y = 0, z = 0] = node.inputs.map((input) => found.get(input)!);
    const value =
      name === "input"
        ? values[names.indexOf(node.attributes.name as string)]!
        : scalarKernels[name as ScalarOpName](x, y, z);
    found.set(node, value);
  }
  return found;
}

const operations = ["add", "sub", "mul", "neg", "tanh", "sech_squared"] as const;
const graphs = fc.record({
  made: fc.array(fc.record({ op: fc.nat(9), x: fc.nat(), y: fc.nat() }), { minLength: 3, maxLength: 60 }),
  asked: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
  values: fc.array(fc.constantFrom(...numbers), { minLength: 3, maxLength: 3 }),
});

it("gives the bits of each operation alone, whatever is added up", () => {
  let [nodes, instructions] = [0, 0];
  fc.assert(
    fc.property(graphs, ({ made, asked, values }) => {
      const b = newCalculus();
      const all = [...inputsOf(b)];
      // Most read what has just been made, as derivatives do.
      const pick = (i: number) => all[Math.max(0, all.length - 1 - (i % 5))]!;
      for (const { op, x, y } of made) {
        const name = operations[op] ?? "add";
        const isUnary = operations.indexOf(name) > 2;
        all.push(isUnary ? b.elementwise(name, pick(x)) : b.elementwise(name, pick(x), pick(y)));
      }
      const roots = [all.at(-1)!, ...asked.map((i) => all[i % all.length]!)];
      const p = planOf(roots);
      nodes += all.length - names.length;
      instructions += countInstructions(p.code).written;
      const found = expected(all, values);
      for (const [name, machineOf] of machines)
        expect(
          runOn(machineOf(p), p, valuesOf(values)).results.map(({ data }) => data[0]),
          name,
        ).toEqual(roots.map((root) => found.get(root)));
    }),
    { numRuns: 300 },
  );
  expect(instructions).toBeLessThan(nodes);
});

describe("one instruction computes", () => {
  type Make = (b: GraphCalculus, x: OperatorNode, y: OperatorNode, z: OperatorNode) => OperatorNode;
  const single: readonly (readonly [string, Make, (x: number, y: number, z: number) => number])[] = [
    ["x·y + z", (b, x, y, z) => b.add(b.mul(x, y), z), (x, y, z) => x * y + z],
    ["z + x·y", (b, x, y, z) => b.add(z, b.mul(x, y)), (x, y, z) => z + x * y],
    ["x·y − z", (b, x, y, z) => b.sub(b.mul(x, y), z), (x, y, z) => x * y - z],
    ["z − x·y", (b, x, y, z) => b.sub(z, b.mul(x, y)), (x, y, z) => z - x * y],
    ["−x + y", (b, x, y) => b.add(b.neg(x), y), (x, y) => -x + y],
    ["x + −y", (b, x, y) => b.add(x, b.neg(y)), (x, y) => x + -y],
    ["x − −y", (b, x, y) => b.sub(x, b.neg(y)), (x, y) => x - -y],
    ["−z + x·y", (b, x, y, z) => b.add(b.neg(z), b.mul(x, y)), (x, y, z) => -z + x * y],
    ["x·y − −z", (b, x, y, z) => b.sub(b.mul(x, y), b.neg(z)), (x, y, z) => x * y - -z],
  ];

  it.each(single)("%s, rounded as two", (_text, make, reference) => {
    const b = newCalculus();
    const [x, y, z] = inputsOf(b) as [OperatorNode, OperatorNode, OperatorNode];
    const p = planOf([make(b, x, y, z)]);
    expect(countInstructions(p.code).written).toBe(1);
    for (const [name, machineOf] of machines) {
      const machine = machineOf(p);
      for (const u of numbers)
        for (const v of numbers)
          for (const w of numbers)
            expect(
              runOn(machine, p, valuesOf([u, v, w])).results[0]!.data[0],
              `${name}: ${u} ${v} ${w}`,
            ).toBe(reference(u, v, w));
    }
  });

  it("no product that others read, or that is asked for", () => {
    const b = newCalculus();
    const [x, y, z] = inputsOf(b) as [OperatorNode, OperatorNode, OperatorNode];
    const product = b.mul(x, y);
    const sum = b.add(product, z);
    expect(countInstructions(planOf([sum, product]).code).written).toBe(2);
    expect(countInstructions(planOf([b.mul(sum, product)]).code).written).toBe(3);
    expect(countInstructions(planOf([b.add(product, product)]).code).written).toBe(2);
  });
});

describe("a sum of many terms", () => {
  /** A chain, the products of its links with a number of which each is read once, and their sum. */
  function chain(count: number) {
    const b = newCalculus();
    const [x, y] = inputsOf(b) as [OperatorNode, OperatorNode];
    let [link, sum] = [b.sin(x), b.mul(b.sin(x), y)];
    for (let i = 0; i < count; i++) {
      link = b.sin(link);
      sum = b.add(sum, b.mul(link, y));
    }
    return planOf([link, sum]);
  }

  it("is taken while they are made, so that none is kept for it", () => {
    const sizes = [10, 100, 1000].map((count) => chain(count).arenaSize);
    expect(sizes).toEqual([sizes[0], sizes[0], sizes[0]]);
  });

  it("waits for both of a pair", () => {
    const b = newCalculus();
    const [x, y, z] = inputsOf(b) as [OperatorNode, OperatorNode, OperatorNode];
    const [first, second] = [b.elementwise("tanh", x), b.elementwise("sech_squared", x)];
    const p = planOf([b.mul(first, second), b.add(b.add(b.add(first, y), z), y)]);
    const values = [0.5, 0.25, 0.125] as const;
    const tanh = scalarKernels.tanh(values[0], 0, 0);
    for (const [name, machineOf] of machines)
      expect(
        runOn(machineOf(p), p, valuesOf(values)).results.map(({ data }) => data[0]),
        name,
      ).toEqual([
        tanh * scalarKernels.sech_squared(values[0], 0, 0),
        tanh + values[1] + values[2] + values[1],
      ]);
  });
});
