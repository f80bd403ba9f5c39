import { fault, type Span } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { formatShape, type Shape } from "../tensor.js";
import type { Calculus } from "./vocabulary.js";

/** Sizes of the two matrix axes. Throws a `Fault` where there are fewer than two axes. */
export function matrixSizes(
  op: string,
  shape: Shape,
  span: Span | undefined,
): [rows: number, columns: number] {
  if (shape.length < 2) {
    throw fault(
      "shape-rule",
      {
        op: `\`${op}\``,
        reason: `needs a matrix, but the shape is ${formatShape(shape)}`,
      },
      span,
    );
  }
  return [shape.at(-2)!, shape.at(-1)!];
}

/** The size of a square matrix. Throws a `Fault` for any other. */
export function squareSize(op: string, shape: Shape, span: Span | undefined): number {
  const [rows, columns] = matrixSizes(op, shape, span);
  if (rows !== columns) {
    throw fault(
      "shape-rule",
      {
        op: `\`${op}\``,
        reason: `needs a square matrix, but the shape is ${formatShape(shape)}`,
      },
      span,
    );
  }
  return rows;
}

/** The product of matrices, grouped from the left; the axes in front broadcast. */
export function product(b: Calculus, first: OperatorNode, ...others: readonly OperatorNode[]): OperatorNode {
  return others.reduce((left, right) => b.matmul(left, right), first);
}

export const identity = (b: Calculus, n: number) => b.embedDiagonal(b.broadcastTo(1, [n]), n, n);

export const symmetricPart = (b: Calculus, x: OperatorNode) => b.mul(0.5, b.add(x, b.matrixTranspose(x)));

/** x · diag(w): each column times the element of w that belongs to it. */
export const scaleColumns = (b: Calculus, x: OperatorNode, w: OperatorNode) =>
  b.mul(x, b.reshape(w, [...w.shape.slice(0, -1), 1, w.shape.at(-1)!]));

/** A scalar of each matrix, with two axes of size 1 behind it, so that it broadcasts against the matrices. */
export const overMatrices = (b: Calculus, x: OperatorNode) => b.reshape(x, [...x.shape, 1, 1]);

export const traceOf = (b: Calculus, x: OperatorNode) => b.sum(b.diagonal(x), [-1]);

/** Row and column numbers of a matrix of this size, as a column and a row. */
function positions(b: Calculus, x: OperatorNode): [row: OperatorNode, column: OperatorNode] {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  return [b.reshape(b.iota(rows), [rows, 1]), b.reshape(b.iota(columns), [1, columns])];
}

/** x where column − row ≤ k, 0 elsewhere. */
export function lowerTriangle(b: Calculus, x: OperatorNode, k = 0): OperatorNode {
  const [row, column] = positions(b, x);
  return b.where(b.greaterEqual(b.add(row, k), column), x, 0);
}

/** x where column − row ≥ k, 0 elsewhere. */
export function upperTriangle(b: Calculus, x: OperatorNode, k = 0): OperatorNode {
  const [row, column] = positions(b, x);
  return b.where(b.greaterEqual(column, b.add(row, k)), x, 0);
}

/** Columns from `start` on, `count` of them. */
export const columnsOf = (b: Calculus, x: OperatorNode, start: number, count: number) =>
  b.apply("slice", [x], { starts: [0, start], steps: [1, 1], counts: [x.shape.at(-2)!, count] });
