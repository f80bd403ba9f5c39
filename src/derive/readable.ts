import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import { identities } from "../rewrite/identities.js";
import { pruneLoops } from "../rewrite/loops.js";
import { simplify } from "../rewrite/simplify.js";
import { factorIdentities } from "./identities/factors.js";

/** The same values in the form in which they are read best. */
export function readable(b: Calculus, roots: readonly OperatorNode[]): readonly OperatorNode[] {
  const simple = simplify(
    b,
    { values: [], derivatives: roots },
    { identities: [...factorIdentities, ...identities] },
  );
  return pruneLoops(b, simple.derivatives);
}
