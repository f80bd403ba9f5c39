import type { Expression, Subscript } from "../../grammar/ast.js";

/**
 * How many operators an expression has: every sign, call, transpose, subscript, list and choice counts one; names, numbers
 * and tuples none. A quotient of two numbers is a number. Iterative, as expressions may be deep.
 */
export function operatorsIn(expression: Expression): number {
  let count = 0;
  const waiting: Expression[] = [expression];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    count += own(one);
    waiting.push(...partsOf(one));
  }
  return count;
}

const isNumber = ({ kind }: Expression) => kind === "number";

/** What an expression counts without its parts. */
function own(expression: Expression): number {
  switch (expression.kind) {
    case "binary":
      return expression.operator === "/" && isNumber(expression.left) && isNumber(expression.right) ? 0 : 1;
    case "list":
      return expression.elements.every(isNumber) ? (expression.elements.length > 8 ? 2 : 0) : 1;
    case "unary":
    case "transpose":
    case "index":
    case "call":
    case "lambda":
    case "if":
      return 1;
    default:
      return 0;
  }
}

const subscriptParts = (subscript: Subscript): readonly Expression[] => {
  if (subscript.kind === "at") return [subscript.index];
  if (subscript.kind === "ellipsis") return [];
  return [subscript.start, subscript.stop, subscript.step].filter((one) => one !== undefined);
};

/** The expressions that stand in an expression. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "unary":
    case "transpose":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
    case "index":
      return [expression.operand, ...expression.subscripts.flatMap(subscriptParts)];
    case "call":
      return expression.args.map(({ value }) => value);
    case "list":
    case "tuple":
      return expression.elements;
    case "lambda":
      return [expression.body];
    case "if":
      return [expression.condition, expression.consequent, expression.alternate];
    case "block":
      return [
        ...expression.statements.map((one) => (one.kind === "function" ? one.body : one.value)),
        expression.value,
      ];
    default:
      return [];
  }
}
