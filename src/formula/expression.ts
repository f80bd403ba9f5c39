import type { Expression } from "../../grammar/ast.js";
import type { OperatorNode } from "../graph/node.js";
import { planOf } from "./plan.js";
import { Scope } from "./scope.js";
import { name } from "./terms.js";
import { write } from "./write.js";

/**
 * A node as an expression of the language over the nodes that have names; inputs have their own. The node itself is written
 * out, even where it has a name. What is read more than once is written more than once, but for the bodies of loops.
 */
export function expressionOf(node: OperatorNode, names: ReadonlyMap<OperatorNode, string>): Expression {
  const bindings = new Map([...names].map(([one, text]) => [one, name(text)]));
  bindings.delete(node);
  const isBound = (one: OperatorNode) => bindings.has(one);
  const plan = planOf([node], { isNamed: isBound, isLeaf: isBound });
  const scope = new Scope(names.values());
  return write(plan, [node], { bindings, names: new Map(), scope, shares: false }).values[0]!;
}
