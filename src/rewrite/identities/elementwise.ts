import { scalarOperations } from "../../ops/registry.js";
import { type Identity, identity, is, type OpName, operandOf } from "../identity.js";

/** Of every elementwise operation, whatever it computes. */
export const elementwiseIdentities: readonly Identity[] = [
  identity(
    "f(broadcast x, y) = broadcast f(x, y)",
    scalarOperations.map(({ name }) => name as OpName),
    (b, inputs, { op }) => {
      // Elementwise operations broadcast themselves, and what repeats is computed once.
      if (!inputs.some((input) => is(input, "broadcast_to"))) return undefined;
      return b.elementwise(op.name, ...inputs.map((input) => operandOf(input, "broadcast_to") ?? input));
    },
    (b, x, y) => b.sin(b.mul(b.broadcastTo(x, [4, 2, 3]), b.exp(b.broadcastTo(y, [2, 3])))),
    {
      shapes: [
        [[], [3]],
        [
          [2, 1],
          [1, 3],
        ],
        [[3], []],
      ],
    },
  ),
];
