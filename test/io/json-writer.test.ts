import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readInputs, readValue } from "../../src/io/json-reader.js";
import { type JsonOptions, writeEvaluation, writeTensor } from "../../src/io/json-writer.js";
import type { Evaluation, Gradient } from "../../src/results.js";
import { scalar, type Tensor } from "../../src/tensor.js";

const tensor = (shape: number[], ...data: number[]): Tensor => ({ shape, data: Float64Array.from(data) });
const gradient = (output: string, input: string, value: Tensor): Gradient => ({
  output,
  input,
  outputRank: 0,
  connected: true,
  tensor: value,
});
const write = (evaluation: Evaluation, options?: JsonOptions) =>
  [...writeEvaluation(evaluation, options)].join("");
const text = (value: Tensor) => [...writeTensor(value)].join("");
const read = (json: string) => readValue(new TextEncoder().encode(json), "t", "x");

const chain: Evaluation = {
  outputs: [
    { name: "w", tensor: scalar(6) },
    { name: "σ", tensor: tensor([2], -0, 0.1) },
  ],
  gradients: [gradient("w", "x", tensor([1, 2], 1, 1e21)), gradient("w", "y", scalar(Number.NaN))],
};

describe("an evaluation", () => {
  test("is one line of JSON", () => {
    expect(write(chain)).toBe(
      '{"outputs":{"w":6,"σ":[-0,0.1]},"gradients":{"w":{"x":[[1,1e+21]],"y":"NaN"},"σ":{}}}\n',
    );
  });

  test("without gradients", () => {
    expect(write(chain, { gradients: false })).toBe('{"outputs":{"w":6,"σ":[-0,0.1]}}\n');
  });

  test("with nodes", () => {
    const nodes = [
      { name: "u", op: "sin", output: tensor([2], 0, 1), sumGrads: [gradient("w", "u", tensor([2], 1, 2))] },
      { name: 'a"b', op: "input", output: scalar(1), sumGrads: [] },
    ];
    expect(write({ outputs: [], gradients: [], nodes })).toBe(
      '{"outputs":{},"gradients":{},"nodes":{"u":{"op":"sin","shape":[2],"output":[0,1],"sum_grad":{"w":[1,2]}},"a\\"b":{"op":"input","shape":[],"output":1,"sum_grad":{}}}}\n',
    );
  });

  test("numbers that are not finite follow the policy", () => {
    const evaluation = {
      outputs: [{ name: "w", tensor: tensor([2, 2], 1, 2, 3, -Infinity) }],
      gradients: [],
    };
    expect(write(evaluation)).toContain('[[1,2],[3,"-Infinity"]]');
    expect(write(evaluation, { nonFinite: "null" })).toContain("[[1,2],[3,null]]");
    expect(() => writeEvaluation(evaluation, { nonFinite: "error" })).toThrow(
      "the output `w` at [1, 1] is -Infinity",
    );
    expect(() => writeEvaluation(chain, { nonFinite: "error" })).toThrow(
      "the derivative of `w` by `y` is NaN",
    );
    expect(write(chain, { nonFinite: "error", gradients: false })).toContain("outputs");
  });

  test("names that mean something to JavaScript or JSON", () => {
    const names = ["__proto__", "constructor", "\u2028", "\n", "0"];
    const json = write(
      { outputs: names.map((name) => ({ name, tensor: scalar(1) })), gradients: [] },
      { gradients: false },
    );
    expect([
      ...readInputs(new TextEncoder().encode(json.slice('{"outputs":'.length, -2)), "t").keys(),
    ]).toEqual(names);
  });
});

describe("a tensor", () => {
  test.each([
    [tensor([0]), "[]", [0]],
    [tensor([2, 0]), "[[],[]]", [2, 0]],
    [tensor([2, 0, 3]), "[[],[]]", [2, 0]],
    [tensor([2, 1, 0]), "[[[]],[[]]]", [2, 1, 0]],
    [tensor([2, 1, 2], 1, 2, 3, 4), "[[[1,2]],[[3,4]]]", [2, 1, 2]],
    [
      tensor([4], 2 ** 53, -(2 ** 60), 1e20, 123456789012),
      "[9.007199254740992e+15,-1.152921504606847e+18,1e+20,123456789012]",
      [4],
    ],
  ] as [Tensor, string, number[]][])("%#: %s", (value, expected, shape) => {
    expect(text(value)).toBe(expected);
    expect(read(expected).shape).toEqual(shape);
  });

  test("comes in chunks of bounded size", () => {
    for (const shape of [
      [300_000],
      [100_000, 3],
      [3, 100_000],
      [300, 2, 500],
      [2, 150_000, 1],
      [150, 2000],
      [7, 3, 5, 1000],
    ]) {
      const size = shape.reduce((a, b) => a * b, 1);
      const value = { shape, data: Float64Array.from({ length: size }, (_, i) => Math.sin(i)) };
      const chunks = [...writeTensor(value)];
      expect(chunks.length).toBeGreaterThan(10);
      expect(Math.max(...chunks.map((c) => c.length))).toBeLessThan(130_000);
      const back = read(chunks.join(""));
      expect(back.shape).toEqual(shape);
      expect(Buffer.from(back.data.buffer).equals(Buffer.from(value.data.buffer))).toBe(true);
    }
  });

  test("reads back as the same doubles, whatever the bits", () => {
    const shape = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });
    const bits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const anyDouble = fc.oneof(
      bits.map((b) => new Float64Array(BigUint64Array.of(b).buffer)[0]),
      fc.double(),
      fc.constantFrom(
        -0,
        0,
        5e-324,
        -5e-324,
        Number.MAX_VALUE,
        2 ** 53,
        2 ** 53 + 2,
        1e21,
        1e22,
        2 ** 1023,
        Number.NaN,
        Infinity,
      ),
      fc.integer({ min: 50, max: 1023 }).map((e) => 2 ** e),
    );
    const anyTensor = shape.chain((s) => {
      const size = s.reduce((a, b) => a * b, 1);
      return fc.array(anyDouble, { minLength: size, maxLength: size }).map((d) => tensor(s, ...d));
    });
    fc.assert(
      fc.property(anyTensor, (value) => {
        const json = text(value);
        JSON.parse(json);
        const back = read(json);
        expect(back.shape).toEqual(value.shape);
        expect(back.data.every((x, i) => Object.is(x, value.data[i]))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});
