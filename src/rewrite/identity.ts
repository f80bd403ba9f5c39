import type { OperatorNode } from "../graph/node.js";
import type { ScalarOpName, TensorOpName } from "../ops/registry.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { Shape, Tensor } from "../tensor.js";

export type OpName = ScalarOpName | TensorOpName;

/**
 * The other way to write a node, or `undefined` where the identity does not apply. For an elementwise operation the
 * replacement may be smaller than the node: it is broadcast to the node's shape.
 */
export type Rewrite = (
  b: Calculus,
  inputs: readonly OperatorNode[],
  node: OperatorNode,
) => OperatorNode | undefined;

/** How the two sides of an identity may differ, and why the right one is wanted all the same. */
export interface Difference {
  /** Units in the last place by which finite results may differ. */
  readonly ulps: number;
  /**
   * Whether zeros off a diagonal count as structural ("no dependence"): they stay +0 where a product would make −0 of
   * them, or NaN beside an infinity. Only derivatives are rewritten so, never a value that the user wrote.
   */
  readonly structuralZeros?: true;
  /** Whether one side may give 0 where the other gives −0; only derivatives are rewritten so. */
  readonly signOfZero?: true;
  /** Whether one side may overflow on its way where the other does not; only derivatives are rewritten so. */
  readonly overflow?: true;
  readonly because: string;
}

/** An expression that contains what an identity rewrites, for tests. */
export type Example = (b: Calculus, x: OperatorNode, y: OperatorNode) => OperatorNode;

/** Two ways to write one value, the second of them cheaper. */
export interface Identity {
  /** `x * 1 = x`. */
  readonly name: string;
  /** The operations that stand outermost on the left side. */
  readonly ops: readonly OpName[];
  readonly rewrite: Rewrite;
  readonly example: Example;
  /** Shapes of the example's x and y, where not every pair of shapes that broadcasts will do. */
  readonly shapes?: readonly (readonly [x: Shape, y: Shape])[];
  /** Left out where both sides are equal to the last bit for all values: −0, NaN and infinities too. */
  readonly difference?: Difference;
}

export const identity = (
  name: string,
  ops: OpName | readonly OpName[],
  rewrite: Rewrite,
  example: Example,
  rest: Pick<Identity, "shapes" | "difference"> = {},
): Identity => ({ name, ops: typeof ops === "string" ? [ops] : ops, rewrite, example, ...rest });

/** Whether values that the user wrote may be rewritten by an identity, and not derivatives only. */
export const isForValues = ({ difference }: Identity): boolean =>
  !(difference?.structuralZeros || difference?.signOfZero || difference?.overflow);

export const is = (node: OperatorNode, name: OpName): boolean => node.op.name === name;

/** The operand of a node of this operation, `undefined` for any other node. */
export const operandOf = (node: OperatorNode, name: OpName): OperatorNode | undefined =>
  node.op.name === name ? node.inputs[0] : undefined;

export const numbersOf = (node: OperatorNode, name: string): readonly number[] =>
  node.attributes[name] as readonly number[];

/** The number that every element of a node is, where that can be seen. */
export function fillOf(node: OperatorNode): number | undefined {
  const { op, attributes } = operandOf(node, "broadcast_to") ?? node;
  if (op.name !== "constant") return undefined;
  const { value } = attributes;
  if (typeof value === "number") return value;
  return typeof value === "object" && "data" in value && value.data.length === 1 ? value.data[0] : undefined;
}

/** Whether every element is this number; 0 and −0 differ. */
export function isFilled(node: OperatorNode, value: number): boolean {
  const fill = fillOf(node);
  return fill !== undefined && Object.is(fill, value);
}

/** The numbers of a constant vector. */
export function vectorOf({ op, attributes }: OperatorNode): Float64Array | undefined {
  const { value } = attributes;
  return op.name === "constant" && typeof value === "object" && "data" in value
    ? (value as Tensor).data
    : undefined;
}
