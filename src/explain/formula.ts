import { printExpression } from "../../grammar/index.js";
import { readable } from "../derive/readable.js";
import { expressionOf } from "../formula/expression.js";
import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";

/** A node as text of the language, in its most readable form, over nodes that have names. */
export function formulaOf(b: Calculus, node: OperatorNode, names: ReadonlyMap<OperatorNode, string>): string {
  const [simple] = readable(b, [node]);
  return printExpression(expressionOf(simple!, names));
}
