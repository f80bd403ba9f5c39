import type { OperatorNode } from "../../graph/node.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { sameShape, sizeOf } from "../../tensor.js";
import { type Identity, identity, is, numbersOf, operandOf } from "../identity.js";

const matrices = [
  [
    [2, 3],
    [2, 3],
  ],
] as const;

const cube = [
  [
    [2, 3, 4],
    [2, 3, 4],
  ],
] as const;

const square = [
  [
    [3, 3],
    [3, 3],
  ],
] as const;

/** Whether a cut of the last axes leaves them as they are; `sizes` are theirs before it. */
const isWhole = (
  starts: readonly number[],
  steps: readonly number[],
  counts: readonly number[],
  sizes: readonly number[],
) => counts.every((count, i) => count === sizes[i] && starts[i] === 0 && (steps[i] === 1 || count === 1));

const lists = ["starts", "steps"] as const;

/** Two slices of one tensor as one, where the second begins along an axis where the first ends. */
function oneSlice(
  b: Calculus,
  first: OperatorNode,
  second: OperatorNode,
  axis: number,
): OperatorNode | undefined {
  if (!is(first, "slice") || !is(second, "slice") || first.inputs[0] !== second.inputs[0]) return undefined;
  const starts = numbersOf(first, "starts");
  const others = numbersOf(second, "starts");
  const at = starts.length + axis;
  if (others.length !== starts.length || at < 0) return undefined;
  const isEven = [first, second].every((part) =>
    numbersOf(part, "steps").every((step, i) => step === 1 || numbersOf(part, "counts")[i] === 1),
  );
  const counts = numbersOf(first, "counts");
  const isBehind = starts.every((start, i) => others[i] === (i === at ? start + counts[i]! : start));
  if (!isEven || !isBehind) return undefined;
  return b.apply("slice", [first.inputs[0]!], {
    starts,
    steps: starts.map(() => 1),
    counts: counts.map((count, i) => (i === at ? count + numbersOf(second, "counts")[i]! : count)),
  });
}

export const shapingIdentities: readonly Identity[] = [
  identity(
    "named x = x",
    "named",
    (_b, [x]) => x,
    (b, x) => b.apply("named", [x], { name: "x" }),
  ),
  identity(
    "reshape(x, shape of x) = broadcast_to(x, shape of x) = x",
    ["reshape", "broadcast_to"],
    (_b, [x], { shape }) => (sameShape(x!.shape, shape) ? x : undefined),
    (b, x) => b.apply("reshape", [b.apply("broadcast_to", [x], { shape: x.shape })], { shape: x.shape }),
  ),
  identity(
    "reshape(reshape(x)) = reshape(x)",
    "reshape",
    (b, [x], { shape }) => (is(x!, "reshape") ? b.reshape(x!.inputs[0]!, shape) : undefined),
    (b, x) => b.reshape(b.reshape(x, [6, 1]), [3, 2]),
    { shapes: matrices },
  ),
  identity(
    "broadcast_to(broadcast_to(x)) = broadcast_to(x)",
    "broadcast_to",
    (b, [x], { shape }) => (is(x!, "broadcast_to") ? b.broadcastTo(x!.inputs[0]!, shape) : undefined),
    (b, x) => b.broadcastTo(b.broadcastTo(x, [2, 2, 3]), [4, 2, 2, 3]),
    {
      shapes: [
        [[], []],
        [[3], [3]],
        [
          [2, 1],
          [2, 1],
        ],
      ],
    },
  ),
  identity(
    "broadcast_to(reshape(x, [1, …shape of x])) = broadcast_to(x)",
    "broadcast_to",
    (b, [x], { shape }) => {
      const inner = operandOf(x!, "reshape");
      if (inner === undefined) return undefined;
      const added = x!.shape.length - inner.shape.length;
      return added > 0 && sameShape(x!.shape.slice(added), inner.shape)
        ? b.broadcastTo(inner, shape)
        : undefined;
    },
    (b, x) => b.broadcastTo(b.reshape(x, [1, ...x.shape]), [4, ...x.shape]),
  ),
  identity(
    "elements of one repeated number in another arrangement = that number repeated",
    ["reshape", "transpose", "slice", "diagonal"],
    (b, [x], { shape }) => {
      const inner = operandOf(x!, "broadcast_to");
      return inner !== undefined && sizeOf(inner.shape) === 1
        ? b.broadcastTo(b.reshape(inner, []), shape)
        : undefined;
    },
    (b, x) => b.diagonal(b.transpose(b.reshape(b.broadcastTo(x, [6, 3]), [2, 9]), [1, 0])),
    {
      shapes: [
        [[], []],
        [[1], [1]],
      ],
    },
  ),
  identity(
    "transpose(x) in the order of the axes = x",
    "transpose",
    (_b, [x], node) => (numbersOf(node, "permutation").every((from, to) => from === to) ? x : undefined),
    (b, x) => b.apply("transpose", [x], { permutation: x.shape.map((_, axis) => axis) }),
  ),
  identity(
    "transpose(transpose(x)) = transpose(x)",
    "transpose",
    (b, [x], node) => {
      if (!is(x!, "transpose")) return undefined;
      const inner = numbersOf(x!, "permutation");
      return b.transpose(
        x!.inputs[0]!,
        numbersOf(node, "permutation").map((axis) => inner[axis]!),
      );
    },
    (b, x) => b.transpose(b.transpose(x, [1, 2, 0]), [0, 2, 1]),
    { shapes: cube },
  ),
  identity(
    "transpose(x) = reshape(x) where only axes of size 1 change places",
    "transpose",
    (b, [x], node) => {
      const moved = numbersOf(node, "permutation").filter((axis) => x!.shape[axis] !== 1);
      return moved.every((axis, i) => i === 0 || moved[i - 1]! < axis)
        ? b.reshape(x!, node.shape)
        : undefined;
    },
    (b, x) => b.transpose(x, [1, 0]),
    { shapes: [[[3, 1], []]] },
  ),
  identity(
    "slice(x, all of it) = embed(x, as all of it) = x",
    ["slice", "embed"],
    (_b, [x], node) => {
      const { length } = numbersOf(node, "starts");
      const [own, other] = [node.shape, x!.shape].map((shape) => shape.slice(shape.length - length));
      const [starts, steps] = lists.map((name) => numbersOf(node, name));
      return isWhole(starts!, steps!, own!, other!) ? x : undefined;
    },
    (b, x) => {
      const [starts, steps] = [[0], [1]];
      const slice = b.apply("slice", [x], { starts, steps, counts: [3] });
      return b.apply("embed", [slice], { starts, steps, sizes: [3] });
    },
    { shapes: matrices },
  ),
  identity(
    "slice(slice(x)) = slice(x)",
    "slice",
    (b, [x], node) => {
      if (!is(x!, "slice")) return undefined;
      const rank = node.shape.length;
      const cut = (slice: typeof node, name: "starts" | "steps", whole: number) => {
        const given = numbersOf(slice, name);
        return [...Array<number>(rank - given.length).fill(whole), ...given];
      };
      const [steps, outer] = [cut(x!, "steps", 1), cut(node, "starts", 0)];
      return b.apply("slice", [x!.inputs[0]!], {
        starts: cut(x!, "starts", 0).map((start, i) => start + outer[i]! * steps[i]!),
        steps: cut(node, "steps", 1).map((step, i) => step * steps[i]!),
        counts: node.shape,
      });
    },
    (b, x) => {
      const first = b.apply("slice", [x], { starts: [3], steps: [-1], counts: [3] });
      return b.apply("slice", [first], { starts: [1, 1], steps: [1, 1], counts: [2, 2] });
    },
    { shapes: cube },
  ),
  identity(
    "slice(embed(x)) = x for one and the same cut",
    "slice",
    (_b, [x], node) => {
      const inner = operandOf(x!, "embed");
      const isSame = lists.every((name) => `${numbersOf(node, name)}` === `${x!.attributes[name]}`);
      return inner !== undefined && isSame && sameShape(inner.shape, node.shape) ? inner : undefined;
    },
    (b, x) => {
      const cut = { starts: [6], steps: [-2] };
      return b.apply("slice", [b.apply("embed", [x], { ...cut, sizes: [8] })], { ...cut, counts: [3] });
    },
    { shapes: matrices },
  ),
  identity(
    "slice(concatenate(x, y)) = slice(y) within one part",
    "slice",
    (b, [x], node) => {
      if (!is(x!, "concatenate")) return undefined;
      const starts = numbersOf(node, "starts");
      const at = starts.length + (x!.attributes.axis as number);
      if (at < 0) return undefined;
      const count = numbersOf(node, "counts")[at]!;
      const last = starts[at]! + (count - 1) * numbersOf(node, "steps")[at]!;
      const [low, high] = [Math.min(starts[at]!, last), Math.max(starts[at]!, last)];
      let before = 0;
      for (const part of x!.inputs) {
        const size = part.shape.at(x!.attributes.axis as number)!;
        if (count > 0 && low >= before && high < before + size) {
          const moved = starts.map((start, i) => (i === at ? start - before : start));
          return b.apply("slice", [part], { ...node.attributes, starts: moved });
        }
        before += size;
      }
      return undefined;
    },
    (b, x, y) => {
      const joined = b.concatenate([x, y, x], 1);
      return b.apply("slice", [joined], { starts: [0, 5], steps: [1, -1], counts: [2, 2] });
    },
    { shapes: matrices },
  ),
  identity(
    "concatenate(slice(x), slice(x), y) = concatenate(slice(x), y) for cuts one behind the other",
    "concatenate",
    (b, inputs, node) => {
      const fromEnd = node.attributes.axis as number;
      const parts: OperatorNode[] = [];
      for (const part of inputs) {
        const whole = parts.length === 0 ? undefined : oneSlice(b, parts.at(-1)!, part, fromEnd);
        if (whole === undefined) parts.push(part);
        else parts[parts.length - 1] = whole;
      }
      return parts.length < inputs.length ? b.concatenate(parts, fromEnd) : undefined;
    },
    (b, x, y) => {
      const part = (start: number, count: number) =>
        b.apply("slice", [x], { starts: [1, start], steps: [1, 1], counts: [2, count] });
      return b.concatenate([part(0, 1), part(1, 2), part(3, 1), part(3, 1), y, part(0, 1)], 1);
    },
    {
      shapes: [
        [
          [3, 4],
          [2, 3],
        ],
      ],
    },
  ),
  identity(
    "diagonal(embed_diagonal(x)) = x",
    "diagonal",
    (_b, [x], node) => {
      const inner = operandOf(x!, "embed_diagonal");
      return inner !== undefined && sameShape(inner.shape, node.shape) ? inner : undefined;
    },
    (b, x) => b.diagonal(b.embedDiagonal(x, 3, 4)),
    { shapes: square },
  ),
];
