import type { Builder } from "../graph/builder.js";
import type { Attributes, OperatorNode } from "../graph/node.js";
import type { Shape, Tensor } from "../tensor.js";

export type Operand = OperatorNode | number;

/**
 * The words in which derivative rules and built-ins are written. Every word makes nodes; numbers become constants;
 * elementwise words broadcast. Axes may be negative.
 */
export interface Calculus {
  readonly builder: Builder;

  /** Any operation by its registered name. */
  apply(name: string, inputs: readonly OperatorNode[], attributes?: Attributes): OperatorNode;
  /** Any elementwise operation by its registered name. */
  elementwise(name: string, ...operands: Operand[]): OperatorNode;
  node(operand: Operand): OperatorNode;
  constant(value: Tensor): OperatorNode;

  neg(x: Operand): OperatorNode;
  add(x: Operand, y: Operand): OperatorNode;
  sub(x: Operand, y: Operand): OperatorNode;
  mul(x: Operand, y: Operand): OperatorNode;
  div(x: Operand, y: Operand): OperatorNode;
  pow(x: Operand, y: Operand): OperatorNode;
  square(x: Operand): OperatorNode;
  reciprocal(x: Operand): OperatorNode;
  sqrt(x: Operand): OperatorNode;
  abs(x: Operand): OperatorNode;
  sign(x: Operand): OperatorNode;
  exp(x: Operand): OperatorNode;
  log(x: Operand): OperatorNode;
  sin(x: Operand): OperatorNode;
  cos(x: Operand): OperatorNode;
  sinh(x: Operand): OperatorNode;
  cosh(x: Operand): OperatorNode;
  hypot(x: Operand, y: Operand): OperatorNode;
  floor(x: Operand): OperatorNode;
  sigmoid(x: Operand): OperatorNode;
  maximum(x: Operand, y: Operand): OperatorNode;
  minimum(x: Operand, y: Operand): OperatorNode;
  less(x: Operand, y: Operand): OperatorNode;
  greater(x: Operand, y: Operand): OperatorNode;
  greaterEqual(x: Operand, y: Operand): OperatorNode;
  equal(x: Operand, y: Operand): OperatorNode;
  and(x: Operand, y: Operand): OperatorNode;
  /** `x` where the condition is not 0, `y` elsewhere. */
  where(condition: Operand, x: Operand, y: Operand): OperatorNode;

  /** Sums over the axes (all of them where `axes` is `null`). */
  sum(x: OperatorNode, axes: readonly number[] | null, keepdims?: boolean): OperatorNode;
  reduce(name: string, x: OperatorNode, axes: readonly number[] | null, keepdims?: boolean): OperatorNode;
  /** The result of a reduction with its reduced axes put back at size 1, so that it broadcasts against the input. */
  restoreAxes(reduced: OperatorNode, axes: readonly number[], keepdims: boolean): OperatorNode;
  /** Matrix product of the last two axes; both operands have rank 2 or more. */
  matmul(x: OperatorNode, y: OperatorNode): OperatorNode;
  /** Swaps the last two axes. */
  matrixTranspose(x: OperatorNode): OperatorNode;
  transpose(x: OperatorNode, permutation: readonly number[]): OperatorNode;
  reshape(x: OperatorNode, shape: Shape): OperatorNode;
  broadcastTo(x: Operand, shape: Shape): OperatorNode;
  concatenate(parts: readonly OperatorNode[], axis: number): OperatorNode;
  /** 0, 1, …, count − 1. */
  iota(count: number): OperatorNode;
  /** The diagonal of the last two axes. */
  diagonal(x: OperatorNode): OperatorNode;
  /** Matrices that hold the last axis on their diagonal and 0 elsewhere: the transpose of `diagonal`. */
  embedDiagonal(x: OperatorNode, rows: number, columns: number): OperatorNode;
}
