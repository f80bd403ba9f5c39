import { fault } from "../../diagnostics.js";
import type { OperatorNode } from "../../graph/node.js";
import { formatShape, type Tensor } from "../../tensor.js";
import { axesFromEnd } from "../axes.js";
import { builtin, optional, required } from "../builtin.js";
import { adds } from "../live.js";
import { moves, tensorOps } from "../op.js";
import { checkSizes } from "../sizes.js";
import { flipAxis, sliceAxis } from "../slices.js";
import { multilinear } from "../tangents.js";
import type { Calculus } from "../vocabulary.js";

/** x's shape with another size at an axis (negative). */
const resized = (x: OperatorNode, axis: number, size: number) =>
  x.shape.map((length, i) => (i - x.shape.length === axis ? size : length));

/**
 * Linear in x. The second input holds the indices: a constant vector of whole numbers from 0 to below the size of the
 * axis.
 */
export const indexing = tensorOps({
  gather: adds({
    doc: "The elements of x at the indices along an axis.",
    shape: ([x, index], attributes) => resized(x!, attributes.axis as number, index!.shape[0]!),
    structure: "copies",
    jvp: multilinear,
    vjp: (b, cotangent, { inputs: [x, index], attributes }) => {
      const axis = attributes.axis as number;
      return b.apply("scatter_add", [cotangent, index!], { axis, size: x!.shape.at(axis)! });
    },
  }),
  scatter_add: moves({
    doc: "Zeros to which the elements of x are added at the indices along an axis: the transpose of `gather`.",
    shape: ([x], attributes) => resized(x!, attributes.axis as number, attributes.size as number),
    structure: "adds",
    jvp: multilinear,
    vjp: (b, cotangent, { inputs: [, index], attributes }) =>
      b.apply("gather", [cotangent, index!], { axis: attributes.axis! }),
  }),
});

/**
 * The elements of x at whole indices from 0 on along an axis (negative); the axes of the indices take the place of the
 * axis.
 */
export function gatherAxis(b: Calculus, x: OperatorNode, index: Tensor, axis: number): OperatorNode {
  const vector = b.constant({ shape: [index.data.length], data: index.data });
  const at = x.shape.length + axis;
  return b.reshape(b.apply("gather", [x, vector], { axis }), [
    ...x.shape.slice(0, at),
    ...index.shape,
    ...x.shape.slice(at + 1),
  ]);
}

const fail = (b: Calculus, op: string, reason: string, hint?: string) =>
  fault("shape-rule", { op: `\`${op}\``, reason, hint }, b.builder.span);

const axisOf = (b: Calculus, op: string, axis: number, x: OperatorNode) =>
  axesFromEnd(op, [axis], x.shape, b.builder.span)[0]!;

/** Any number divides an axis of size 0, so something must end the list of its parts. */
const mostParts = 1_000_000;

/** Where each part of `split` begins, and where the last one ends. */
function boundaries(b: Calculus, { shape, data }: Tensor, size: number): number[] {
  if (shape.length > 1)
    throw fail(b, "split", `the boundaries have the shape ${formatShape(shape)}, but they are a vector`);
  if (shape.length === 1) {
    const inside = Array.from(data, (place) => Math.min(size, Math.max(0, place < 0 ? place + size : place)));
    return [0, ...inside, size];
  }
  const parts = data[0]!;
  if (parts < 1 || parts > mostParts)
    throw fail(b, "split", `${parts} is not a number of parts`, `it is from 1 to ${mostParts}`);
  if (size % parts !== 0) {
    throw fail(
      b,
      "split",
      `${size} elements do not fall into ${parts} equal parts`,
      "give the places to split at instead, as a list",
    );
  }
  return Array.from({ length: parts + 1 }, (_, i) => (i * size) / parts);
}

export const indexingFunctions = [
  builtin({
    name: "take",
    family: "shape",
    doc: "The slices of x at these indices along an axis. The axes of the indices take its place.",
    derivative: "the cotangent added up at the indices",
    conventions: "An index that stands there twice gets the sum of both cotangents.",
    example: "z = take([10, 20, 30], [2, 0, 0])",
    parameters: { x: required("tensor"), indices: required("integers"), axis: optional("integer", 0) },
    build: (b, { x, indices, axis }) => {
      const fromEnd = axisOf(b, "take", axis, x);
      const size = x.shape.at(fromEnd)!;
      const data = indices.data.map((index) => {
        if (index >= -size && index < size) return index < 0 ? index + size : index;
        throw fault("index-range", { index, axis: x.shape.length + fromEnd, size }, b.builder.span);
      });
      return gatherAxis(b, x, { shape: indices.shape, data }, fromEnd);
    },
  }),
  builtin({
    name: "segment_sum",
    family: "shape",
    doc: "Zeros, as many as `count` along an axis, to which the slices of x are added at these places: the transpose of `take`.",
    derivative: "the cotangent taken at the places",
    example: "z = segment_sum([1, 2, 3], [0, 2, 0], 4)",
    parameters: {
      x: required("tensor"),
      places: required("integers"),
      count: required("integer"),
      axis: optional("integer", 0),
    },
    build: (b, { x, places, count, axis }) => {
      const fromEnd = axisOf(b, "segment_sum", axis, x);
      checkSizes(b, "segment_sum", [count]);
      if (places.shape.length !== 1 || places.shape[0] !== x.shape.at(fromEnd))
        throw fail(
          b,
          "segment_sum",
          `the places have the shape ${formatShape(places.shape)}, but axis ${x.shape.length + fromEnd} has the size ${x.shape.at(fromEnd)}`,
        );
      const outside = places.data.find((place) => place < 0 || place >= count);
      if (outside !== undefined)
        throw fault(
          "index-range",
          { index: outside, axis: x.shape.length + fromEnd, size: count },
          b.builder.span,
        );
      return b.apply("scatter_add", [x, b.constant(places)], { axis: fromEnd, size: count });
    },
  }),
  builtin({
    name: "split",
    family: "shape",
    doc: "A tuple of the parts of x along an axis. A number asks for that many of equal size, a list names the places to cut at.",
    derivative: "to each piece of x the cotangent of its part",
    example: "(z, w) = split([1, 2, 3, 4], 2)",
    parameters: { x: required("tensor"), parts: required("integers"), axis: optional("integer", 0) },
    build: (b, { x, parts, axis }) => {
      const fromEnd = axisOf(b, "split", axis, x);
      const places = boundaries(b, parts, x.shape.at(fromEnd)!);
      return places
        .slice(1)
        .map((end, i) => sliceAxis(b, x, fromEnd, Math.min(places[i]!, end), Math.max(0, end - places[i]!)));
    },
  }),
  builtin({
    name: "flip",
    family: "shape",
    doc: "The elements in reverse order along the axes, or along all of them.",
    derivative: "the cotangent reversed",
    example: "z = flip([1, 2, 3])",
    parameters: { x: required("tensor"), axis: optional("axes", null) },
    build: (b, { x, axis }) =>
      axesFromEnd("flip", axis, x.shape, b.builder.span).reduce((y, one) => flipAxis(b, y, one), x),
  }),
  builtin({
    name: "roll",
    family: "shape",
    doc: "The elements moved on by `shift` places, from the end to the front. Without an axis, in row-major order.",
    derivative: "the cotangent moved back",
    example: "z = roll([1, 2, 3, 4], 1)",
    parameters: { x: required("tensor"), shift: required("integer"), axis: optional("integer", null) },
    build: (b, { x, shift, axis }) => {
      const along = axis === null ? b.reshape(x, [x.shape.reduce((product, size) => product * size, 1)]) : x;
      const fromEnd = axisOf(b, "roll", axis ?? 0, along);
      const size = along.shape.at(fromEnd)!;
      const moved = size === 0 ? 0 : ((shift % size) + size) % size;
      if (moved === 0) return x;
      const parts = [
        sliceAxis(b, along, fromEnd, size - moved, moved),
        sliceAxis(b, along, fromEnd, 0, size - moved),
      ];
      return b.reshape(b.concatenate(parts, fromEnd), x.shape);
    },
  }),
];
