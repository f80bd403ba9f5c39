import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Op } from "../ops/op.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sameShape, sizeOf } from "../tensor.js";

const isLine = ({ shape }: OperatorNode) => shape.length === 2 && (shape[0] === 1) !== (shape[1] === 1);

/**
 * The roots with vectors in place of matrices of one column or row, wherever these came of vectors: the last step before
 * writing, since the language takes vectors in products and sums.
 */
export function withVectors(b: Calculus, roots: readonly OperatorNode[]): readonly OperatorNode[] {
  const made = new Map<OperatorNode, OperatorNode>();
  /** Of a line, the vector that it is. */
  const vectors = new Map<OperatorNode, OperatorNode>();
  const asLine = (vector: OperatorNode, shape: readonly number[]) => {
    const line = b.reshape(vector, shape);
    vectors.set(line, vector);
    return line;
  };
  for (const node of topologicalOrder(roots)) {
    const inputs = node.inputs.map((input) => made.get(input)!);
    const isSame = inputs.every((input, i) => input === node.inputs[i]);
    b.builder.span = node.span;
    const own = isSame ? node : b.builder.node(node.op, inputs, node.attributes);
    made.set(node, asVector(b, own, vectors, asLine) ?? own);
  }
  return roots.map((root) => made.get(root)!);
}

function asVector(
  b: Calculus,
  node: OperatorNode,
  vectors: ReadonlyMap<OperatorNode, OperatorNode>,
  asLine: (vector: OperatorNode, shape: readonly number[]) => OperatorNode,
): OperatorNode | undefined {
  const { op, inputs, shape } = node;
  const [first, second] = inputs.map((input) => vectors.get(input));
  if (op.name === "reshape" || op.name === "transpose") {
    if (first !== undefined && shape.length === 1) return first;
    if (isLine(node)) {
      if (first !== undefined) return asLine(first, shape);
      return inputs[0]!.shape.length === 1 ? asLine(inputs[0]!, shape) : undefined;
    }
    return undefined;
  }
  if (!isLine(node)) return undefined;
  const size = [sizeOf(shape)];
  if (op.name === "matmul" || op.name === "solve")
    return first === undefined && second === undefined ? undefined : asLine(b.reshape(node, size), shape);
  if ((op as Op).kind !== "scalar") return undefined;
  const operands = inputs.map((input) => (input.shape.length === 0 ? input : vectors.get(input)));
  const isEven = inputs.every((input) => input.shape.length === 0 || sameShape(input.shape, shape));
  if (!isEven || operands.some((operand) => operand === undefined)) return undefined;
  return asLine(b.elementwise(op.name, ...operands.map((operand) => operand!)), shape);
}
