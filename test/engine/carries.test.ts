import fc from "fast-check";
import { expect, it } from "vitest";
import { loopNode } from "../../src/autodiff/loops.js";
import { plan } from "../../src/engine/plan.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { topologicalOrder } from "../../src/graph/topology.js";
import { defaultLimits } from "../../src/limits.js";
import type { GraphCalculus } from "../../src/ops/calculus.js";
import { type Loop, unpack } from "../../src/ops/loop.js";
import { sameShape, sizeOf, type Tensor } from "../../src/tensor.js";
import { evaluator, inputName, inputNode, newCalculus, randomSource, sample } from "../support/graph.js";

/** Makes a node from two earlier ones, all of n, 2 × n or n × 2 elements. */
type Make = (b: GraphCalculus, x: OperatorNode, y: OperatorNode) => OperatorNode;

const mean = (b: GraphCalculus, x: OperatorNode) => b.div(b.sum(x, null), sizeOf(x.shape));

const row = (b: GraphCalculus, x: OperatorNode, start: number) =>
  b.reshape(b.apply("slice", [x], { starts: [start, 0], steps: [1, 1], counts: [1, x.shape[1]!] }), [
    x.shape[1]!,
  ]);

/** A view that walks x by other strides. */
const inOtherOrder = (b: GraphCalculus, x: OperatorNode) =>
  b.transpose(b.reshape(x, [x.shape[1]!, 2]), [1, 0]);

const makes: readonly Make[] = [
  (b, x, y) => (sameShape(x.shape, y.shape) ? b.add(x, y) : b.sin(x)),
  (b, x, y) => (x.shape[0] === 2 || y.shape[0] === 2 ? b.sub(x, y) : b.cos(x)),
  (b, x, y) => b.add(b.mul(x, 0.5), b.broadcastTo(mean(b, y), x.shape)),
  (b, x) => b.sin(x),
  (b, x) => (x.shape.length === 2 ? row(b, x, 1) : b.neg(x)),
  (b, x) => (x.shape.length === 2 ? row(b, x, 0) : b.cos(x)),
  (b, x) => (x.shape.length === 2 ? inOtherOrder(b, x) : x),
  (b, x) => (x.shape.length === 2 ? b.sub(x, inOtherOrder(b, x)) : b.sin(x)),
  (b, x, y) => {
    if (x.shape.length === 2 || y.shape.length === 2) return b.cos(y);
    return b.concatenate([b.reshape(x, [1, x.shape[0]!]), b.reshape(y, [1, y.shape[0]!])], 0);
  },
  (b, x) => b.apply("softmax", [x], { axes: [-x.shape.length] }),
];

const choice = fc.record({ make: fc.nat(makes.length - 1), x: fc.nat(), y: fc.nat() });
const loops = fc.record({
  // Few elements run whole, many strip by strip.
  n: fc.constantFrom(3, 300),
  choices: fc.array(choice, { maxLength: 12 }),
  results: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
  /** What the condition of the loop reads, if it has one. */
  ends: fc.option(fc.nat()),
});
type Choices = typeof loops extends fc.Arbitrary<infer T> ? T : never;

const steps = 4;

/** A loop over random operations; any value of a step may be what is carried on or stacked. */
function build({ n, choices, results, ends }: Choices) {
  const b = newCalculus();
  const parameters = [
    inputNode(b, "p", [2, n]),
    inputNode(b, "q", [n]),
    inputNode(b, "r", [n]),
    inputNode(b, "s", [n]),
    inputNode(b, "t", [2, n]),
  ];
  const nodes = [...parameters];
  for (const { make, x, y } of choices)
    nodes.push(makes[make]!(b, nodes[x % nodes.length]!, nodes[y % nodes.length]!));
  const pick = (like: OperatorNode, k: number) => {
    // Mostly what was made last.
    const fitting = nodes.filter(({ shape }) => sameShape(shape, like.shape)).reverse();
    return fitting[k % fitting.length]!;
  };
  // A condition knows no slices.
  const sliced = new Set([parameters[3]!]);
  for (const node of topologicalOrder(nodes))
    if (node.inputs.some((input) => sliced.has(input))) sliced.add(node);
  const whole = nodes.filter((node) => !sliced.has(node)).reverse();
  const loop: Loop = {
    body: {
      parameters,
      results: [...parameters.slice(0, 3), ...parameters.slice(3)].map((like, i) => pick(like, results[i]!)),
    },
    carries: 3,
    sequences: 1,
    length: steps,
    reverse: false,
    counted: false,
    condition: ends === null ? null : b.greater(mean(b, whole[ends % whole.length]!), -0.1),
  };
  const inputs = [
    ...parameters.slice(0, 3).map(({ shape }, i) => inputNode(b, `first ${i}`, shape)),
    inputNode(b, "slices", [steps, n]),
    inputNode(b, "invariant", [2, n]),
  ];
  return { b, loop, inputs };
}

/** The same, step by step; `undefined` where the condition holds after the last step. */
function stepwise({ body, carries, condition }: Loop, given: readonly Tensor[]): Float64Array[] | undefined {
  const run = evaluator([...body.results, ...(condition === null ? [] : [condition])]);
  let state = given.slice(0, carries);
  const [slices, invariant] = given.slice(carries);
  const shape = slices!.shape.slice(1);
  const stacked = body.results.slice(carries).map((result) => new Float64Array(steps * sizeOf(result.shape)));
  for (let made = 0; ; made++) {
    const start = Math.min(made, steps - 1) * sizeOf(shape);
    const slice = { shape, data: slices!.data.slice(start, start + sizeOf(shape)) };
    const values = [...state, slice, invariant!];
    const all = run(new Map(body.parameters.map((parameter, i) => [inputName(parameter), values[i]!])));
    const goesOn = condition === null ? made < steps : all.at(-1)!.data[0] !== 0;
    if (!goesOn) {
      const count = condition === null ? [] : [Float64Array.of(made)];
      return [...state.map(({ data }) => data), ...stacked, ...count];
    }
    if (made === steps) return undefined;
    state = all.slice(0, carries);
    stacked.forEach((to, k) => {
      const { data } = all[carries + k]!;
      to.set(data, made * data.length);
    });
  }
}

it("carries on and stacks what each step gives, wherever it lies", () => {
  fc.assert(
    fc.property(loops, (choices) => {
      const { b, loop, inputs } = build(choices);
      const random = randomSource(5);
      const given = inputs.map(({ shape }) => sample(random, shape, [-1, 1]));
      const values = new Map(inputs.map((input, i) => [inputName(input), given[i]!]));
      const run = evaluator(unpack(b, loopNode(b, loop, inputs), loop));
      const expected = stepwise(loop, given);
      if (expected === undefined) expect(() => run(values)).toThrow();
      else expect(run(values).map(({ data }) => data)).toEqual(expected);
    }),
    { numRuns: 600 },
  );
});

/** Words of a plan's code. */
const words = (nodes: readonly OperatorNode[]) => plan(nodes, defaultLimits).code.length;

it("computes the parts of a concatenation where they are wanted", () => {
  const b = newCalculus();
  const [x, y] = [inputNode(b, "x", [2, 3]), inputNode(b, "y", [1, 3])];
  const parts = [b.sin(x), b.reshape(b.exp(y), [1, 3]), b.cos(b.sin(x))];
  expect(words([b.concatenate(parts, 0)])).toBe(words(parts));
});

it("computes a carry over the one before it, after the last use of that", () => {
  const b = newCalculus();
  const [x, y] = [inputNode(b, "x", [3]), inputNode(b, "y", [3])];
  const inputs = [inputNode(b, "p", [3]), inputNode(b, "q", [3])];
  const options = { carries: 1, sequences: 0, length: 5, reverse: false, counted: false, condition: null };
  const wordsOf = (...results: OperatorNode[]) =>
    words([loopNode(b, { ...options, body: { parameters: [x, y], results } }, inputs)]);
  const next = b.mul(x, y);
  // A copy takes 8 words, a product of two operands 5, and 3 say what is stacked.
  expect(wordsOf(b.mul(next, y)) - wordsOf(next)).toBe(5);
  expect(wordsOf(next, x) - wordsOf(next)).toBe(8 + 3);
});

it("keeps the parts of a concatenation for those who read them after it", () => {
  const b = newCalculus();
  const x = inputNode(b, "x", [3]);
  const part = b.sin(x);
  const whole = b.concatenate([part, b.cos(x)], 0);
  const values = new Map([["x", { shape: [3], data: Float64Array.of(1, 2, 3) }]]);
  // The whole is used for the last time by the exponential, which takes its room.
  const [actual] = evaluator([b.add(b.exp(whole), b.concatenate([b.neg(part), part], 0))])(values);
  const sines = [1, 2, 3].map((value) => evaluator([part])(values)[0]!.data[value - 1]!);
  expect(actual!.data.slice(0, 3)).toEqual(
    Float64Array.from(sines, (sine, i) => evaluator([b.exp(part)])(values)[0]!.data[i]! - sine),
  );
});

it("leaves the carries alone where the condition ends a loop", () => {
  const b = newCalculus();
  const [x, y] = [inputNode(b, "x", [3]), inputNode(b, "y", [6])];
  const next = b.concatenate([b.sin(x), b.cos(x)], 0);
  const loop: Loop = {
    body: { parameters: [x, y], results: [b.neg(x), next] },
    carries: 2,
    sequences: 0,
    length: 5,
    reverse: false,
    counted: false,
    condition: b.greater(b.add(b.sum(y, null), b.sum(next, null)), 100),
  };
  const inputs = [inputNode(b, "p", [3]), inputNode(b, "q", [6])];
  const values = new Map(
    inputs.map((input) => [inputName(input), sample(randomSource(1), input.shape, [0, 1])]),
  );
  const given = inputs.map((input) => values.get(inputName(input))!.data);
  const pieces = unpack(b, loopNode(b, loop, inputs), loop);
  expect(evaluator(pieces)(values).map(({ data }) => data)).toEqual([...given, Float64Array.of(0)]);
});
