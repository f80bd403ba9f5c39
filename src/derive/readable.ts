import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import { arithmeticIdentities } from "../rewrite/identities/arithmetic.js";
import { identities } from "../rewrite/identities.js";
import type { Identity } from "../rewrite/identity.js";
import { pruneLoops } from "../rewrite/loops.js";
import { simplify } from "../rewrite/simplify.js";
import { factorIdentities } from "./identities/factors.js";
import { normalForms } from "./identities/normal.js";
import { structureIdentities } from "./identities/structure.js";
import { withVectors } from "./vectors.js";

/** What cheapens a graph without an opinion on how products and sums are arranged. */
const neutral = identities.filter((one) => !arithmeticIdentities.includes(one));

/** Every identity that is applied for reading, in the order in which they are tried. */
export const readableIdentities: readonly Identity[] = [
  ...factorIdentities,
  ...neutral,
  ...structureIdentities,
  ...normalForms,
];

/** The same values in the form in which they are read best. */
export function readable(b: Calculus, roots: readonly OperatorNode[]): readonly OperatorNode[] {
  const simple = simplify(
    b,
    { values: [], derivatives: roots },
    { identities: [...factorIdentities, ...identities] },
  );
  const found = simplify(
    b,
    { values: [], derivatives: simple.derivatives },
    { identities: readableIdentities, anySize: true },
  );
  return withVectors(b, pruneLoops(b, found.derivatives));
}
