import type {
  BinaryOperator,
  Definition,
  Expression,
  Identifier,
  Subscript,
  UnaryOperator,
} from "../../grammar/ast.js";
import type { Span } from "../diagnostics.js";

/** What is made here stands in no text. */
export const nowhere: Span = { source: { name: "<formula>", text: "" }, start: 0, end: 0 };

const identifier = (name: string): Identifier => ({ name, span: nowhere });

export const name = (text: string): Expression => ({ kind: "name", name: text, span: nowhere });

export const literal = (value: number): Expression => ({ kind: "number", value, span: nowhere });

export const text = (value: string): Expression => ({ kind: "string", value, span: nowhere });

export const unary = (operator: UnaryOperator, operand: Expression): Expression => ({
  kind: "unary",
  operator,
  operand,
  span: nowhere,
});

export const binary = (operator: BinaryOperator, left: Expression, right: Expression): Expression => ({
  kind: "binary",
  operator,
  left,
  right,
  span: nowhere,
});

export const transposed = (operand: Expression): Expression =>
  operand.kind === "transpose" ? operand.operand : { kind: "transpose", operand, span: nowhere };

/** With the last two of its axes exchanged. */
export function swapped(operand: Expression, rank: number): Expression {
  if (rank <= 2) return transposed(operand);
  const order = Array.from({ length: rank }, (_, axis) => axis);
  order.push(...order.splice(-2).reverse());
  return call("transpose", [operand, numbers(order)]);
}

/** A call; `keywords` in their order, those that are `undefined` left out. */
export const call = (
  callee: string,
  args: readonly Expression[],
  keywords: Readonly<Record<string, Expression | undefined>> = {},
): Expression => ({
  kind: "call",
  callee: name(callee),
  args: [
    ...args.map((value) => ({ value })),
    ...Object.entries(keywords).flatMap(([keyword, value]) =>
      value === undefined ? [] : [{ keyword: identifier(keyword), value }],
    ),
  ],
  span: nowhere,
});

export const list = (elements: readonly Expression[]): Expression => ({
  kind: "list",
  elements,
  span: nowhere,
});

export const tuple = (elements: readonly Expression[]): Expression => ({
  kind: "tuple",
  elements,
  span: nowhere,
});

/** One expression as it is, several as a tuple. */
export const oneOrTuple = (elements: readonly Expression[]): Expression =>
  elements.length === 1 ? elements[0]! : tuple(elements);

export const lambda = (parameters: readonly string[], body: Expression): Expression => ({
  kind: "lambda",
  parameters: parameters.map(identifier),
  body,
  span: nowhere,
});

export const choice = (condition: Expression, consequent: Expression, alternate: Expression): Expression => ({
  kind: "if",
  condition,
  consequent,
  alternate,
  span: nowhere,
});

export const definition = (targets: readonly string[], value: Expression): Definition => ({
  kind: "definition",
  targets: targets.map(identifier),
  tuple: targets.length > 1,
  value,
  span: nowhere,
});

/** Local definitions, then the value; without any, the value alone. A block as the value goes on with these. */
export const block = (statements: readonly Definition[], value: Expression): Expression => {
  if (statements.length === 0) return value;
  return value.kind === "block"
    ? { ...value, statements: [...statements, ...value.statements] }
    : { kind: "block", statements, value, span: nowhere };
};

export const subscripted = (operand: Expression, subscripts: readonly Subscript[]): Expression => ({
  kind: "index",
  operand,
  subscripts,
  span: nowhere,
});

export const at = (index: Expression): Subscript => ({ kind: "at", index, span: nowhere });

/** One element of a tuple or a tensor. */
export const element = (operand: Expression, index: number): Expression =>
  subscripted(operand, [at(literal(index))]);

/** A list of numbers. */
export const numbers = (values: readonly number[]): Expression => list(values.map(literal));
