import { fault, type Span } from "../../diagnostics.js";
import type { Attributes, OperatorNode } from "../../graph/node.js";
import { formatShape, type Shape } from "../../tensor.js";
import { axesFromEnd } from "../axes.js";
import { builtin, optional, required } from "../builtin.js";
import type { Documentation } from "../documentation.js";
import { type LiveRule, moves, type TensorRule, tensorOps } from "../op.js";
import { linear, ofOneInput } from "../tangents.js";
import type { Calculus } from "../vocabulary.js";

export const axesOf = (node: OperatorNode) => node.attributes.axes as readonly number[];

/** A reduced value (the result, or its cotangent) with the reduced axes back at size 1. */
export const restored = (b: Calculus, value: OperatorNode, node: OperatorNode) =>
  b.restoreAxes(value, axesOf(node), node.attributes.keepdims as boolean);

/** A value for each reduced element, repeated over the elements that it was reduced from. */
export const spread: LiveRule = (b, value, node) => {
  const batch = value.shape.slice(0, value.shape.length - node.shape.length);
  return b.broadcastTo(restored(b, value, node), [...batch, ...node.inputs[0]!.shape]);
};

/** 1 for the elements that are the extremum. */
const attained = (b: Calculus, node: OperatorNode) => b.equal(node.inputs[0]!, restored(b, node, node));

/** A value of the input's shape (and batch axes) summed over the axes that the node reduces. */
export const sumLike = (b: Calculus, value: OperatorNode, node: OperatorNode) =>
  b.sum(value, axesOf(node), node.attributes.keepdims as boolean);

/** The derivative of `logsumexp` by its input, over the axes of the node. */
const weights = (b: Calculus, node: OperatorNode) =>
  b.apply("softmax", [node.inputs[0]!], { axes: axesOf(node) });

/** A tangent or cotangent times the Jacobian of `softmax`: y·(t − Σ t·y). */
const throughSoftmax = (b: Calculus, t: OperatorNode, y: OperatorNode) =>
  b.mul(y, b.sub(t, b.sum(b.mul(t, y), axesOf(y), true)));

/** Every element depends on all those that share its place on the other axes. */
const amongNeighbours: LiveRule = (b, mask, node) =>
  b.broadcastTo(b.reduce("max", mask, axesOf(node), true), mask.shape);

export function reducedShape([x]: readonly OperatorNode[], attributes: Attributes): Shape {
  const rank = x!.shape.length;
  const axes = attributes.axes as readonly number[];
  const isReduced = (axis: number) => axes.includes(axis - rank);
  return attributes.keepdims
    ? x!.shape.map((size, axis) => (isReduced(axis) ? 1 : size))
    : x!.shape.filter((_, axis) => !isReduced(axis));
}

/** For reductions that have no value over nothing. */
const nonEmpty =
  (name: string) =>
  (inputs: readonly OperatorNode[], attributes: Attributes, span: Span | undefined): Shape => {
    const { shape } = inputs[0]!;
    const axes = attributes.axes as readonly number[];
    if (axes.some((axis) => shape.at(axis) === 0)) {
      throw fault(
        "shape-rule",
        { op: `\`${name}\``, reason: `an axis of size 0 in the shape ${formatShape(shape)} has no ${name}` },
        span,
      );
    }
    return reducedShape(inputs, attributes);
  };

/** `max` and `min`: elements that tie for the extremum share the cotangent equally. */
const extremum = (name: "max" | "min", adjective: string): TensorRule => ({
  doc: `The ${adjective} element over the axes; NaN if any is NaN. Ties share the derivative equally.`,
  shape: nonEmpty(name),
  vjp: (b, cotangent, node) => {
    const ties = b.sum(attained(b, node), axesOf(node), true);
    return b.where(attained(b, node), b.div(restored(b, cotangent, node), ties), 0);
  },
  jvp: ofOneInput((b, tangent, node) => {
    const ties = b.sum(attained(b, node), axesOf(node), true);
    return sumLike(b, b.where(attained(b, node), b.div(tangent, ties), 0), node);
  }),
  live: spread,
  chooses: attained,
  branch: (b, _x, y) => attained(b, y),
});

export const reduction = tensorOps({
  sum: moves({
    doc: "The sum over the axes; 0 over nothing.",
    shape: reducedShape,
    structure: "adds",
    // Un-broadcasting knows sizes of 1 only, so the cotangent is brought to the input's full shape.
    vjp: spread,
    jvp: linear(),
  }),
  max: extremum("max", "largest"),
  min: extremum("min", "smallest"),
  logsumexp: {
    doc: "log(sum(exp(x))) over the axes, without overflow.",
    shape: nonEmpty("logsumexp"),
    vjp: (b, cotangent, node) => b.mul(restored(b, cotangent, node), weights(b, node)),
    jvp: ofOneInput((b, tangent, node) => sumLike(b, b.mul(tangent, weights(b, node)), node)),
    live: spread,
  },
  softmax: {
    doc: "exp(x) / sum(exp(x)) over the axes, without overflow.",
    shape: ([x]) => x!.shape,
    vjp: (b, cotangent, node) => throughSoftmax(b, cotangent, node),
    // The Jacobian diag(y) − y·yᵀ is symmetric.
    jvp: ofOneInput(throughSoftmax),
    live: amongNeighbours,
  },
  log_softmax: {
    doc: "log(softmax(x)) over the axes. Accurate also where softmax is next to 0 or 1.",
    shape: ([x]) => x!.shape,
    vjp: (b, cotangent, node) =>
      b.sub(cotangent, b.mul(weights(b, node), b.sum(cotangent, axesOf(node), true))),
    jvp: ofOneInput((b, tangent, node) =>
      b.sub(tangent, b.sum(b.mul(weights(b, node), tangent), axesOf(node), true)),
    ),
    live: amongNeighbours,
  },
});

type Reduction = Omit<Documentation, "family">;

/** The function of a reduction over `axis`, with `keepdims`. */
export const reducing = (name: string, documentation: Reduction) =>
  builtin({
    name,
    family: "reductions",
    ...documentation,
    parameters: {
      x: required("tensor"),
      axis: optional("axes", null),
      keepdims: optional("flag", false),
    },
    build: (b, { x, axis, keepdims }) => b.reduce(name, x, axis, keepdims),
  });

/** The function of an operation that runs along axes, the last one unless told otherwise. */
const alongAxis = (name: "softmax" | "log_softmax", documentation: Reduction) =>
  builtin({
    name,
    ...documentation,
    family: "learning",
    parameters: { x: required("tensor"), axis: optional("axes", [-1]) },
    build: (b, { x, axis }) => b.apply(name, [x], { axes: axesFromEnd(name, axis, x.shape, b.builder.span) }),
  });

const ties = "Elements that tie share the derivative equally.";

export const reductionFunctions = [
  reducing("sum", {
    doc: reduction.sum.doc,
    derivative: "1 for each element",
    example: "z = sum([[1, 2], [3, 4]], axis=0)",
  }),
  reducing("max", {
    doc: reduction.max.doc,
    derivative: "1 for the largest element, 0 for the others",
    conventions: ties,
    example: "z = max([1, 3, 3])",
  }),
  reducing("min", {
    doc: reduction.min.doc,
    derivative: "1 for the smallest element, 0 for the others",
    conventions: ties,
    example: "z = min([1, 3, 3])",
  }),
  reducing("logsumexp", {
    doc: reduction.logsumexp.doc,
    derivative: "softmax(x)",
    example: "z = logsumexp([1000, 1000])",
  }),
  alongAxis("softmax", {
    doc: reduction.softmax.doc,
    derivative: "softmax(x)·(v - sum(v·softmax(x))) along a direction v",
    example: "z = softmax([1, 2, 3])",
  }),
  alongAxis("log_softmax", {
    doc: reduction.log_softmax.doc,
    derivative: "v - sum(v·softmax(x)) along a direction v",
    example: "z = log_softmax([1, 2, 3])",
  }),
];
