import type { OperatorNode } from "../../graph/node.js";
import { broadcast } from "../../graph/shape.js";
import { sizeOf } from "../../tensor.js";
import { axesFromEnd } from "../axes.js";
import { builtin, optional, required } from "../builtin.js";
import type { Documentation } from "../documentation.js";
import { adds, liveFromHere } from "../live.js";
import { type LiveRule, tensorOps } from "../op.js";
import { flipAxis, shiftAxis, sliceAxis } from "../slices.js";
import { linear, ofOneInput, sumOverInputs } from "../tangents.js";
import type { Calculus } from "../vocabulary.js";
import { axesOf, reducedShape, reducing, restored, spread, sumLike } from "./reduction.js";

const axisOf = (node: OperatorNode) => axesOf(node)[0]!;

const recurrence = (b: Calculus, factors: OperatorNode, terms: OperatorNode, axis: number) =>
  b.apply("recurrence", [factors, terms], { axes: [axis] });

/**
 * λₖ = gₖ + aₖ₊₁·λₖ₊₁, from the last element to the first: the adjoint of hₖ = aₖ·hₖ₋₁ + cₖ.
 * `factors` has the shape of `cotangent` without its batch axes.
 */
function adjoint(b: Calculus, factors: OperatorNode, cotangent: OperatorNode, axis: number): OperatorNode {
  const backwards = shiftAxis(b, flipAxis(b, factors, axis), axis, 0);
  return flipAxis(b, recurrence(b, backwards, flipAxis(b, cotangent, axis), axis), axis);
}

/** An element is live where one at its place or after it is. */
const alongAxis: LiveRule = (b, mask, node) => liveFromHere(b, mask, axisOf(node));

/** 0 in the first place along an axis: a recurrence does not read its first factor. */
function withoutFirst(b: Calculus, x: OperatorNode, axis: number): OperatorNode {
  const size = x.shape.at(axis)!;
  if (size === 0) return x;
  const first = sliceAxis(b, x, axis, 0, 1);
  return b.concatenate([b.broadcastTo(0, first.shape), sliceAxis(b, x, axis, 1, size - 1)], axis);
}

/** What moves or reaches the factors of a recurrence, times the slope by them: the element before. */
const timesPrevious = (b: Calculus, t: OperatorNode, node: OperatorNode) =>
  withoutFirst(b, b.mul(t, shiftAxis(b, node, axisOf(node), 0)), axisOf(node));

/** daₖ·hₖ₋₁ + dcₖ. */
const movedTerms = sumOverInputs((b, tangent, node, index) =>
  index === 1 ? tangent : timesPrevious(b, tangent, node),
);

/** Factors, with 0 in the place of those that only dead elements read: an adjoint runs through all of them. */
const reaching = (b: Calculus, factors: OperatorNode, live: OperatorNode | null, axis: number) =>
  live === null ? factors : b.where(liveFromHere(b, live, axis), factors, 0);

/** For each element of x, the product of the others over the axes: from both sides, so zeros need no division. */
function productOfOthers(b: Calculus, x: OperatorNode, axes: readonly number[]): OperatorNode {
  const rank = x.shape.length;
  const isAlong = (axis: number) => axes.includes(axis - rank);
  const all = x.shape.map((_, axis) => axis);
  const order = [...all.filter((axis) => !isAlong(axis)), ...all.filter(isAlong)];
  const moved = b.transpose(x, order);
  const kept = moved.shape.slice(0, rank - axes.length);
  const merged = b.reshape(moved, [...kept, sizeOf(moved.shape.slice(kept.length))]);
  const before = (y: OperatorNode) => shiftAxis(b, b.apply("cumprod", [y], { axes: [-1] }), -1, 1);
  const others = b.mul(before(merged), flipAxis(b, before(flipAxis(b, merged, -1)), -1));
  return b.transpose(
    b.reshape(others, moved.shape),
    all.map((axis) => order.indexOf(axis)),
  );
}

/** Products, running sums and products, all differentiated without a division. */
export const products = tensorOps({
  prod: {
    doc: "The product over the axes; 1 over nothing.",
    shape: reducedShape,
    jvp: ofOneInput((b, tangent, node) =>
      sumLike(b, b.mul(tangent, productOfOthers(b, node.inputs[0]!, axesOf(node))), node),
    ),
    vjp: (b, cotangent, node) =>
      b.mul(restored(b, cotangent, node), productOfOthers(b, node.inputs[0]!, axesOf(node))),
    live: spread,
  },
  cumsum: adds({
    doc: "The sum of each element and all before it along an axis.",
    shape: ([x]) => x!.shape,
    structure: (node) => ({ axes: axesOf(node), before: true }),
    jvp: linear(),
    vjp: (b, cotangent, node) => {
      const axis = axisOf(node);
      return flipAxis(b, b.apply("cumsum", [flipAxis(b, cotangent, axis)], { axes: [axis] }), axis);
    },
  }),
  cumprod: {
    doc: "The product of each element and all before it along an axis.",
    shape: ([x]) => x!.shape,
    // yₖ = xₖ·yₖ₋₁, so dyₖ = xₖ·dyₖ₋₁ + dxₖ·yₖ₋₁.
    jvp: ofOneInput((b, tangent, node) => {
      const axis = axisOf(node);
      return recurrence(b, node.inputs[0]!, b.mul(tangent, shiftAxis(b, node, axis, 1)), axis);
    }),
    // ∂yᵢ/∂xₖ = Π_{j<k} xⱼ · Π_{k<j≤i} xⱼ: the product before k, times an adjoint recurrence over what follows.
    vjp: (b, cotangent, node, _index, live) => {
      const axis = axisOf(node);
      const factors = reaching(b, node.inputs[0]!, live, axis);
      return b.mul(shiftAxis(b, node, axis, 1), adjoint(b, factors, cotangent, axis));
    },
    live: alongAxis,
  },
  recurrence: {
    doc: "hₖ = aₖ·hₖ₋₁ + cₖ along an axis, from h₀ = c₀ on.",
    shape: ([factors, terms]) => broadcast(factors!.shape, terms!.shape)!,
    structure: (node) => ({ axes: axesOf(node), before: true }),
    // dhₖ = aₖ·dhₖ₋₁ + (daₖ·hₖ₋₁ + dcₖ).
    jvp: (b, tangents, node) => recurrence(b, node.inputs[0]!, movedTerms(b, tangents, node), axisOf(node)),
    vjp: (b, cotangent, node, index, live) => {
      const axis = axisOf(node);
      const factors = reaching(b, b.broadcastTo(node.inputs[0]!, node.shape), live, axis);
      const sums = adjoint(b, factors, cotangent, axis);
      return index === 1 ? sums : timesPrevious(b, sums, node);
    },
    live: (b, mask, node, index) => {
      const live = alongAxis(b, mask, node, index);
      return index === 1 ? live : withoutFirst(b, live, axisOf(node));
    },
  },
});

const running = (name: "cumsum" | "cumprod", documentation: Pick<Documentation, "derivative" | "example">) =>
  builtin({
    name,
    family: "reductions",
    doc: `${products[name].doc} Without an axis, over all elements in row-major order.`,
    ...documentation,
    parameters: { x: required("tensor"), axis: optional("integer", null) },
    build: (b, { x, axis }) => {
      const along = axis === null ? b.reshape(x, [sizeOf(x.shape)]) : x;
      return b.apply(name, [along], { axes: axesFromEnd(name, [axis ?? 0], along.shape, b.builder.span) });
    },
  });

export const productFunctions = [
  builtin({
    name: "recurrence",
    family: "reductions",
    doc: "h of h[k] = a[k]·h[k - 1] + c[k] along an axis, from h[0] = c[0] on.",
    derivative: "another recurrence, from the last element backwards",
    conventions: "a[0] is not read.",
    example: "z = recurrence([0, 2, 3], [1, 1, 1])",
    parameters: { a: required("tensor"), c: required("tensor"), axis: optional("integer", 0) },
    build: (b, { a, c, axis }) => {
      const whole = b.add(a, c).shape;
      const axes = axesFromEnd("recurrence", [axis], whole, b.builder.span);
      return recurrence(b, b.broadcastTo(a, whole), b.broadcastTo(c, whole), axes[0]!);
    },
  }),
  reducing("prod", {
    doc: products.prod.doc,
    derivative: "for each element the product of the others",
    conventions: "Computed without division: zeros among the elements are no exception.",
    example: "z = prod([2, 3, 4])",
  }),
  running("cumsum", {
    derivative: "the sum of the cotangent from the last element backwards",
    example: "z = cumsum([1, 2, 3])",
  }),
  running("cumprod", {
    derivative: "by each element the products without it, computed without division: zeros are no exception",
    example: "z = cumprod([1, 2, 3])",
  }),
];
