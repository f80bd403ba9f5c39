import type { Source, Span } from "../src/diagnostics.js";

/** A name as written, NFC-normalised. */
export interface Identifier {
  readonly name: string;
  readonly span: Span;
}

export type BinaryOperator =
  | "or"
  | "and"
  | "<"
  | "<="
  | ">"
  | ">="
  | "=="
  | "!="
  | "+"
  | "-"
  | "*"
  | "/"
  | "@"
  | "^";

export type UnaryOperator = "-" | "not";

export interface NumberLiteral {
  readonly kind: "number";
  readonly value: number;
  readonly span: Span;
}
export interface StringLiteral {
  readonly kind: "string";
  readonly value: string;
  readonly span: Span;
}
export interface NameExpression {
  readonly kind: "name";
  readonly name: string;
  readonly span: Span;
}
export interface UnaryExpression {
  readonly kind: "unary";
  readonly operator: UnaryOperator;
  readonly operand: Expression;
  readonly span: Span;
}
export interface BinaryExpression {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly span: Span;
}
/** `x'` or `x.T`. */
export interface TransposeExpression {
  readonly kind: "transpose";
  readonly operand: Expression;
  readonly span: Span;
}
export interface IndexExpression {
  readonly kind: "index";
  readonly operand: Expression;
  readonly subscripts: readonly Subscript[];
  readonly span: Span;
}
export interface CallExpression {
  readonly kind: "call";
  readonly callee: Expression;
  readonly args: readonly Argument[];
  readonly span: Span;
}
/** `[a, b]`: stacks its elements along a new leading axis. */
export interface ListExpression {
  readonly kind: "list";
  readonly elements: readonly Expression[];
  readonly span: Span;
}
/** `(a, b)`; `(a,)` has one element. */
export interface TupleExpression {
  readonly kind: "tuple";
  readonly elements: readonly Expression[];
  readonly span: Span;
}
/** `x -> body` or `(h, x) -> body`. */
export interface LambdaExpression {
  readonly kind: "lambda";
  readonly parameters: readonly Identifier[];
  readonly body: Expression;
  readonly span: Span;
}
export interface IfExpression {
  readonly kind: "if";
  readonly condition: Expression;
  readonly consequent: Expression;
  readonly alternate: Expression;
  readonly span: Span;
}
/** `{ s = a + b; log(s) }`: local definitions, then the value. */
export interface BlockExpression {
  readonly kind: "block";
  readonly statements: readonly (Definition | FunctionDefinition)[];
  readonly value: Expression;
  readonly span: Span;
}

export type Expression =
  | NumberLiteral
  | StringLiteral
  | NameExpression
  | UnaryExpression
  | BinaryExpression
  | TransposeExpression
  | IndexExpression
  | CallExpression
  | ListExpression
  | TupleExpression
  | LambdaExpression
  | IfExpression
  | BlockExpression;

export interface Argument {
  /** Present for a keyword argument, `axis=1`. */
  readonly keyword?: Identifier;
  readonly value: Expression;
}

export interface SliceSubscript {
  readonly kind: "slice";
  readonly start?: Expression;
  readonly stop?: Expression;
  readonly step?: Expression;
  readonly span: Span;
}
export interface EllipsisSubscript {
  readonly kind: "ellipsis";
  readonly span: Span;
}
export interface AtSubscript {
  readonly kind: "at";
  readonly index: Expression;
  readonly span: Span;
}
export type Subscript = SliceSubscript | EllipsisSubscript | AtSubscript;

/** `z = x * y` has one target; `(h, c) = step(x)` has `tuple` set and one target per element. */
export interface Definition {
  readonly kind: "definition";
  readonly targets: readonly Identifier[];
  readonly tuple: boolean;
  readonly value: Expression;
  readonly span: Span;
}
export interface FunctionDefinition {
  readonly kind: "function";
  readonly name: Identifier;
  readonly parameters: readonly Identifier[];
  readonly body: Expression;
  readonly span: Span;
}
/** An interval such as `(0, 1]`. */
export interface Interval {
  readonly low: Expression;
  readonly high: Expression;
  readonly lowClosed: boolean;
  readonly highClosed: boolean;
  readonly span: Span;
}
export type Role = "input" | "param" | "const";
/** `input X: [n, m] in (0, 1) = value`; each part after the name is optional (`const` needs its value). */
export interface Declaration {
  readonly kind: "declaration";
  readonly role: Role;
  readonly name: Identifier;
  /** One entry an axis: a size or a name that unifies across declarations. */
  readonly shape?: readonly (NumberLiteral | NameExpression)[];
  readonly domain?: Interval;
  readonly value?: Expression;
  readonly span: Span;
}
export interface OutputStatement {
  readonly kind: "output";
  readonly names: readonly Identifier[];
  readonly span: Span;
}
/** `assert a == b within 1e-9` (absolute) or `rel 1e-9` (relative). */
export interface AssertStatement {
  readonly kind: "assert";
  readonly condition: Expression;
  readonly within?: Expression;
  readonly relative?: Expression;
  readonly span: Span;
}
export interface ImportStatement {
  readonly kind: "import";
  readonly path: StringLiteral;
  readonly span: Span;
}
/** `derivative f(x, y; dx, dy) = …`. */
export interface DerivativeStatement {
  readonly kind: "derivative";
  readonly name: Identifier;
  readonly parameters: readonly Identifier[];
  readonly tangents: readonly Identifier[];
  readonly body: Expression;
  readonly span: Span;
}

export type Statement =
  | Definition
  | FunctionDefinition
  | Declaration
  | OutputStatement
  | AssertStatement
  | ImportStatement
  | DerivativeStatement;

export interface Comment {
  /** Without the `#`, otherwise as written. */
  readonly text: string;
  readonly span: Span;
}

export interface Script {
  readonly source: Source;
  readonly statements: readonly Statement[];
  readonly comments: readonly Comment[];
}
