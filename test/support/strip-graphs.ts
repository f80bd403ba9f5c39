import fc from "fast-check";
import type { OperatorNode } from "../../src/graph/node.js";
import type { GraphCalculus } from "../../src/ops/calculus.js";
import { type Shape, sameShape, type Tensor } from "../../src/tensor.js";
import { inputName, inputNode, newCalculus, randomSource, sample } from "./graph.js";

/** Random graphs of elementwise work and reductions over one space, for strips. */

/** Spaces around the limits of a strip of 256 elements. */
export const spaces: readonly Shape[] = [
  [513],
  [2, 256],
  [3, 257],
  [700, 3],
  [3, 700],
  [37, 29],
  [1, 600],
  [600, 1],
  [2, 3, 100],
  [16, 17, 3],
  [2, 1, 300],
  [300, 300],
];

/** What a step is made from: numbers that choose among what there is. */
const choice = fc.record({ step: fc.nat(), x: fc.nat(), y: fc.nat(), z: fc.nat(), k: fc.nat() });
type Choice = typeof choice extends fc.Arbitrary<infer T> ? T : never;

export interface Recipe {
  readonly shape: Shape;
  readonly choices: readonly Choice[];
  /** Bits that say which nodes are asked for besides the last one. */
  readonly asked: number;
  readonly seed: number;
}

export const recipes = (maxLength: number): fc.Arbitrary<Recipe> =>
  fc.record({
    shape: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...spaces.slice(0, -1)) },
      { weight: 1, arbitrary: fc.constant(spaces.at(-1)!) },
    ),
    choices: fc.array(choice, { minLength: 2, maxLength }),
    asked: fc.nat(),
    seed: fc.integer({ min: 1 }),
  });

export interface StripGraph {
  readonly b: GraphCalculus;
  readonly inputs: readonly OperatorNode[];
  /** In the order in which they were made. */
  readonly nodes: readonly OperatorNode[];
  /** Of `nodes`: the last one, and some in the middle of chains. */
  readonly asked: readonly OperatorNode[];
}

/** Reductions whose result depends on the order in which they run. */
const inexact = new Set(["sum", "prod"]);
export const isInexact = ({ op }: OperatorNode) => inexact.has(op.name);

const unary = ["neg", "abs", "square", "sin", "tanh", "sigmoid", "exp", "floor", "sqrt", "sign", "relu"];
const binary = ["add", "sub", "mul", "div", "maximum", "minimum", "hypot", "less", "equal", "arctan2"];
const reducers = ["sum", "max", "min", "prod", "logsumexp", "norm"];

/** Views of other inputs that broadcast to the space, or have its shape. */
function operands(b: GraphCalculus, shape: Shape): OperatorNode[] {
  const ones = shape.map(() => 1);
  const slice = (x: OperatorNode, starts: number[], steps: number[]) =>
    b.apply("slice", [x], { starts, steps, counts: [...shape] });
  const reversed = inputNode(b, "reversed", [...shape].reverse());
  const doubled = inputNode(
    b,
    "doubled",
    shape.map((size) => 2 * size),
  );
  const row = inputNode(b, "row", shape.slice(-1));
  const column = inputNode(b, "column", [...shape.slice(0, -1), 1]);
  const full = inputNode(b, "full", shape);
  return [
    full,
    inputNode(b, "other", shape),
    row,
    column,
    inputNode(b, "wide", [1, ...shape.slice(1)]),
    inputNode(b, "number", []),
    inputNode(b, "ones", ones),
    b.node(0.75),
    b.transpose(
      reversed,
      shape.map((_, axis) => shape.length - 1 - axis),
    ),
    slice(
      doubled,
      shape.map((size) => 2 * size - 1),
      shape.map(() => -2),
    ),
    slice(
      doubled,
      shape.map(() => 1),
      shape.map((_, i) => (i % 2 === 0 ? 2 : 1)),
    ),
    slice(
      full,
      shape.map((size) => size - 1),
      shape.map(() => -1),
    ),
    b.broadcastTo(row, shape),
    b.broadcastTo(column, shape),
    b.apply("named", [b.broadcastTo(inputNode(b, "number", []), shape)], { name: "spread" }),
  ];
}

const pick = <T>(list: readonly T[], k: number): T => list[k % list.length]!;

/** The axes that the bits of `k` name, at least one. */
function axesFrom(rank: number, k: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => (k >> axis) & 1);
  return axes.length === 0 ? [rank - 1] : axes;
}

export function buildStripGraph({ shape, choices, asked }: Recipe): StripGraph {
  const b = newCalculus();
  const leaves = operands(b, shape);
  const nodes: OperatorNode[] = [];
  /** What can stand in the space; what was made last is read more often, so that chains grow long. */
  const usable = [...leaves];
  const recent = (k: number) =>
    k % 2 === 0 ? usable[Math.max(0, usable.length - 1 - ((k >> 1) % 4))]! : pick(usable, k >> 1);
  const whole = (x: OperatorNode) => (sameShape(x.shape, shape) ? x : b.add(x, leaves[0]!));
  const add = (node: OperatorNode, isUsable = true) => {
    nodes.push(node);
    if (isUsable) usable.push(node);
  };
  const reduce = (x: OperatorNode, name: string, k: number) => {
    // A product stays near 1, so that it neither overflows nor vanishes on the way, in whatever order.
    const source = name === "prod" ? b.add(1, b.mul(1e-3, b.sin(x))) : x;
    const keepdims = (k >> 4) % 2 === 0;
    add(b.reduce(name, source, axesFrom(shape.length, k), keepdims), keepdims);
  };
  const kinds: readonly ((c: Choice) => void)[] = [
    ({ x, k }) => add(b.elementwise(pick(unary, k), recent(x))),
    ({ x, k }) => add(b.elementwise(pick(unary, k), whole(recent(x)))),
    ({ x, y, k }) => add(b.elementwise(pick(binary, k), recent(x), recent(y))),
    ({ x, y, k }) => add(b.elementwise(pick(binary, k), whole(recent(x)), recent(y))),
    ({ x, y, k }) => add(b.elementwise(pick(binary, k), recent(x), whole(recent(y)))),
    ({ x, y, z }) => add(b.where(b.sin(recent(x)), recent(y), recent(z))),
    ({ x, y, z }) => add(b.where(recent(x), whole(recent(y)), recent(z))),
    ({ x, k }) =>
      add(
        k % 2 === 0
          ? b.apply("stop_gradient", [recent(x)])
          : b.apply("named", [recent(x)], { name: `n${nodes.length}` }),
      ),
    ({ x, k, z }) => reduce(whole(recent(x)), pick(reducers, z), k),
    // Several reductions of one chain at once.
    ({ x, k, y, z }) => {
      const source = whole(recent(x));
      reduce(source, pick(reducers, z), k);
      reduce(source, pick(reducers, z >> 3), y);
    },
    // What no group can hold, whose inputs must be whole before it, and what reads it again.
    ({ x }) => {
      const source = whole(recent(x));
      add(b.apply("softmax", [source], { axes: [-1] }));
    },
    ({ x, y }) => {
      const source = whole(recent(x));
      const flipped = b.apply("slice", [source], {
        starts: shape.map((size) => size - 1),
        steps: shape.map(() => -1),
        counts: [...shape],
      });
      add(flipped);
      add(b.add(flipped, recent(y)));
    },
    ({ x }) => add(b.concatenate([whole(recent(x)), leaves[0]!], 0), false),
  ];
  for (const c of choices) pick(kinds, c.step)(c);
  const all = nodes.filter(({ id }, i) => nodes.findIndex((other) => other.id === id) === i);
  const middle = all.filter((_, i) => (asked >> (i % 31)) % 4 === 1);
  return {
    b,
    inputs: inputsOf(all),
    nodes: all,
    asked: [...new Set([...middle, all.at(-1)!])],
  };
}

/** All nodes that these read, however far away, each after its inputs. */
export function ancestors(nodes: readonly OperatorNode[]): OperatorNode[] {
  const found = new Set<OperatorNode>();
  const visit = (node: OperatorNode) => {
    if (found.has(node)) return;
    node.inputs.forEach(visit);
    found.add(node);
  };
  nodes.forEach(visit);
  return [...found];
}

export const inputsOf = (nodes: readonly OperatorNode[]) =>
  ancestors(nodes).filter(({ op }) => op.name === "input");

/** Numbers of both signs, with zeros of both signs and ties among them. */
export function valuesFor(inputs: readonly OperatorNode[], seed: number): Map<string, Tensor> {
  const random = randomSource(seed);
  return new Map(
    inputs.map((node) => {
      const tensor = sample(random, node.shape, [-2, 2]);
      for (let i = 0; i < tensor.data.length; i++) {
        const draw = random();
        if (draw < 0.05) tensor.data[i] = draw < 0.025 ? 0 : -0;
        else if (draw < 0.1) tensor.data[i] = 1;
      }
      return [inputName(node), tensor] as const;
    }),
  );
}

/** The first elements that differ in their bits; NaNs are all alike. */
export function differences(found: Tensor, expected: Tensor): unknown[] {
  const different: unknown[] = [];
  if (found.data.length !== expected.data.length) return [[found.shape, expected.shape]];
  for (let i = 0; i < found.data.length && different.length < 3; i++)
    if (!Object.is(found.data[i], expected.data[i])) different.push([i, found.data[i], expected.data[i]]);
  return different;
}
