import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import { arithmeticIdentities } from "../rewrite/identities/arithmetic.js";
import { identities } from "../rewrite/identities.js";
import type { Identity } from "../rewrite/identity.js";
import { simplify } from "../rewrite/simplify.js";
import { withFilled } from "./filled.js";
import { factorIdentities } from "./identities/factors.js";
import { hiddenIdentities } from "./identities/hidden.js";
import { normalForms } from "./identities/normal.js";
import { structureIdentities } from "./identities/structure.js";
import { withVectors } from "./vectors.js";

/** What cheapens a graph without an opinion on how products and sums are arranged. */
const neutral = identities.filter((one) => !arithmeticIdentities.includes(one));

/** Every identity that is applied for reading, in the order in which they are tried. */
export const readableIdentities: readonly Identity[] = [
  ...factorIdentities,
  ...neutral,
  ...hiddenIdentities,
  ...structureIdentities,
  ...normalForms,
];

/** The same values in the form in which they are read best. */
export function readable(b: Calculus, roots: readonly OperatorNode[]): readonly OperatorNode[] {
  const rewritten = (nodes: readonly OperatorNode[], by: readonly Identity[]) =>
    simplify(b, { values: [], derivatives: nodes }, { identities: by, anySize: true }).derivatives;
  const simple = withFilled(b, rewritten(roots, [...factorIdentities, ...identities]));
  const arranged = rewritten(simple, readableIdentities);
  // Loops are cut down to what is read of them only now.
  return withVectors(b, rewritten(arranged, neutral));
}
