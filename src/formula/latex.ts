import type { BinaryOperator, CallExpression, Expression, Subscript } from "../../grammar/ast.js";
import { nameLatex, numberLatex, stringLatex } from "./latex-words.js";

/** Text, or an expression to be written where `level` is the loosest that needs no parentheses. */
export type Piece = string | { readonly expression: Expression; readonly level: number };

/** How tightly things bind; each needs parentheses where something tighter is asked for. */
export const level = { whole: 0, comparison: 3, sum: 4, product: 5, sign: 6, power: 7, tight: 8 } as const;

const at = (expression: Expression, where: number): Piece => ({ expression, level: where });
const whole = (expression: Expression): Piece => at(expression, level.whole);

interface Written {
  readonly level: number;
  readonly pieces: readonly Piece[];
}

const written = (own: number, ...pieces: readonly Piece[]): Written => ({ level: own, pieces });

const separated = (expressions: readonly Expression[], separator = ", "): Piece[] =>
  expressions.flatMap((one, i) => (i === 0 ? [whole(one)] : [separator, whole(one)]));

const relations: Readonly<Partial<Record<BinaryOperator, readonly [sign: string, level: number]>>> = {
  or: [" \\lor ", 1],
  and: [" \\land ", 2],
  "<": [" < ", level.comparison],
  "<=": [" \\le ", level.comparison],
  ">": [" > ", level.comparison],
  ">=": [" \\ge ", level.comparison],
  "==": [" = ", level.comparison],
  "!=": [" \\ne ", level.comparison],
};

function binary({ operator, left, right }: Extract<Expression, { kind: "binary" }>): Written {
  const relation = relations[operator];
  if (relation !== undefined) {
    const [sign, own] = relation;
    return written(own, at(left, own + 1), sign, at(right, own + 1));
  }
  if (operator === "+" || operator === "-")
    return written(
      level.sum,
      at(left, level.sum),
      ` ${operator} `,
      at(right, operator === "+" ? level.product : level.product),
    );
  if (operator === "/") return written(level.product, "\\frac{", whole(left), "}{", whole(right), "}");
  if (operator === "^") return written(level.power, "{", at(left, level.tight), "}^{", whole(right), "}");
  const sign = operator === "@" || left.kind === "number" ? " \\, " : " \\cdot ";
  // Two numbers side by side would read as one.
  const between = left.kind === "number" && right.kind === "number" ? " \\cdot " : sign;
  return written(level.product, at(left, level.product), between, at(right, level.sign));
}

const named =
  (word: string) =>
  (args: readonly Expression[]): Written =>
    written(level.tight, `${word}\\left(`, ...separated(args), "\\right)");

const fenced =
  (open: string, close: string) =>
  (args: readonly Expression[]): Written =>
    written(level.tight, `\\left${open} `, ...separated(args), ` \\right${close}`);

const standard = [
  "sin",
  "cos",
  "tan",
  "sinh",
  "cosh",
  "tanh",
  "log",
  "arcsin",
  "arccos",
  "arctan",
  "max",
  "min",
  "det",
];

type WriteCall = (args: readonly Expression[]) => Written | undefined;

/** Functions that have a notation of their own, for plain calls. */
const calls: ReadonlyMap<string, WriteCall> = new Map<string, WriteCall>([
  ...standard.map((word): [string, WriteCall] => [word, named(`\\${word}`)]),
  ["exp", ([x]) => written(level.power, "e^{", whole(x!), "}")],
  ["sqrt", ([x]) => written(level.tight, "\\sqrt{", whole(x!), "}")],
  ["cbrt", ([x]) => written(level.tight, "\\sqrt[3]{", whole(x!), "}")],
  ["abs", fenced("|", "|")],
  ["norm", fenced("\\lVert", "\\rVert")],
  ["floor", fenced("\\lfloor", "\\rfloor")],
  ["ceil", fenced("\\lceil", "\\rceil")],
  ["trace", named("\\operatorname{tr}")],
  ["sigmoid", named("\\sigma")],
  ["gammaln", named("\\ln\\Gamma")],
  ["digamma", named("\\psi")],
  ["polygamma", ([n, x]) => written(level.tight, "\\psi^{(", whole(n!), ")}\\left(", whole(x!), "\\right)")],
  ["inv", ([x]) => written(level.power, "{", at(x!, level.tight), "}^{-1}")],
  ["solve", ([a, x]) => written(level.product, "{", at(a!, level.tight), "}^{-1} \\, ", at(x!, level.sign))],
  [
    "outer",
    ([x, y]) => written(level.product, at(x!, level.sign), " \\, {", at(y!, level.tight), "}^{\\top}"),
  ],
  ["eye", (args) => written(level.tight, "I_{", ...separated(args, " \\times "), "}")],
  ["zeros", (args) => written(level.tight, "0_{", ...separated(args, " \\times "), "}")],
  ["ones", (args) => written(level.tight, "\\mathbf{1}_{", ...separated(args, " \\times "), "}")],
  [
    "where",
    ([condition, x, y]) =>
      written(
        level.tight,
        "\\begin{cases} ",
        whole(x!),
        " & \\text{if } ",
        whole(condition!),
        " \\\\ ",
        whole(y!),
        " & \\text{otherwise} \\end{cases}",
      ),
  ],
]);

function call({ callee, args }: CallExpression): Written {
  if (callee.kind === "name" && args.every(({ keyword }) => keyword === undefined)) {
    const own = calls.get(callee.name)?.(args.map(({ value }) => value));
    if (own !== undefined) return own;
  }
  const words = args.flatMap(({ keyword, value }, i): Piece[] => [
    i === 0 ? "" : ", ",
    keyword === undefined ? "" : `\\mathrm{${keyword.name}} = `,
    whole(value),
  ]);
  const head: Piece =
    callee.kind === "name" ? `\\operatorname{${stringLatex(callee.name)}}` : at(callee, level.tight);
  return written(level.tight, head, "\\left(", ...words, "\\right)");
}

function subscript(one: Subscript): Piece[] {
  if (one.kind === "at") return [whole(one.index)];
  if (one.kind === "ellipsis") return ["\\ldots"];
  const bound = (expression: Expression | undefined): Piece[] =>
    expression === undefined ? [] : [whole(expression)];
  return [
    ...bound(one.start),
    "{:}",
    ...bound(one.stop),
    ...(one.step === undefined ? [] : ["{:}", ...bound(one.step)]),
  ];
}

/** A list of lists as a matrix, any other as a row. */
function list(elements: readonly Expression[]): Written {
  const rows = elements.map((one) => (one.kind === "list" ? one.elements : undefined));
  const isMatrix = rows.length > 0 && rows.every((row) => row?.every(({ kind }) => kind !== "list"));
  const body = isMatrix
    ? rows.flatMap((row, i): Piece[] => [i === 0 ? "" : " \\\\ ", ...separated(row!, " & ")])
    : separated(elements, " & ");
  return written(level.tight, "\\begin{bmatrix} ", ...body, " \\end{bmatrix}");
}

function write(expression: Expression): Written {
  switch (expression.kind) {
    case "number":
      return written(expression.value < 0 ? level.sign : level.tight, numberLatex(expression.value));
    case "string":
      return written(level.tight, `\\text{${stringLatex(expression.value)}}`);
    case "name":
      return written(level.tight, nameLatex(expression.name));
    case "unary":
      return expression.operator === "-"
        ? written(level.sum, "-", at(expression.operand, level.product))
        : written(level.sign, "\\lnot ", at(expression.operand, level.sign));
    case "binary":
      return binary(expression);
    case "transpose": {
      const { operand } = expression;
      const isInverse =
        operand.kind === "call" && operand.callee.kind === "name" && operand.callee.name === "inv";
      return isInverse
        ? written(level.power, "{", at(operand.args[0]!.value, level.tight), "}^{-\\top}")
        : written(level.power, "{", at(operand, level.tight), "}^{\\top}");
    }
    case "index":
      return written(
        level.tight,
        "{",
        at(expression.operand, level.tight),
        "}_{",
        ...expression.subscripts.flatMap((one, i) => (i === 0 ? subscript(one) : [", ", ...subscript(one)])),
        "}",
      );
    case "call":
      return call(expression);
    case "list":
      return list(expression.elements);
    case "tuple":
      return written(level.tight, "\\left(", ...separated(expression.elements), "\\right)");
    case "lambda":
      return written(
        level.whole,
        expression.parameters.map(({ name }) => nameLatex(name)).join(", "),
        " \\mapsto ",
        whole(expression.body),
      );
    case "if":
      return written(
        level.tight,
        "\\begin{cases} ",
        whole(expression.consequent),
        " & \\text{if } ",
        whole(expression.condition),
        " \\\\ ",
        whole(expression.alternate),
        " & \\text{otherwise} \\end{cases}",
      );
    case "block":
      return written(
        level.tight,
        "\\left\\{\\begin{aligned} ",
        ...expression.statements.flatMap((one): Piece[] =>
          one.kind === "function"
            ? []
            : [
                `&${one.targets.map(({ name }) => nameLatex(name)).join(", ")} = `,
                whole(one.value),
                " \\\\ ",
              ],
        ),
        "&",
        whole(expression.value),
        " \\end{aligned}\\right\\}",
      );
  }
}

/** An expression in LaTeX's mathematical mode. Pieces wait on a stack of their own, so no depth needs recursion. */
export function latexOf(expression: Expression): string {
  const out: string[] = [];
  const waiting: Piece[] = [whole(expression)];
  for (let piece = waiting.pop(); piece !== undefined; piece = waiting.pop()) {
    if (typeof piece === "string") {
      out.push(piece);
      continue;
    }
    const { level: own, pieces } = write(piece.expression);
    const isParenthesised = own < piece.level;
    if (isParenthesised) {
      out.push("\\left(");
      waiting.push("\\right)");
    }
    for (let i = pieces.length - 1; i >= 0; i--) waiting.push(pieces[i]!);
  }
  return out.join("");
}
