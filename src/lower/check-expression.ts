import type { Expression, Identifier } from "../../grammar/index.js";
import { type Diagnostic, diagnose, type Span } from "../diagnostics.js";
import { isBuiltin } from "../ops/builtins.js";
import { partsOf } from "./parts.js";
import { variableOf } from "./variables.js";

/**
 * Reports parameters and local names that are built-ins or stand twice in one scope, and derivatives by something that
 * is not a name.
 */
export function checkExpression(expression: Expression, parameters: readonly Identifier[]): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const check = (names: readonly Identifier[]) => {
    const seen = new Map<string, Span>();
    for (const { name, span } of names) {
      const first = seen.get(name);
      if (isBuiltin(name)) diagnostics.push(diagnose("shadows-built-in", { name }, span));
      else if (first !== undefined) {
        diagnostics.push(
          diagnose("redefinition", { name }, span, [{ message: "first defined here", span: first }]),
        );
      } else seen.set(name, span);
    }
  };
  check(parameters);
  const stack: Expression[] = [expression];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (node.kind === "call") {
      const variable = variableOf(node);
      if (variable !== undefined && variable.kind !== "name") {
        const { name } = node.callee as Identifier;
        diagnostics.push(diagnose("derivative-by", { name, what: "an expression" }, variable.span));
      }
    }
    if (node.kind === "lambda") check(node.parameters);
    if (node.kind === "block") {
      check(node.statements.flatMap((s) => (s.kind === "function" ? [s.name] : s.targets)));
      for (const statement of node.statements) if (statement.kind === "function") check(statement.parameters);
    }
    for (const { part } of partsOf(node)) stack.push(part);
  }
  return diagnostics;
}
