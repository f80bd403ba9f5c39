import type { OperatorNode } from "../../graph/node.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { sameShape, sizeOf } from "../../tensor.js";
import { type Identity, identity, numbersOf, type OpName, operandOf } from "../identity.js";

/** Reductions that give a single element back as it is. */
const reductions: readonly OpName[] = ["sum", "max", "min"];

/** The reduction of the same name over other axes of another operand; none leave it as it is. */
const reduce = (
  b: Calculus,
  { op }: OperatorNode,
  x: OperatorNode,
  axes: readonly number[],
  keepdims: boolean,
) => (axes.length === 0 ? x : b.reduce(op.name, x, axes, keepdims));

/** The axes of a reduction of `broadcast_to(x)`: those along which x is repeated, and the others. */
function splitAxes(x: OperatorNode, repeated: OperatorNode, axes: readonly number[]) {
  const isRepeated = (axis: number) =>
    -axis > x.shape.length || (x.shape.at(axis) === 1 && repeated.shape.at(axis) !== 1);
  return { along: axes.filter(isRepeated), real: axes.filter((axis) => !isRepeated(axis)) };
}

/** Without axes of size 1 that a reduction with `keepdims` would keep and the one of the node does not. */
const withoutAxes = (b: Calculus, x: OperatorNode, axes: readonly number[]) =>
  b.reshape(
    x,
    x.shape.filter((_, i) => !axes.includes(i - x.shape.length)),
  );

/** The reduction of what repeats, without the repetition, in the shape of the node. */
function reduceOnce(
  b: Calculus,
  node: OperatorNode,
  factor: (count: number) => number,
): OperatorNode | undefined {
  const [repeated] = node.inputs;
  const x = operandOf(repeated!, "broadcast_to");
  if (x === undefined) return undefined;
  const axes = numbersOf(node, "axes");
  const { along, real } = splitAxes(x, repeated!, axes);
  const count = along.reduce((product, axis) => product * repeated!.shape.at(axis)!, 1);
  // Nothing repeated 0 times sums to 0, whatever it is.
  if (along.length === 0 || count === 0) return undefined;
  const kept = reduce(b, node, x, real, true);
  const reduced = node.attributes.keepdims ? kept : withoutAxes(b, kept, axes);
  const scale = factor(count);
  return b.broadcastTo(scale === 1 ? reduced : b.mul(reduced, scale), node.shape);
}

const repeatedExample = (name: OpName): Identity["example"] => {
  return (b, x) => {
    const repeated = b.broadcastTo(x, [4, 2, 3]);
    return b.add(b.reduce(name, repeated, [0, 1]), b.reduce(name, repeated, [0, 2], true));
  };
};

const repeatedShapes = [
  [[], []],
  [[3], []],
  [[2, 1], []],
] as const;

export const reductionIdentities: readonly Identity[] = [
  identity(
    "sum(x), max(x), min(x) over axes of size 1 = reshape(x)",
    reductions,
    (b, [x], node) => {
      const axes = numbersOf(node, "axes");
      const real = axes.filter((axis) => x!.shape.at(axis) !== 1);
      if (real.length === axes.length && axes.length > 0) return undefined;
      return b.reshape(reduce(b, node, x!, real, false), node.shape);
    },
    (b, x) => b.add(b.sum(x, [1]), b.add(b.reduce("max", x, [1, 2], true), b.reduce("min", x, [1, 0]))),
    { shapes: [[[2, 1, 3], []]] },
  ),
  identity(
    "sum(broadcast x) = count * sum(x)",
    "sum",
    (b, _inputs, node) => reduceOnce(b, node, (count) => count),
    repeatedExample("sum"),
    {
      shapes: repeatedShapes,
      difference: { ulps: 64, because: "a product is rounded once, a sum of equal terms once for each" },
    },
  ),
  identity(
    "sum(-x) = -sum(x)",
    "sum",
    (b, [x], node) => {
      const inner = operandOf(x!, "neg");
      if (inner === undefined || sizeOf(node.shape) === sizeOf(inner.shape)) return undefined;
      return b.neg(b.sum(inner, numbersOf(node, "axes"), node.attributes.keepdims === true));
    },
    (b, x) => b.sum(b.neg(x), [-1]),
    {
      shapes: [
        [[3], []],
        [[2, 3], []],
        [[600], []],
      ],
      difference: { ulps: 0, signOfZero: true, because: "numbers that cancel give +0, whatever their signs" },
    },
  ),
  identity(
    "max(broadcast x) = max(x), min likewise",
    ["max", "min"],
    (b, _inputs, node) => reduceOnce(b, node, () => 1),
    (b, x, y) => b.sub(repeatedExample("max")(b, x, y), repeatedExample("min")(b, x, y)),
    { shapes: repeatedShapes },
  ),
  identity(
    "sum(reshape(x)) = sum(x) where the shape only gained axes of size 1 and all is summed",
    "sum",
    (b, [x], node) => {
      const inner = operandOf(x!, "reshape");
      if (inner === undefined || node.shape.length > 0) return undefined;
      const large = (shape: readonly number[]) => shape.filter((size) => size !== 1);
      return sameShape(large(inner.shape), large(x!.shape)) ? b.sum(inner, null) : undefined;
    },
    (b, x) => b.sum(b.reshape(x, [1, 2, 1, 3]), null),
    { shapes: [[[2, 3], []]] },
  ),
];
