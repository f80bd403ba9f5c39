import type { Argument, Expression, Identifier, Interval, Script, Statement, Subscript } from "./ast.js";
import { bindingOf, levels, prefixLevel } from "./precedence.js";

/** Text, or an expression still to be written where `level` is the loosest that needs no parentheses. */
type Piece = string | { readonly expression: Expression; readonly level: number; readonly indent: number };
type Of<Kind, Union> = Extract<Union, { readonly kind: Kind }>;
type Writers<Union extends { readonly kind: string }> = {
  readonly [Kind in Union["kind"]]: (node: Of<Kind, Union>, indent: number) => readonly Piece[];
};

/** Where a whole expression stands: an `if` and a lambda need no parentheses either. */
const whole = -1;
/** Where only what can be called, indexed or transposed needs no parentheses. */
const operand = levels.length;

const at = (expression: Expression, level: number, indent: number): Piece => ({ expression, level, indent });

const separate = (groups: readonly (readonly Piece[])[], separator = ", "): Piece[] =>
  groups.flatMap((group, i) => (i === 0 ? group : [separator, ...group]));

const namesOf = (identifiers: readonly Identifier[]) => identifiers.map(({ name }) => name).join(", ");

const lineOf = (indent: number) => `\n${"  ".repeat(indent)}`;

/** Numbers that have no literal of their own are written as the expression that gives them. */
function writeNumber(value: number): { text: string; level: number } {
  if (Number.isNaN(value)) return { text: "0 / 0", level: bindingOf("/").level };
  const text =
    Math.abs(value) === Number.POSITIVE_INFINITY ? "inf" : String(Math.abs(value)).replace("e+", "e");
  const negative = value < 0 || Object.is(value, -0);
  return negative ? { text: `-${text}`, level: prefixLevel("-") } : { text, level: operand };
}

const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\\": "\\\\", '"': '\\"' };

function writeString(value: string): string {
  const unprintable = /[\\"]|[\p{C}\p{Zl}\p{Zp}]/gu;
  const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `"${value.replace(unprintable, (c) => escapes[c] ?? c.split("").map(escapeUnit).join(""))}"`;
}

/** How tightly the outermost operator of an expression binds. */
function levelOf(expression: Expression): number {
  if (expression.kind === "number") return writeNumber(expression.value).level;
  if (expression.kind === "binary") return bindingOf(expression.operator).level;
  if (expression.kind === "unary") return prefixLevel(expression.operator);
  return expression.kind === "lambda" || expression.kind === "if" ? whole : operand;
}

/** Whether an expression opens with a prefix `-`, which may follow any operator. */
const opensWithMinus = (expression: Expression): boolean =>
  expression.kind === "unary" ? expression.operator === "-" : levelOf(expression) === prefixLevel("-");

function writeArgument({ keyword, value }: Argument, indent: number): Piece[] {
  return [keyword === undefined ? "" : `${keyword.name}=`, at(value, whole, indent)];
}

const subscripts: Writers<Subscript> = {
  at: ({ index }, indent) => [at(index, whole, indent)],
  ellipsis: () => ["..."],
  slice: ({ start, stop, step }, indent) => {
    const bound = (expression: Expression | undefined): Piece[] =>
      expression === undefined ? [] : [at(expression, whole, indent)];
    return [...bound(start), ":", ...bound(stop), ...(step === undefined ? [] : [":", ...bound(step)])];
  },
};
/** Calls the writer for the node's kind; the table's type pairs every kind with its own node. */
const write = <Union extends { readonly kind: string }>(
  writers: Writers<Union>,
  node: Union,
  indent: number,
): readonly Piece[] => {
  const writer = writers[node.kind as Union["kind"]] as (node: Union, indent: number) => readonly Piece[];
  return writer(node, indent);
};

const expressions: Writers<Expression> = {
  number: ({ value }) => [writeNumber(value).text],
  string: ({ value }) => [writeString(value)],
  name: ({ name }) => [name],
  unary: ({ operator, operand: inner }, indent) => [
    operator === "not" ? "not " : "-",
    at(inner, prefixLevel(operator), indent),
  ],
  binary: ({ operator, left, right }, indent) => {
    const { level, associativity } = bindingOf(operator);
    const rightLevel = associativity === "right" ? level : level + 1;
    return [
      at(left, associativity === "left" ? level : level + 1, indent),
      operator === "^" ? "^" : ` ${operator} `,
      at(right, opensWithMinus(right) ? whole : rightLevel, indent),
    ];
  },
  transpose: ({ operand: inner }, indent) => [at(inner, operand, indent), ".T"],
  index: ({ operand: inner, subscripts: list }, indent) => [
    at(inner, operand, indent),
    "[",
    ...separate(list.map((subscript) => write(subscripts, subscript, indent))),
    "]",
  ],
  call: ({ callee, args }, indent) => [
    at(callee, operand, indent),
    "(",
    ...separate(args.map((argument) => writeArgument(argument, indent))),
    ")",
  ],
  list: ({ elements }, indent) => [
    "[",
    ...separate(elements.map((element) => [at(element, whole, indent)])),
    "]",
  ],
  tuple: ({ elements }, indent) => [
    "(",
    ...separate(elements.map((element) => [at(element, whole, indent)])),
    elements.length === 1 ? ",)" : ")",
  ],
  lambda: ({ parameters, body }, indent) => [
    parameters.length === 1 ? parameters[0].name : `(${namesOf(parameters)})`,
    " -> ",
    at(body, whole, indent),
  ],
  if: ({ condition, consequent, alternate }, indent) => [
    "if ",
    at(condition, whole, indent),
    " then ",
    at(consequent, whole, indent),
    " else ",
    at(alternate, whole, indent),
  ],
  block: ({ statements: inner, value }, indent) => {
    const line = lineOf(indent + 1);
    const lines = inner.flatMap((statement) => [line, ...write(statements, statement, indent + 1)]);
    return ["{", ...lines, line, at(value, whole, indent + 1), lineOf(indent), "}"];
  },
};

const writeInterval = ({ low, high, lowClosed, highClosed }: Interval, indent: number): Piece[] => [
  lowClosed ? " in [" : " in (",
  at(low, whole, indent),
  ", ",
  at(high, whole, indent),
  highClosed ? "]" : ")",
];

const statements: Writers<Statement> = {
  definition: ({ targets, tuple, value }, indent) => [
    tuple ? `(${namesOf(targets)}${targets.length === 1 ? "," : ""})` : namesOf(targets),
    " = ",
    at(value, whole, indent),
  ],
  function: ({ name, parameters, body }, indent) => [
    `${name.name}(${namesOf(parameters)}) = `,
    at(body, whole, indent),
  ],
  declaration: ({ role, name, shape, domain, value }, indent) => [
    `${role} ${name.name}`,
    ...(shape === undefined ? [] : [": [", ...separate(shape.map((size) => [at(size, whole, indent)])), "]"]),
    ...(domain === undefined ? [] : writeInterval(domain, indent)),
    ...(value === undefined ? [] : [" = ", at(value, whole, indent)]),
  ],
  output: ({ names }) => [`output ${namesOf(names)}`],
  assert: ({ condition, within, relative }, indent) => [
    "assert ",
    at(condition, whole, indent),
    ...(within === undefined ? [] : [" within ", at(within, whole, indent)]),
    ...(relative === undefined ? [] : [" rel ", at(relative, whole, indent)]),
  ],
  import: ({ path }) => ["import ", writeString(path.value)],
  derivative: ({ name, parameters, tangents, body }, indent) => [
    `derivative ${name.name}(${namesOf(parameters)}; ${namesOf(tangents)}) = `,
    at(body, whole, indent),
  ],
};

/** Writes the pieces out. Expressions wait on a stack of their own, so no depth of tree needs recursion. */
function render(pieces: readonly Piece[]): string {
  const out: string[] = [];
  const waiting = pieces.toReversed();
  for (let piece = waiting.pop(); piece !== undefined; piece = waiting.pop()) {
    if (typeof piece === "string") {
      out.push(piece);
      continue;
    }
    const { expression, level, indent } = piece;
    const parenthesised = levelOf(expression) < level;
    const parts = write(expressions, expression, indent);
    if (parenthesised) {
      out.push("(");
      waiting.push(")");
    }
    for (let i = parts.length - 1; i >= 0; i -= 1) waiting.push(parts[i]);
  }
  return out.join("");
}

/** The canonical text of an expression, with no more parentheses than it needs. */
export function printExpression(expression: Expression): string {
  return render([at(expression, whole, 0)]);
}

/** The canonical text of a statement, without a line end. */
export function printStatement(statement: Statement): string {
  return render(write(statements, statement, 0));
}

/** The canonical text of a script, a statement a line. Comments are not part of the tree and not printed. */
export function print(script: Pick<Script, "statements">): string {
  return script.statements.map((statement) => `${printStatement(statement)}\n`).join("");
}
