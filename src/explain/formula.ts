import { printExpression } from "../../grammar/index.js";
import { readable } from "../derive/readable.js";
import { expressionOf } from "../formula/expression.js";
import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";

/** A node as text of the language, in its most readable form, over nodes that have names; it may have to be broadcast. */
export function formulaOf(b: Calculus, node: OperatorNode, names: ReadonlyMap<OperatorNode, string>): string {
  let [simple] = readable(b, [withoutUnit(node)]);
  // That a derivative is the same for all elements goes without saying.
  while (simple!.op.name === "broadcast_to") [simple] = simple!.inputs;
  // A name by itself needs no words.
  return names.get(simple!) ?? printExpression(expressionOf(simple!, names));
}

/** A derivative begins with the 1 that is pulled back. */
function withoutUnit(node: OperatorNode): OperatorNode {
  const [unit, factor] = node.inputs;
  return node.op.name === "mul" && unit!.attributes.value === 1 ? factor! : node;
}
