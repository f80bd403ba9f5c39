import type { OperatorNode } from "../../graph/node.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { fillOf, type Identity, identity, type OpName } from "../../rewrite/identity.js";

const rounding = { ulps: 1e6, because: "it reads better" } as const;

/** Operations that only derivatives have, as what they abbreviate: so that their factors meet others. */
const meanings: readonly (readonly [
  op: OpName,
  name: string,
  write: (b: Calculus, inputs: readonly OperatorNode[]) => OperatorNode | undefined,
])[] = [
  ["sech_squared", "sech_squared(x) = 1 / cosh(x)^2", (b, [x]) => b.reciprocal(b.square(b.cosh(x!)))],
  [
    "sigmoid_slope",
    "sigmoid_slope(x) = sigmoid(x) * sigmoid(-x)",
    (b, [x]) => b.mul(b.sigmoid(x!), b.sigmoid(b.neg(x!))),
  ],
  [
    "shifted_power",
    "shifted_power(x, y, k) = x^(y - k) for constants",
    (b, [x, y, k]) => {
      const [exponent, shift] = [fillOf(y!), fillOf(k!)];
      return exponent === undefined || shift === undefined ? undefined : b.pow(x!, exponent - shift);
    },
  ],
];

const at = (b: Calculus, op: OpName, x: OperatorNode) =>
  op === "shifted_power" ? b.elementwise(op, b.abs(x), 3, 1) : b.elementwise(op, x);

export const hiddenIdentities: readonly Identity[] = meanings.map(([op, name, write]) =>
  identity(
    name,
    op,
    (b, inputs) => write(b, inputs),
    (b, x) => at(b, op, x),
    { difference: rounding },
  ),
);
