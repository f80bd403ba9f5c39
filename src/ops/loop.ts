import type { OperatorNode } from "../graph/node.js";
import { type Shape, sameShape, sizeOf } from "../tensor.js";
import type { TensorOp } from "./op.js";
import type { Calculus } from "./vocabulary.js";

/** A graph of its own: results as a function of parameters, which are inputs under names that no script has. */
export interface Body {
  readonly parameters: readonly OperatorNode[];
  readonly results: readonly OperatorNode[];
}

/**
 * Steps that hand carries on: the results of one are the parameters of the next.
 *
 * Inputs of a node: the carries to begin with; the sequences, of which each step reads a slice along the first axis; the
 * invariants; and, where `counted`, how many steps are made. Parameters of the body: the carries, a slice of each
 * sequence, the invariants. Results of the body: the next carries, in the same shapes, then what is stacked along a new
 * first axis.
 */
export interface Loop {
  readonly body: Body;
  readonly carries: number;
  readonly sequences: number;
  /** The number of steps; the most steps, where it is counted or has a condition. */
  readonly length: number;
  /** From the last slice back to the first. */
  readonly reverse: boolean;
  /** The last input is the number of steps, of slices from the first on. */
  readonly counted: boolean;
  /** A scalar of the body's parameters without slices: another step is made while it is not 0. */
  readonly condition: OperatorNode | null;
}

/** An operation that holds a loop. Its value is one vector of everything that the loop gives: see `unpack`. */
export interface LoopOp extends TensorOp<"loop"> {
  readonly loop: Loop;
  /** The operation of another loop. */
  withLoop(loop: Loop): LoopOp;
}

export const isLoop = (node: OperatorNode): node is OperatorNode & { readonly op: LoopOp } =>
  node.op.name === "loop";

/** Where a part of a loop's value lies in the vector, and its shape. */
export interface Piece {
  readonly start: number;
  readonly shape: Shape;
}

/**
 * The carries at the end, then what is stacked, then (of a loop with a condition) the number of steps, which lies first in
 * the vector.
 */
export function piecesOf({ body, carries, length, condition }: Loop): Piece[] {
  let start = condition === null ? 0 : 1;
  const pieces = body.results.map(({ shape: own }, i): Piece => {
    const shape = i < carries ? own : [length, ...own];
    const piece = { start, shape };
    start += sizeOf(shape);
    return piece;
  });
  return condition === null ? pieces : [...pieces, { start: 0, shape: [] }];
}

/** Elements of a loop's value. */
export const packedSize = (loop: Loop): number =>
  piecesOf(loop).reduce((size, { shape }) => size + sizeOf(shape), 0);

/** A piece of a vector (any batch axes in front), in its shape. */
export function takePiece(b: Calculus, packed: OperatorNode, { start, shape }: Piece): OperatorNode {
  const size = sizeOf(shape);
  const batch = packed.shape.slice(0, -1);
  const part =
    size === packed.shape.at(-1)
      ? packed
      : b.apply("slice", [packed], { starts: [start], steps: [1], counts: [size] });
  return b.reshape(part, [...batch, ...shape]);
}

/** What a loop gives, in the order of `piecesOf`. */
export const unpack = (b: Calculus, node: OperatorNode, loop: Loop): OperatorNode[] =>
  piecesOf(loop).map((piece) => takePiece(b, node, piece));

/** The loop whose first pieces these nodes are, in order; `undefined` where they are not. */
export function unpackedFrom(nodes: readonly OperatorNode[]): OperatorNode | undefined {
  let found: OperatorNode | undefined;
  for (const [i, node] of nodes.entries()) {
    const vector = node.op.name === "reshape" ? node.inputs[0]! : node;
    const isCut = vector.op.name === "slice";
    const source = isCut ? vector.inputs[0]! : vector;
    if (!isLoop(source) || (found !== undefined && source !== found)) return undefined;
    found = source;
    const { start, shape } = piecesOf(source.op.loop)[i]!;
    const [first] = isCut ? (vector.attributes.starts as readonly number[]) : [0];
    if (first !== start || !sameShape(shape, node.shape)) return undefined;
  }
  return found;
}

/** A parameter of a body. The size of the graph makes its name new; a blank keeps it apart from names of a script. */
export const parameter = (b: Calculus, label: string, shape: Shape): OperatorNode =>
  b.apply("input", [], { name: `${label} ${b.builder.size}`, shape });
