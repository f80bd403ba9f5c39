import { type Diagnostic, diagnose, Fault, placeKey } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { isLoop, type LoopOp } from "../ops/loop.js";
import { formatShape, sizeOf } from "../tensor.js";
import type { Failure } from "./interpreter/failures.js";

/** What a kernel's status says, by the name of its operation. */
const reasons: Readonly<
  Record<string, (status: number, node: OperatorNode) => { readonly reason: string; readonly hint?: string }>
> = {
  solve: (status) => ({
    reason: `the matrix is singular: pivot ${status} is 0`,
    hint: "see which rows depend on each other; where only a derivative needs the inverse, as of `det` and `slogdet`, `--no-grad` leaves it out",
  }),
  solve_lower: (status) => ({
    reason: `\`qr\` has no derivative here: the columns are linearly dependent, element (${status - 1}, ${status - 1}) of R is 0`,
    hint: "`--no-grad` leaves out derivatives",
  }),
  cholesky: (status) => ({
    reason: `the matrix is not positive definite: pivot ${status} is not positive`,
    hint: "`cholesky` needs a symmetric matrix with positive eigenvalues; `eigvalsh` shows them",
  }),
  reciprocal_gaps: (status, node) => {
    const n = node.shape.at(-1)!;
    const [values, vectors] = node.attributes.squares
      ? ["singular values", "singular vectors"]
      : ["eigenvalues", "eigenvectors"];
    return {
      reason: `the ${values} at the places ${Math.floor((status - 1) / n)} and ${(status - 1) % n} are equal, so their ${vectors} have no derivative`,
      hint: `the ${values} alone have one; \`--no-grad\` leaves out derivatives`,
    };
  },
  loop: (_status, node) => ({
    reason: `the condition still holds after ${(node.op as LoopOp).loop.length} steps, the most that are allowed`,
    hint: "raise `max`, or look at what the condition compares",
  }),
  reciprocal_singular_values: (status) => ({
    reason: `the singular value at the place ${status - 1} is 0, so its singular vectors have no derivative`,
    hint: "the singular values alone have one; `--no-grad` leaves out derivatives",
  }),
};

/** Operations on vectors; the others read matrices. */
const onVectors: ReadonlySet<string> = new Set(["reciprocal_gaps", "reciprocal_singular_values"]);

/**
 * `in matrix (0, 2) of the batch`, where there is more than one. The result may have more axes in front than the matrix
 * (right sides, rows of a Jacobian): these say nothing of it.
 */
function placeInBatch(node: OperatorNode, turn: number): string {
  // The turn of a loop is a step.
  if (isLoop(node)) return "";
  const own = node.op.name === "reciprocal_singular_values" ? 1 : 2;
  const indices: number[] = [];
  let rest = turn;
  for (const size of node.shape.slice(0, node.shape.length - own).reverse()) {
    indices.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  const { shape } = node.inputs[0]!;
  const batch = shape.slice(0, shape.length - (onVectors.has(node.op.name) ? 1 : 2));
  if (sizeOf(batch) === 1) return "";
  const place = indices
    .slice(indices.length - batch.length)
    .map((index, axis) => (batch[axis] === 1 ? 0 : index));
  return ` (in matrix ${formatShape(place)} of the batch)`;
}

/** One diagnostic for each thing that failed, at the place in the source that asked for it. */
export function failureFault(
  failures: readonly Failure[],
  fallible: ReadonlyMap<number, OperatorNode>,
): Fault {
  // A value and its derivative may fail for the same reason.
  const distinct = new Map<string, Diagnostic>();
  for (const { pc, turn, status } of failures) {
    const node = fallible.get(pc)!;
    const { reason, hint } = reasons[node.op.name]!(status, node);
    const message = `${reason}${placeInBatch(node, turn)}`;
    const key = `${placeKey(node.span)} ${reason}`;
    if (!distinct.has(key)) distinct.set(key, diagnose("no-result", { reason: message, hint }, node.span));
  }
  return new Fault([...distinct.values()]);
}
