import { Fault } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sizeOf, type Tensor } from "../tensor.js";
import type { OpName } from "./identity.js";

/** Computes the value of a node that depends on no input, with the kernels that a run would use. */
export type Evaluate = (node: OperatorNode) => Tensor;

/** Larger results are computed by every run: as constants they would only move from the work to the plan. */
export const largestFolded = 4096;

/** Short ways to write large tensors, which other identities recognise. */
const compact: ReadonlySet<string> = new Set<OpName>(["broadcast_to", "embed_diagonal", "embed", "iota"]);

const isCompact = ({ op, inputs }: OperatorNode): boolean =>
  // The seed of a tensor's Jacobian is the identity matrix under another shape.
  compact.has(op.name) || (op.name === "reshape" && inputs[0]!.op.name === "embed_diagonal");

/** How many compact operations may stand on each other above a constant. */
const deepest = 8;

/** The constant that a node amounts to, `undefined` where it depends on an input or is left as it is. */
export function fold(b: Calculus, node: OperatorNode, evaluate: Evaluate): OperatorNode | undefined {
  const { inputs, shape } = node;
  if (inputs.length === 0 || !inputs.every(isKnown) || isCompact(node)) return undefined;
  if (sizeOf(shape) > largestFolded || inputs.some((input) => sizeOf(input.shape) > largestFolded))
    return undefined;
  try {
    return b.constant(evaluate(node));
  } catch (error) {
    // A constant without a value, such as an inverse, is an error only where it is computed.
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

function isKnown(node: OperatorNode): boolean {
  let at = node;
  for (let depth = 0; depth < deepest; depth++) {
    if (at.op.name === "constant" || at.op.name === "iota") return true;
    if (!isCompact(at)) return false;
    at = at.inputs[0]!;
  }
  return false;
}
