import type { CallExpression, Expression } from "../../grammar/index.js";
import { isDerivativeFunction } from "../ops/derivative-functions.js";
import { partsOf } from "./parts.js";

/** The argument of `grad(w, x)` and its like that names what is differentiated by. */
export function variableOf({ callee, args }: CallExpression): Expression | undefined {
  if (callee.kind !== "name" || !isDerivativeFunction(callee.name)) return undefined;
  const byKeyword = args.find(({ keyword }) => keyword?.name === "x");
  const second = args[1]?.keyword === undefined ? args[1] : undefined;
  return (byKeyword ?? second)?.value;
}

const known = new WeakMap<Expression, ReadonlySet<string>>();

/**
 * The names that something inside the expression differentiates by. Parameters and local names among them get a node of
 * their own. A name may be meant that an inner block hides: that costs a view, and nothing else.
 */
export function variablesIn(expression: Expression): ReadonlySet<string> {
  const earlier = known.get(expression);
  if (earlier !== undefined) return earlier;
  const names = new Set<string>();
  const stack = [expression];
  while (stack.length > 0) {
    const node = stack.pop()!;
    const variable = node.kind === "call" ? variableOf(node) : undefined;
    if (variable?.kind === "name") names.add(variable.name);
    for (const { part } of partsOf(node)) stack.push(part);
  }
  known.set(expression, names);
  return names;
}
