import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { derivatives, pullback } from "../../src/autodiff/reverse.js";
import { broadcast } from "../../src/graph/shape.js";
import { topologicalOrder } from "../../src/graph/topology.js";
import { unbroadcast } from "../../src/ops/unbroadcast.js";
import { sizeOf } from "../../src/tensor.js";
import { evaluator, inputNode, newCalculus, randomSource, sample } from "../support/graph.js";

describe("reverse accumulation", () => {
  it("visits only nodes on a path from an input asked for to the output", () => {
    const b = newCalculus();
    const x = inputNode(b, "x", []);
    const y = inputNode(b, "y", []);
    let aside = y;
    for (let i = 0; i < 1000; i++) aside = b.sin(b.add(aside, i));
    const output = b.add(b.mul(x, 3), aside);
    const before = b.builder.size;
    const [dx] = derivatives(b, output, [x]);
    expect(b.builder.size - before).toBeLessThan(5);
    expect(evaluator([dx!])(new Map())[0]!.data[0]).toBe(3);
  });

  it("makes no node for what is not connected", () => {
    const b = newCalculus();
    const [x, y] = [inputNode(b, "x", [2]), inputNode(b, "y", [2])];
    const output = b.sum(b.where(b.greater(x, 0), y, 1), null);
    // The condition of `where` passes no derivative.
    expect(derivatives(b, output, [x])).toEqual([null]);
    expect(derivatives(b, b.node(2), [x, y])).toEqual([null, null]);
  });

  it("grows linearly where one node feeds many", () => {
    const b = newCalculus();
    const x = inputNode(b, "x", []);
    let y = x;
    for (let i = 0; i < 2000; i++) y = b.add(b.mul(y, 0.5), b.mul(y, 0.5));
    const [dx] = derivatives(b, y, [x]);
    expect(topologicalOrder([dx!]).length).toBeLessThan(12_000);
    expect(evaluator([dx!])(new Map())[0]!.data[0]).toBe(1);
  });

  it("differentiates a chain of a hundred thousand operations", () => {
    const b = newCalculus();
    const x = inputNode(b, "x", []);
    let y = x;
    for (let i = 0; i < 100_000; i++) y = b.neg(y);
    const [dx] = derivatives(b, y, [x]);
    expect(evaluator([dx!])(new Map())[0]!.data[0]).toBe(1);
  });

  it("carries a batch of cotangents as it carries each of them alone", () => {
    const b = newCalculus();
    const x = inputNode(b, "x", [3]);
    const y = inputNode(b, "y", [2, 3]);
    const output = b.matmul(b.apply("softmax", [b.mul(x, y)], { axes: [-1] }), b.matrixTranspose(y));
    const seeds = inputNode(b, "seeds", [4, 2, 2]);
    const batched = pullback(b, output, seeds, [x, y]);
    const random = randomSource(5);
    const values = new Map([
      ["x", sample(random, [3], [-1, 1])],
      ["y", sample(random, [2, 3], [-1, 1])],
      ["seeds", sample(random, [4, 2, 2], [-1, 1])],
    ]);
    const [all] = evaluator([batched.get(y)!])(values);
    for (let k = 0; k < 4; k++) {
      const seed = b.constant({ shape: [2, 2], data: values.get("seeds")!.data.slice(4 * k, 4 * k + 4) });
      const [one] = evaluator([pullback(b, output, seed, [y]).get(y)!])(values);
      one!.data.forEach((value, i) => {
        expect(all!.data[6 * k + i]).toBeCloseTo(value, 14);
      });
    }
  });
});

describe("un-broadcasting", () => {
  const axis = fc.integer({ min: 1, max: 3 });
  const shape = fc.array(axis, { maxLength: 3 });

  it("is the transpose of broadcasting: <un-broadcast(c), x> = <c, broadcast(x)>", () => {
    fc.assert(
      fc.property(shape, shape, fc.array(axis, { maxLength: 2 }), (full, ones, batch) => {
        // A shape that broadcasts to `full`: some trailing axes of it, some of them 1.
        const target = full
          .slice(Math.min(full.length, ones.length))
          .map((size, i) => (ones[i % 3] === 1 ? 1 : size));
        expect(broadcast(full, target)).toEqual(full);
        const b = newCalculus();
        const x = inputNode(b, "x", target);
        const c = inputNode(b, "c", [...batch, ...full]);
        const reduced = unbroadcast(b, c, target, batch.length);
        expect(reduced.shape).toEqual([...batch, ...target]);
        const left = b.sum(b.mul(reduced, x), null);
        const right = b.sum(b.mul(c, b.broadcastTo(x, full)), null);
        const random = randomSource(sizeOf(full));
        const values = new Map([
          ["x", sample(random, target, [-1, 1])],
          ["c", sample(random, [...batch, ...full], [-1, 1])],
        ]);
        const [p, q] = evaluator([left, right])(values);
        expect(p!.data[0]).toBeCloseTo(q!.data[0]!, 12);
      }),
    );
  });
});
