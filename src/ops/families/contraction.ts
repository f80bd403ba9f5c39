import { fault } from "../../diagnostics.js";
import type { OperatorNode } from "../../graph/node.js";
import { formatShape, sizeOf } from "../../tensor.js";
import { type AxesOfTwo, builtin, optional, required } from "../builtin.js";
import { einsum } from "../einsum/contract.js";
import { lowerTriangle, matrixSizes, upperTriangle } from "../matrices.js";
import type { Calculus } from "../vocabulary.js";

const fail = (b: Calculus, op: string, reason: string, hint?: string) =>
  fault("shape-rule", { op: `\`${op}\``, reason, hint }, b.builder.span);

/** The axes to sum over, counted from 0, of the first and of the second tensor. */
function pairAxes(b: Calculus, x: OperatorNode, y: OperatorNode, axes: AxesOfTwo): [number[], number[]] {
  const [ranks, shapes] = [
    [x.shape.length, y.shape.length] as const,
    `${formatShape(x.shape)} and ${formatShape(y.shape)}`,
  ];
  if (typeof axes === "number") {
    if (axes < 0 || axes > Math.min(...ranks))
      throw fail(b, "tensordot", `cannot sum over ${axes} axes of the shapes ${shapes}`);
    const counted = Array.from({ length: axes }, (_, i) => i);
    return [counted.map((i) => ranks[0] - axes + i), counted];
  }
  if (axes[0].length !== axes[1].length) {
    throw fail(
      b,
      "tensordot",
      `the lists of axes have different lengths, ${axes[0].length} and ${axes[1].length}`,
    );
  }
  const [first, second] = [x, y].map(({ shape }, side) => {
    const rank = shape.length;
    const list = axes[side]!.map((axis) => {
      if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
      throw fault("axis", { op: "`tensordot`", axis, shape: formatShape(shape), rank }, b.builder.span);
    });
    if (new Set(list).size < list.length)
      throw fail(b, "tensordot", `the axes ${axes[side]!.join(", ")} name one axis twice`);
    return list;
  });
  return [first!, second!];
}

/** NumPy's `tensordot`: one matrix product. */
function tensordot(b: Calculus, x: OperatorNode, y: OperatorNode, axes: AxesOfTwo): OperatorNode {
  const [ofX, ofY] = pairAxes(b, x, y, axes);
  const index = ofX.findIndex((axis, i) => x.shape[axis] !== y.shape[ofY[i]!]);
  if (index >= 0) {
    throw fail(
      b,
      "tensordot",
      `axis ${ofX[index]} of the shape ${formatShape(x.shape)} has size ${x.shape[ofX[index]!]}, but axis ${ofY[index]} of the shape ${formatShape(y.shape)} has size ${y.shape[ofY[index]!]}`,
    );
  }
  const others = (node: OperatorNode, summed: readonly number[]) =>
    node.shape.map((_, axis) => axis).filter((axis) => !summed.includes(axis));
  const [keptX, keptY] = [others(x, ofX), others(y, ofY)];
  const sizes = (node: OperatorNode, list: readonly number[]) => list.map((axis) => node.shape[axis]!);
  const depth = sizeOf(sizes(x, ofX));
  const product = b.matmul(
    b.reshape(b.transpose(x, [...keptX, ...ofX]), [sizeOf(sizes(x, keptX)), depth]),
    b.reshape(b.transpose(y, [...ofY, ...keptY]), [depth, sizeOf(sizes(y, keptY))]),
  );
  return b.reshape(product, [...sizes(x, keptX), ...sizes(y, keptY)]);
}

/** NumPy's `diag`: a matrix of a vector, or the diagonal of a matrix; `k` counts to the right of the main diagonal. */
function diag(b: Calculus, x: OperatorNode, k: number): OperatorNode {
  const rank = x.shape.length;
  if (rank !== 1 && rank !== 2)
    throw fail(b, "diag", `needs a vector or a matrix, but the shape is ${formatShape(x.shape)}`);
  const [below, right] = [Math.max(0, -k), Math.max(0, k)];
  if (rank === 1) {
    const n = x.shape[0]!;
    const square = b.embedDiagonal(x, n, n);
    if (k === 0) return square;
    const size = n + below + right;
    return b.apply("embed", [square], { starts: [below, right], steps: [1, 1], sizes: [size, size] });
  }
  if (k === 0) return b.diagonal(x);
  const [rows, columns] = x.shape as readonly [number, number];
  return b.diagonal(
    b.apply("slice", [x], {
      starts: [Math.min(below, rows), Math.min(right, columns)],
      steps: [1, 1],
      counts: [Math.max(0, rows - below), Math.max(0, columns - right)],
    }),
  );
}

/** NumPy's `kron`: axis by axis, each element of x times all of y. */
function kron(b: Calculus, x: OperatorNode, y: OperatorNode): OperatorNode {
  const rank = Math.max(x.shape.length, y.shape.length);
  const padded = ({ shape }: OperatorNode) => [...Array<number>(rank - shape.length).fill(1), ...shape];
  const [p, q] = [padded(x), padded(y)];
  const all = b.mul(
    b.reshape(
      x,
      p.flatMap((size) => [size, 1]),
    ),
    b.reshape(
      y,
      q.flatMap((size) => [1, size]),
    ),
  );
  return b.reshape(
    all,
    p.map((size, axis) => size * q[axis]!),
  );
}

const triangle = (name: "tril" | "triu", doc: string, take: typeof lowerTriangle) =>
  builtin({
    name,
    family: "linear algebra",
    derivative: `${name}(dx)`,
    example: `y = ${name}([[1, 2], [3, 4]])`,
    doc,
    parameters: { x: required("tensor"), k: optional("integer", 0) },
    build: (b, { x, k }) => {
      matrixSizes(name, x.shape, b.builder.span);
      return take(b, x, k);
    },
  });

export const contractionFunctions = [
  builtin({
    name: "einsum",
    family: "linear algebra",
    derivative: "the sum with one factor replaced by its tangent, for each factor",
    example: "y = einsum('ij,j->i', [[1, 2], [3, 4]], [1, 1])",
    doc: 'Sums of products by NumPy\'s subscripts: `einsum("ij,jk->ik", x, y)`. A repeated index takes a diagonal, `...` stands for axes that are not named.',
    parameters: { subscripts: required("text"), operands: required("operands") },
    build: (b, { subscripts, operands }) => einsum(b, subscripts, operands),
  }),
  builtin({
    name: "tensordot",
    family: "linear algebra",
    derivative: "tensordot(dx, y) + tensordot(x, dy)",
    example: "y = tensordot([[1, 2], [3, 4]], [1, 1], axes=1)",
    doc: "Sums of products over the last axes of x and the first of y, as many as `axes` says, or over a pair of lists of axes.",
    parameters: { x: required("tensor"), y: required("tensor"), axes: optional("axesOfTwo", 2) },
    build: (b, { x, y, axes }) => tensordot(b, x, y, axes),
  }),
  builtin({
    name: "diag",
    family: "linear algebra",
    derivative: "diag(dx)",
    example: "y = diag([1, 2])",
    doc: "The matrix with a vector on its diagonal, or the diagonal of a matrix; k > 0 is above, k < 0 below the main one.",
    parameters: { x: required("tensor"), k: optional("integer", 0) },
    build: (b, { x, k }) => diag(b, x, k),
  }),
  triangle("tril", "The lower triangle of a matrix, 0 above the k-th diagonal.", lowerTriangle),
  triangle("triu", "The upper triangle of a matrix, 0 below the k-th diagonal.", upperTriangle),
  builtin({
    name: "kron",
    family: "linear algebra",
    derivative: "kron(dx, y) + kron(x, dy)",
    example: "y = kron([1, 2], [1, 10])",
    doc: "The Kronecker product: blocks of y, each times an element of x.",
    parameters: { x: required("tensor"), y: required("tensor") },
    build: (b, { x, y }) => kron(b, x, y),
  }),
];
