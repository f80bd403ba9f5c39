import { fault, type Span } from "../../diagnostics.js";
import type { OperatorNode } from "../../graph/node.js";
import { broadcast } from "../../graph/shape.js";
import { formatShape, type Shape, sizeOf } from "../../tensor.js";
import { builtin, optional, required } from "../builtin.js";
import { tensorOps } from "../op.js";
import { multilinear } from "../tangents.js";
import { unbroadcast } from "../unbroadcast.js";
import type { Calculus } from "../vocabulary.js";

function productShape([x, y]: readonly OperatorNode[], span: Span | undefined): Shape {
  const [a, b] = [x!.shape, y!.shape];
  const inner = [a.at(-1)!, b.at(-2)!];
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2));
  if (inner[0] !== inner[1] || batch === undefined) {
    const reason = inner[0] !== inner[1] ? `${inner[0]} ≠ ${inner[1]}` : "the batch axes do not broadcast";
    throw fault("matmul", { left: formatShape(a), right: formatShape(b), inner: reason }, span);
  }
  return [...batch, a.at(-2)!, b.at(-1)!];
}

/**
 * An operand of a product, with 0 in the lines that only dead elements of the product read: columns of the right operand,
 * whose axis −2 the product sums over, or rows of the left one, whose axis −1 it sums over.
 */
function linesRead(b: Calculus, operand: OperatorNode, live: OperatorNode | null, summed: -1 | -2) {
  if (live === null) return operand;
  const lines = operand.shape.map((size, axis) => (axis - operand.shape.length === summed ? 1 : size));
  return b.where(unbroadcast(b, live, lines, 0, "max"), operand, 0);
}

export const linalg = tensorOps({
  matmul: {
    doc: "Matrix product of the last two axes, broadcast over the others; both operands have rank 2 or more.",
    shape: (inputs, _attributes, span) => productShape(inputs, span),
    vjp: (b, cotangent, { inputs: [x, y] }, index, live) =>
      index === 0
        ? b.matmul(cotangent, b.matrixTranspose(linesRead(b, y!, live, -2)))
        : b.matmul(b.matrixTranspose(linesRead(b, x!, live, -1)), cotangent),
    jvp: multilinear,
    structure: (_, index) => ({ axes: index === 0 ? [-1] : [-2], factor: 1 - index }),
    // A row of x matters to a row of the product, a column of y to a column of it.
    live: (b, mask, { inputs: [x, y] }, index) => {
      const [rows, columns] = mask.shape.slice(-2);
      const lines = b.reduce("max", mask, [index === 0 ? -1 : -2], true);
      const matrix = index === 0 ? [rows!, x!.shape.at(-1)!] : [y!.shape.at(-2)!, columns!];
      return b.broadcastTo(lines, [...mask.shape.slice(0, -2), ...matrix]);
    },
  },
});

/** NumPy's `@`: a vector on the left is a row, on the right a column, and its axis is dropped from the result. */
export function matrixProduct(b: Calculus, x: OperatorNode, y: OperatorNode): OperatorNode {
  const [left, right] = [x.shape, y.shape];
  const fail = (inner: string) =>
    fault("matmul", { left: formatShape(left), right: formatShape(right), inner }, b.builder.span);
  if (left.length === 0 || right.length === 0) throw fail("a scalar has no axis to sum over; use `*`");
  const inner = [left.at(-1)!, right.at(right.length === 1 ? -1 : -2)!];
  if (inner[0] !== inner[1]) throw fail(`${inner[0]} ≠ ${inner[1]}`);
  const product = b.matmul(
    left.length === 1 ? b.reshape(x, [1, left[0]!]) : x,
    right.length === 1 ? b.reshape(y, [right[0]!, 1]) : y,
  );
  if (left.length > 1 && right.length > 1) return product;
  const shape = product.shape.slice(0, -2);
  if (left.length > 1) shape.push(product.shape.at(-2)!);
  if (right.length > 1) shape.push(product.shape.at(-1)!);
  return b.reshape(product, shape);
}

/** NumPy's `dot`: the last axis of x against the second-to-last (or only) axis of y, without batching. */
function dot(b: Calculus, x: OperatorNode, y: OperatorNode): OperatorNode {
  const [left, right] = [x.shape, y.shape];
  if (left.length === 0 || right.length === 0) return b.mul(x, y);
  if (left.length <= 2 && right.length <= 2) return matrixProduct(b, x, y);
  const summed = Math.max(right.length - 2, 0);
  const order = [summed, ...right.map((_, axis) => axis).filter((axis) => axis !== summed)];
  const moved = b.transpose(y, order);
  const rest = moved.shape.slice(1);
  const product = matrixProduct(
    b,
    b.reshape(x, [sizeOf(left.slice(0, -1)), left.at(-1)!]),
    b.reshape(moved, [moved.shape[0]!, sizeOf(rest)]),
  );
  return b.reshape(product, [...left.slice(0, -1), ...rest]);
}

/** The axes named first and second moved to the end, in that order. */
function moveToEnd(b: Calculus, x: OperatorNode, first: number, second: number): OperatorNode {
  const others = x.shape.map((_, axis) => axis).filter((axis) => axis !== first && axis !== second);
  return b.transpose(x, [...others, first, second]);
}

export const linalgFunctions = [
  builtin({
    name: "matmul",
    doc: "Matrix product, as the operator `@`: NumPy's batching, vectors count as rows or columns.",
    family: "linear algebra",
    derivative: "by x the cotangent times y', by y x' times the cotangent",
    example: "z = matmul([[1, 2], [3, 4]], [1, 1])",
    parameters: { x: required("tensor"), y: required("tensor") },
    build: (b, { x, y }) => matrixProduct(b, x, y),
  }),
  builtin({
    name: "dot",
    doc: "Inner product of vectors, matrix product of matrices; in general the sum over the last axis of x and the second-to-last of y.",
    family: "linear algebra",
    derivative: "as of the matrix product",
    example: "z = dot([1, 2], [3, 4])",
    parameters: { x: required("tensor"), y: required("tensor") },
    build: (b, { x, y }) => dot(b, x, y),
  }),
  builtin({
    name: "outer",
    doc: "The matrix of all products of an element of x and an element of y; both are flattened.",
    family: "linear algebra",
    derivative: "the product rule: by x the cotangent times y, by y its transpose times x",
    example: "z = outer([1, 2], [3, 4])",
    parameters: { x: required("tensor"), y: required("tensor") },
    build: (b, { x, y }) => b.mul(b.reshape(x, [sizeOf(x.shape), 1]), b.reshape(y, [1, sizeOf(y.shape)])),
  }),
  builtin({
    name: "transpose",
    doc: "The axes in reverse order, or in the order given.",
    family: "linear algebra",
    derivative: "the cotangent with the axes put back in order",
    example: "z = transpose([[1, 2], [3, 4]])",
    parameters: { x: required("tensor"), axes: optional("axes", null) },
    build: (b, { x, axes }) => {
      const rank = x.shape.length;
      if (axes === null)
        return b.transpose(
          x,
          x.shape.map((_, axis) => rank - 1 - axis),
        );
      const order = axes.map((axis) => (axis < 0 ? axis + rank : axis));
      if ([...order].sort((p, q) => p - q).some((axis, i) => axis !== i) || order.length !== rank) {
        throw fault(
          "shape-rule",
          {
            op: "`transpose`",
            reason: `the axes ${axes.join(", ")} are not an order of the ${rank} axes of the shape ${formatShape(x.shape)}`,
          },
          b.builder.span,
        );
      }
      return b.transpose(x, order);
    },
  }),
  builtin({
    name: "trace",
    doc: "The sum of the diagonal of the first two axes.",
    family: "linear algebra",
    derivative: "the identity matrix",
    example: "z = trace([[1, 2], [3, 4]])",
    parameters: { x: required("tensor") },
    build: (b, { x }) => {
      if (x.shape.length < 2) {
        throw fault(
          "shape-rule",
          { op: "`trace`", reason: `the shape ${formatShape(x.shape)} has no matrix axes` },
          b.builder.span,
        );
      }
      return b.sum(b.diagonal(moveToEnd(b, x, 0, 1)), [-1]);
    },
  }),
];
