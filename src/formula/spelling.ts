import type { Expression } from "../../grammar/ast.js";
import type { OperatorNode } from "../graph/node.js";
import { broadcast } from "../graph/shape.js";
import { type Shape, sameShape } from "../tensor.js";
import type { Scope } from "./scope.js";

/** How a node is written: the nodes that stand in it, and the expression that is made of theirs. */
export interface Spelt {
  readonly parts: readonly OperatorNode[];
  readonly make: (parts: readonly Expression[], scope: Scope) => Expression;
  /** Parts that are read again and again, by their places: they need a name unless they are as short as one. */
  readonly names?: readonly number[];
  /** How many operators it has without its parts; counted where it is left out. */
  readonly weight?: number;
  /** Whether its parts are loops of which it takes what they give one by one. */
  readonly isPiece?: true;
  /** Of a loop, which gives several tensors: all of them as the one vector that its value is. */
  readonly joined?: (whole: Expression) => Expression;
}

/** Every node that is written, after its parts, with how it is written. */
export type Planned = ReadonlyMap<OperatorNode, Spelt>;

/** What a spelling may know of its surroundings. */
export interface Look {
  /** Whether a node has a name: then it is written by that, and nothing sees through it. */
  readonly isNamed: (node: OperatorNode) => boolean;
  /** Whether somebody reads how many steps a loop with a condition has made. */
  readonly isCounted: (loop: OperatorNode) => boolean;
  /** How what the results of a body need is written. */
  readonly planBody: (results: readonly OperatorNode[]) => Planned;
}

/** How an operation is written. It may look through the nodes below and write several as one. */
export type Spelling = (node: OperatorNode, look: Look) => Spelt;

export const spelt = (
  parts: readonly OperatorNode[],
  make: (parts: readonly Expression[], scope: Scope) => Expression,
): Spelt => ({ parts, make });

/** A node of this operation that no name hides; `undefined` for any other. */
export const seen = (
  node: OperatorNode | undefined,
  op: string,
  look: Pick<Look, "isNamed">,
): OperatorNode | undefined =>
  node !== undefined && node.op.name === op && !look.isNamed(node) ? node : undefined;

/** The operand of a node of this operation that no name hides. */
export const operandOf = (node: OperatorNode | undefined, op: string, look: Look): OperatorNode | undefined =>
  seen(node, op, look)?.inputs[0];

export const numbersOf = (node: OperatorNode, attribute: string): readonly number[] =>
  node.attributes[attribute] as readonly number[];

/** The vector that a node is as a column. */
export function columnOf(node: OperatorNode, look: Look): OperatorNode | undefined {
  const vector = operandOf(node, "reshape", look);
  return vector?.shape.length === 1 && sameShape(node.shape, [vector.shape[0]!, 1]) ? vector : undefined;
}

/** The vector that a node is as a row. */
export function rowOf(node: OperatorNode, look: Look): OperatorNode | undefined {
  const vector = operandOf(node, "reshape", look);
  return vector?.shape.length === 1 && sameShape(node.shape, [1, vector.shape[0]!]) ? vector : undefined;
}

/** Without a repetition or leading axes of size 1 that broadcasting gives anyway. */
function smaller(node: OperatorNode, look: Look): OperatorNode | undefined {
  const repeated = operandOf(node, "broadcast_to", look);
  if (repeated !== undefined) return repeated;
  const inner = operandOf(node, "reshape", look);
  if (inner === undefined) return undefined;
  const added = node.shape.length - inner.shape.length;
  const isInFront =
    added > 0 &&
    node.shape.slice(0, added).every((size) => size === 1) &&
    sameShape(node.shape.slice(added), inner.shape);
  return isInFront ? inner : undefined;
}

const joined = (shapes: readonly Shape[]): Shape | undefined =>
  shapes.reduce<Shape | undefined>((all, shape) => all && broadcast(all, shape), []);

/** The operands of an elementwise operation, without what broadcasting does by itself. */
export function operandsOf(node: OperatorNode, look: Look): readonly OperatorNode[] {
  const operands = [...node.inputs];
  for (let i = 0; i < operands.length; i++) {
    for (;;) {
      const other = smaller(operands[i]!, look);
      if (other === undefined) break;
      const shape = joined(operands.map((operand, k) => (k === i ? other.shape : operand.shape)));
      if (shape === undefined || !sameShape(shape, node.shape)) break;
      operands[i] = other;
    }
  }
  return operands;
}

/** The number that every element of a node is, where that can be seen. A name says no more than the number. */
export function fillOf(node: OperatorNode): number | undefined {
  let at = node;
  while (at.op.name === "broadcast_to" || at.op.name === "reshape") at = at.inputs[0]!;
  if (at.op.name !== "constant") return undefined;
  const { value } = at.attributes;
  if (typeof value === "number") return value;
  return typeof value === "object" && "data" in value && value.data.length === 1 ? value.data[0] : undefined;
}
