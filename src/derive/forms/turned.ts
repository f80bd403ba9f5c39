import type { OperatorNode } from "../../graph/node.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { costOf } from "./cost.js";

/** How deep a matrix is looked into for its transpose. */
const deepest = 6;

/** The transpose of a matrix written with no more operators than the matrix itself; `undefined` where there is none. */
export function turnedNode(b: Calculus, node: OperatorNode): OperatorNode | undefined {
  const other = turn(b, node, deepest);
  return other !== undefined && costOf(other) <= costOf(node) ? other : undefined;
}

function turn(b: Calculus, node: OperatorNode, depth: number): OperatorNode | undefined {
  const { op, inputs } = node;
  const [x, y] = inputs;
  if (node.shape.length !== 2) return node.shape.length === 0 ? node : undefined;
  if (depth === 0) return b.matrixTranspose(node);
  const inner = (one: OperatorNode) => turn(b, one, depth - 1) ?? b.matrixTranspose(one);
  switch (op.name) {
    case "transpose":
      return x;
    case "embed_diagonal":
      return node.shape[0] === node.shape[1] ? node : undefined;
    case "broadcast_to":
      return x!.shape.length === 0 ? b.broadcastTo(x!, node.shape.toReversed()) : undefined;
    case "add":
    case "sub": {
      if (x!.shape.length !== 2 || y!.shape.length !== 2) return undefined;
      const [p, q] = [inner(x!), inner(y!)];
      return op.name === "sub" ? b.sub(p, q) : p.id <= q.id ? b.add(p, q) : b.add(q, p);
    }
    case "neg":
      return b.neg(inner(x!));
    case "mul":
    case "div":
      if (x!.shape.length === 0) return op.name === "mul" ? b.mul(x!, inner(y!)) : undefined;
      return y!.shape.length === 0 ? b.elementwise(op.name, inner(x!), y!) : undefined;
    case "matmul":
      // Grouped from the left, as products are written.
      return matricesOf(node)
        .toReversed()
        .map(inner)
        .reduce((left, right) => b.matmul(left, right));
    default:
      return undefined;
  }
}

/** The factors of a product of matrices. */
function matricesOf(product: OperatorNode): readonly OperatorNode[] {
  const factors: OperatorNode[] = [];
  const waiting = [product];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.op.name === "matmul") waiting.push(node.inputs[1]!, node.inputs[0]!);
    else factors.push(node);
  }
  return factors;
}
