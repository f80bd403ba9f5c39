import type { OperatorNode } from "../../graph/node.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { type Identity, identity, type OpName } from "../../rewrite/identity.js";

/** What is read from a factorisation, its last input, of the matrix that is its first. */
const readers: ReadonlyMap<string, OpName> = new Map<OpName, OpName>([
  ["solve", "lu"],
  ["det", "lu"],
  ["det_sign", "lu"],
  ["log_abs_det", "lu"],
  ["cofactors", "lu"],
  ["cofactors_derivative", "svd_factors"],
  ["eigenvalues", "eigh_factors"],
  ["eigenvectors", "eigh_factors"],
  ["singular_values", "svd_factors"],
  ["left_singular_vectors", "svd_factors"],
  ["right_singular_vectors", "svd_factors"],
  ["qr_q", "qr_factors"],
  ["qr_r", "qr_factors"],
]);

/** The same with a factorisation made at this place. */
function factoredHere(b: Calculus, { op, inputs, attributes }: OperatorNode): OperatorNode | undefined {
  const factors = readers.get(op.name)!;
  if (inputs.at(-1)!.op.name === factors) return undefined;
  return b.apply(op.name, [...inputs.slice(0, -1), b.apply(factors, [inputs[0]!])], attributes);
}

/** A factorisation that a loop has kept is not written: functions of the language take the matrix. */
export const factorIdentities: readonly Identity[] = [
  identity(
    "what is read from a factorisation that was kept = what is read from one made again",
    [...readers.keys()] as OpName[],
    (b, _inputs, node) => factoredHere(b, node),
    (b, x) => {
      const a = b.add(x, b.mul(5, b.embedDiagonal(b.broadcastTo(1, [3]), 3, 3)));
      return b.apply("det", [a, b.apply("stop_gradient", [b.apply("lu", [a])])]);
    },
    { shapes: [[[3, 3], []]] },
  ),
];
