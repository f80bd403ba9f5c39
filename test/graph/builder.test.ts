import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { broadcast } from "../../src/graph/shape.js";
import { topologicalOrder } from "../../src/graph/topology.js";
import { inputNode, newCalculus, randomSource } from "../support/graph.js";

describe("the builder", () => {
  it("gives one node for equal operations, and others for all that differs", () => {
    const b = newCalculus();
    const [x, y] = [inputNode(b, "x", [2, 3]), inputNode(b, "y", [2, 3])];
    expect(b.add(x, y)).toBe(b.add(x, y));
    expect(b.add(x, y)).not.toBe(b.add(y, x));
    expect(b.sum(x, [0])).toBe(b.sum(x, [-2]));
    expect(b.sum(x, [0])).not.toBe(b.sum(x, [1]));
    expect(inputNode(b, "x", [2, 3])).toBe(x);
  });

  it("tells 0 from −0 and shares NaN", () => {
    const b = newCalculus();
    expect(b.node(0)).not.toBe(b.node(-0));
    expect(b.node(Number.NaN)).toBe(b.node(Number.NaN));
    const tensor = (x: number) => b.constant({ shape: [1], data: Float64Array.of(x) });
    expect(tensor(0)).not.toBe(tensor(-0));
    expect(tensor(2)).toBe(tensor(2));
    expect(b.constant({ shape: [1, 1], data: Float64Array.of(2) })).not.toBe(tensor(2));
  });

  it("finds every node again among a hundred thousand", () => {
    const b = newCalculus();
    const random = randomSource(3);
    const nodes = [inputNode(b, "x", []), inputNode(b, "y", [])];
    const made: (readonly [number, number])[] = [];
    while (nodes.length < 100_000) {
      const pair = [Math.floor(random() * nodes.length), Math.floor(random() * nodes.length)] as const;
      const size = b.builder.size;
      const node = b.mul(nodes[pair[0]]!, nodes[pair[1]]!);
      if (b.builder.size === size) continue;
      made.push(pair);
      nodes.push(node);
    }
    made.forEach(([i, j], k) => {
      if (b.mul(nodes[i]!, nodes[j]!) !== nodes[k + 2]) expect.fail(`node ${k + 2} is not found again`);
    });
  });

  it("orders nodes after their inputs, each once, however deep the graph is", () => {
    const b = newCalculus();
    let x = inputNode(b, "x", []);
    for (let i = 0; i < 50_000; i++) x = b.add(b.sin(x), x);
    const order = topologicalOrder([x, x]);
    const position = new Map(order.map((node, i) => [node, i]));
    expect(position.size).toBe(order.length);
    expect(order).toHaveLength(100_001);
    expect(
      order.every((node) => node.inputs.every((input) => position.get(input)! < position.get(node)!)),
    ).toBe(true);
  });
});

describe("broadcasting shapes", () => {
  const shape = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 });

  /** NumPy's rule, said the other way round: pad with 1, then every pair is equal or holds a 1. */
  const expected = (a: readonly number[], b: readonly number[]) => {
    const rank = Math.max(a.length, b.length);
    const pad = (s: readonly number[]) => [...Array(rank - s.length).fill(1), ...s] as number[];
    const pairs = pad(a).map((size, i) => [size, pad(b)[i]!] as const);
    if (pairs.some(([p, q]) => p !== q && p !== 1 && q !== 1)) return undefined;
    return pairs.map(([p, q]) => (p === 1 ? q : p));
  };

  it("follows NumPy", () => {
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        expect(broadcast(a, b)).toEqual(expected(a, b));
        expect(broadcast(b, a)).toEqual(expected(a, b));
      }),
    );
  });
});
