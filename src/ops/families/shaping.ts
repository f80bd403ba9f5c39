import { fault, type Span } from "../../diagnostics.js";
import type { Attributes, OperatorNode } from "../../graph/node.js";
import { broadcast } from "../../graph/shape.js";
import { formatShape, type Shape, sameShape, sizeOf } from "../../tensor.js";
import { axesFromEnd } from "../axes.js";
import { builtin, optional, required } from "../builtin.js";
import { type BatchRule, moves, tensorOps } from "../op.js";
import { checkSizes } from "../sizes.js";
import { alignTangent, batchOf, linear, ofOneInput } from "../tangents.js";
import type { Calculus } from "../vocabulary.js";

const numbers = (attributes: Attributes, name: string) => attributes[name] as readonly number[];

/** `slice` and `embed` describe the trailing axes that they cut; the axes in front pass whole. */
function sliceShape([x]: readonly OperatorNode[], attributes: Attributes): Shape {
  const counts = numbers(attributes, "counts");
  return [...x!.shape.slice(0, x!.shape.length - counts.length), ...counts];
}

function concatenatedShape(
  inputs: readonly OperatorNode[],
  attributes: Attributes,
  span: Span | undefined,
): Shape {
  const first = inputs[0]!.shape;
  const axis = first.length + (attributes.axis as number);
  let total = 0;
  for (const { shape } of inputs) {
    if (shape.length !== first.length || shape.some((size, i) => i !== axis && size !== first[i])) {
      throw fault(
        "shape-rule",
        {
          op: "`concatenate`",
          reason: `the shapes ${formatShape(first)} and ${formatShape(shape)} differ outside the joined axis`,
        },
        span,
      );
    }
    total += shape[axis]!;
  }
  return first.map((size, i) => (i === axis ? total : size));
}

/** The shape of a node with batch axes in front. */
const withBatch: BatchRule = ({ shape }, batch) => ({ shape: [...batch, ...shape] });

/** An order of axes behind those of a batch. */
const behindBatch: BatchRule = ({ attributes }, batch) => ({
  permutation: [
    ...batch.map((_, axis) => axis),
    ...numbers(attributes, "permutation").map((axis) => batch.length + axis),
  ],
});

export const shaping = tensorOps({
  reshape: moves({
    doc: "The same elements in row-major order under another shape.",
    shape: ([x], attributes, span) => {
      const shape = numbers(attributes, "shape");
      if (sizeOf(shape) !== sizeOf(x!.shape)) {
        throw fault(
          "shape-rule",
          {
            op: "`reshape`",
            reason: `the shape ${formatShape(x!.shape)} has ${sizeOf(x!.shape)} elements, ${formatShape(shape)} has ${sizeOf(shape)}`,
          },
          span,
        );
      }
      return shape;
    },
    vjp: (b, cotangent, node) =>
      b.reshape(cotangent, [...batchOf(cotangent, node.shape), ...node.inputs[0]!.shape]),
    jvp: linear(withBatch),
    batch: withBatch,
  }),
  transpose: moves({
    doc: "Axes in another order: axis i of the result is axis permutation[i] of x.",
    shape: ([x], attributes) => numbers(attributes, "permutation").map((axis) => x!.shape[axis]!),
    vjp: (b, cotangent, node) => {
      const permutation = numbers(node.attributes, "permutation");
      const batch = cotangent.shape.length - permutation.length;
      const inverse = Array.from({ length: cotangent.shape.length }, (_, axis) => axis);
      permutation.forEach((from, to) => {
        inverse[batch + from] = batch + to;
      });
      return b.transpose(cotangent, inverse);
    },
    jvp: linear(behindBatch),
    batch: behindBatch,
  }),
  broadcast_to: moves({
    doc: "x repeated along new axes and axes of size 1, as NumPy broadcasts.",
    batch: withBatch,
    stretches: true,
    shape: ([x], attributes, span) => {
      const shape = numbers(attributes, "shape");
      const joined = broadcast(x!.shape, shape);
      if (joined === undefined || !sameShape(joined, shape)) {
        throw fault(
          "shape-rule",
          {
            op: "`broadcast_to`",
            reason: `the shape ${formatShape(x!.shape)} does not broadcast to ${formatShape(shape)}`,
          },
          span,
        );
      }
      return shape;
    },
    vjp: (_b, cotangent) => cotangent,
    jvp: ofOneInput((b, tangent, { inputs: [x], shape }) =>
      b.broadcastTo(alignTangent(b, tangent, x!.shape, shape.length), [
        ...batchOf(tangent, x!.shape),
        ...shape,
      ]),
    ),
  }),
  slice: moves({
    doc: "Every step-th element from a start, along each of the last axes.",
    shape: sliceShape,
    vjp: (b, cotangent, node) => {
      const { starts, steps, counts } = node.attributes as Record<
        "starts" | "steps" | "counts",
        readonly number[]
      >;
      const sizes = node.inputs[0]!.shape.slice(node.shape.length - counts.length);
      return b.apply("embed", [cotangent], { starts, steps, sizes });
    },
    jvp: linear(),
  }),
  embed: moves({
    doc: "Zeros with x written where `slice` would read: the transpose of `slice`.",
    shape: ([x], attributes) => {
      const sizes = numbers(attributes, "sizes");
      return [...x!.shape.slice(0, x!.shape.length - sizes.length), ...sizes];
    },
    vjp: (b, cotangent, node) => {
      const { starts, steps, sizes } = node.attributes as Record<
        "starts" | "steps" | "sizes",
        readonly number[]
      >;
      const counts = node.inputs[0]!.shape.slice(node.shape.length - sizes.length);
      return b.apply("slice", [cotangent], { starts, steps, counts });
    },
    jvp: linear(),
  }),
  concatenate: moves({
    doc: "The inputs one after another along an axis.",
    alike: true,
    shape: concatenatedShape,
    vjp: (b, cotangent, node, index) => {
      const axis = node.attributes.axis as number;
      const trailing = cotangent.shape.slice(axis);
      const before = numbers(node.attributes, "offsets")[index]!;
      return b.apply("slice", [cotangent], {
        starts: trailing.map((_, i) => (i === 0 ? before : 0)),
        steps: trailing.map(() => 1),
        counts: trailing.map((size, i) => (i === 0 ? node.inputs[index]!.shape.at(axis)! : size)),
      });
    },
    jvp: linear(),
  }),
  diagonal: moves({
    doc: "The diagonal of the last two axes, as the last axis.",
    shape: ([x], _attributes, span) => {
      const rank = x!.shape.length;
      if (rank < 2) {
        throw fault(
          "shape-rule",
          { op: "`diagonal`", reason: `the shape ${formatShape(x!.shape)} has no matrix axes` },
          span,
        );
      }
      return [...x!.shape.slice(0, rank - 2), Math.min(x!.shape[rank - 2]!, x!.shape[rank - 1]!)];
    },
    vjp: (b, cotangent, node) => {
      const [rows, columns] = node.inputs[0]!.shape.slice(-2);
      return b.embedDiagonal(cotangent, rows!, columns!);
    },
    jvp: linear(),
  }),
  embed_diagonal: moves({
    doc: "Matrices with the last axis on their diagonal and 0 elsewhere: the transpose of `diagonal`.",
    shape: ([x], attributes) => [
      ...x!.shape.slice(0, -1),
      attributes.rows as number,
      attributes.columns as number,
    ],
    vjp: (b, cotangent) => b.diagonal(cotangent),
    jvp: linear(),
  }),
});

const fail = (b: Calculus, op: string, reason: string) =>
  fault("shape-rule", { op: `\`${op}\``, reason }, b.builder.span);

/** A shape in which one −1 stands for whatever is left. */
function inferSize(b: Calculus, x: OperatorNode, sizes: readonly number[]): readonly number[] {
  if (sizes.some((size) => !Number.isSafeInteger(size) || size < -1)) {
    throw fail(b, "reshape", `${formatShape(sizes)} is not a shape`);
  }
  if (!sizes.includes(-1)) return sizes;
  const known = sizes.filter((size) => size !== -1);
  if (known.length !== sizes.length - 1) throw fail(b, "reshape", "only one size can be left open with -1");
  const open = sizeOf(x.shape) / sizeOf(known);
  if (!Number.isInteger(open)) {
    throw fail(
      b,
      "reshape",
      `the ${sizeOf(x.shape)} elements of the shape ${formatShape(x.shape)} do not fill ${formatShape(sizes)}`,
    );
  }
  return sizes.map((size) => (size === -1 ? open : size));
}

/** The shape with an axis of size 1 put in at `axis` of the result. */
function withAxis(b: Calculus, op: string, shape: Shape, axis: number): Shape {
  const rank = shape.length + 1;
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw fail(b, op, `axis ${axis} is out of range: the result has ${rank} ${rank === 1 ? "axis" : "axes"}`);
  const at = axis < 0 ? axis + rank : axis;
  return [...shape.slice(0, at), 1, ...shape.slice(at)];
}

export const shapingFunctions = [
  builtin({
    name: "reshape",
    doc: "The same elements in row-major order under another shape. One size may be −1, for what is left.",
    family: "shape",
    derivative: "the cotangent in the shape of x",
    example: "z = reshape(arange(6), 2, -1)",
    parameters: { x: required("tensor"), shape: required("sizes") },
    build: (b, { x, shape }) => b.reshape(x, inferSize(b, x, shape)),
  }),
  builtin({
    name: "ravel",
    doc: "All elements as a vector, in row-major order.",
    family: "shape",
    derivative: "the cotangent in the shape of x",
    example: "z = ravel([[1, 2], [3, 4]])",
    parameters: { x: required("tensor") },
    build: (b, { x }) => b.reshape(x, [sizeOf(x.shape)]),
  }),
  builtin({
    name: "squeeze",
    doc: "x without its axes of size 1, or without the ones given.",
    family: "shape",
    derivative: "the cotangent in the shape of x",
    example: "z = squeeze([[1, 2]])",
    parameters: { x: required("tensor"), axis: optional("axes", null) },
    build: (b, { x, axis }) => {
      const rank = x.shape.length;
      const dropped =
        axis === null
          ? x.shape.flatMap((size, i) => (size === 1 ? [i - rank] : []))
          : axesFromEnd("squeeze", axis, x.shape, b.builder.span);
      const large = dropped.find((i) => x.shape.at(i) !== 1);
      if (large !== undefined)
        throw fail(
          b,
          "squeeze",
          `axis ${rank + large} of the shape ${formatShape(x.shape)} has the size ${x.shape.at(large)}, not 1`,
        );
      return b.reshape(
        x,
        x.shape.filter((_, i) => !dropped.includes(i - rank)),
      );
    },
  }),
  builtin({
    name: "expand_dims",
    doc: "x with a new axis of size 1 at this place of the result.",
    family: "shape",
    derivative: "the cotangent in the shape of x",
    example: "z = expand_dims([1, 2], 1)",
    parameters: { x: required("tensor"), axis: required("integer") },
    build: (b, { x, axis }) => b.reshape(x, withAxis(b, "expand_dims", x.shape, axis)),
  }),
  builtin({
    name: "broadcast_to",
    doc: shaping.broadcast_to.doc,
    family: "shape",
    derivative: "the cotangent summed over the repeated axes",
    example: "z = broadcast_to([1, 2], [2, 2])",
    parameters: { x: required("tensor"), shape: required("sizes") },
    build: (b, { x, shape }) => b.broadcastTo(x, checkSizes(b, "broadcast_to", shape)),
  }),
  builtin({
    name: "concatenate",
    doc: "The tensors one after another along an axis that they have.",
    family: "shape",
    derivative: "to each part its piece of the cotangent",
    example: "z = concatenate(([1, 2], [3]))",
    parameters: { tensors: required("tensors"), axis: optional("integer", 0) },
    build: (b, { tensors, axis }) => b.concatenate(tensors, axis),
  }),
  builtin({
    name: "stack",
    doc: "The tensors, all of one shape, along a new axis.",
    family: "shape",
    derivative: "to each part its piece of the cotangent",
    example: "z = stack(([1, 2], [3, 4]), axis=1)",
    parameters: { tensors: required("tensors"), axis: optional("integer", 0) },
    build: (b, { tensors, axis }) => {
      const { shape } = tensors[0]!;
      const other = tensors.find((x) => !sameShape(x.shape, shape));
      if (other !== undefined) {
        throw fail(b, "stack", `the shapes ${formatShape(shape)} and ${formatShape(other.shape)} differ`);
      }
      const expanded = withAxis(b, "stack", shape, axis);
      return b.concatenate(
        tensors.map((x) => b.reshape(x, expanded)),
        axis,
      );
    },
  }),
  builtin({
    name: "shape",
    doc: "The sizes of the axes of x as a vector, known before the script runs.",
    family: "shape",
    derivative: "none: the sizes are constants",
    example: "z = shape(zeros(2, 3))",
    parameters: { x: required("tensor") },
    build: (b, { x }) => b.constant({ shape: [x.shape.length], data: Float64Array.from(x.shape) }),
  }),
];
