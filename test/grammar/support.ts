import * as fc from "fast-check";
import type * as ast from "../../grammar/index.js";
import { parse, parseExpression } from "../../grammar/index.js";
import { reserved } from "../../grammar/tokens.js";
import { type Diagnostic, locate, type Source, type Span } from "../../src/diagnostics.js";

export const sourceOf = (text: string): Source => ({ name: "test.ag", text });

export const read = (text: string, maxNesting = 500) => parse(sourceOf(text), { maxNesting });

/** The script of a text that must be valid. */
export function valid(text: string, maxNesting = 500): ast.Script {
  const { script, diagnostics } = read(text, maxNesting);
  if (script === undefined) throw new Error(`${text.slice(0, 200)}\n${summary(diagnostics).join("\n")}`);
  return script;
}

/** The expression of a text that must be one. */
export function expressionOf(text: string, maxNesting = 500): ast.Expression {
  const { expression, diagnostics } = parseExpression(sourceOf(text), { maxNesting });
  if (expression === undefined) throw new Error(`${text.slice(0, 200)}\n${summary(diagnostics).join("\n")}`);
  return expression;
}

/** `line:column code`, with the text that the span covers. */
export const summary = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map(({ code, span }) => {
    if (span === undefined) return code;
    const { line, column } = locate(span.source, span.start);
    return `${line}:${column} ${code} ${JSON.stringify(span.source.text.slice(span.start, span.end))}`;
  });

/** A tree without its spans, to compare. */
export const bare = (tree: unknown): unknown =>
  JSON.parse(JSON.stringify(tree, (key, value) => (key === "span" || key === "source" ? undefined : value)));

const span: Span = { source: sourceOf(""), start: 0, end: 0 };

const firstLetters = [..."abcdTxyzσθλ_éß"];
const furtherLetters = [...firstLetters, ..."019₁₂٣"];
const softWords = ["in", "within", "rel", "inf", "T", "e1", "_"];
const name: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(fc.constantFrom(...firstLetters), fc.array(fc.constantFrom(...furtherLetters), { maxLength: 4 }))
      .map(([first, rest]) => (first + rest.join("")).normalize("NFC"))
      .filter((word) => !reserved.has(word)),
  },
  { weight: 1, arbitrary: fc.constantFrom(...softWords) },
);
const identifier = name.map((word): ast.Identifier => ({ name: word, span }));
const identifiers = fc.array(identifier, { minLength: 1, maxLength: 3 });

const number = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map(Math.abs)
  .map((value): ast.NumberLiteral => ({ kind: "number", value, span }));
const nameExpression = name.map((word): ast.NameExpression => ({ kind: "name", name: word, span }));
const string = fc
  .oneof(fc.string(), fc.string({ unit: "binary" }))
  .map((value): ast.StringLiteral => ({ kind: "string", value, span }));

const operators: readonly ast.BinaryOperator[] = [
  "or",
  "and",
  "<",
  "<=",
  ">",
  ">=",
  "==",
  "!=",
  "+",
  "-",
  "*",
  "/",
  "@",
  "^",
];

type Arbitraries = {
  readonly expression: ast.Expression;
  readonly local: ast.Definition | ast.FunctionDefinition;
};

const { expression, local } = fc.letrec<Arbitraries>((tie) => {
  const inner = tie("expression");
  const list = fc.array(inner, { maxLength: 3 });
  const optional = fc.option(inner, { nil: undefined });
  const argument = fc
    .tuple(fc.option(identifier, { nil: undefined }), inner)
    .map(([keyword, value]): ast.Argument => (keyword === undefined ? { value } : { keyword, value }));
  const slice = fc.tuple(optional, optional, optional).map(
    ([start, stop, step]): ast.Subscript => ({
      kind: "slice",
      ...(start === undefined ? {} : { start }),
      ...(stop === undefined ? {} : { stop }),
      ...(step === undefined ? {} : { step }),
      span,
    }),
  );
  const subscript = fc.oneof(
    slice,
    inner.map((index): ast.Subscript => ({ kind: "at", index, span })),
    fc.constant<ast.Subscript>({ kind: "ellipsis", span }),
  );
  const callee = inner.filter(({ kind }) => kind !== "number");
  const compound: fc.Arbitrary<ast.Expression>[] = [
    fc.record({
      kind: fc.constant("unary" as const),
      operator: fc.constantFrom("-" as const, "not" as const),
      operand: inner,
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant("binary" as const),
      operator: fc.constantFrom(...operators),
      left: inner,
      right: inner,
      span: fc.constant(span),
    }),
    fc.record({ kind: fc.constant("transpose" as const), operand: inner, span: fc.constant(span) }),
    fc.record({
      kind: fc.constant("index" as const),
      operand: inner,
      subscripts: fc.array(subscript, { minLength: 1, maxLength: 3 }),
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant("call" as const),
      callee,
      args: fc.array(argument, { maxLength: 3 }),
      span: fc.constant(span),
    }),
    fc.record({ kind: fc.constant("list" as const), elements: list, span: fc.constant(span) }),
    fc.record({
      kind: fc.constant("tuple" as const),
      elements: fc.array(inner, { minLength: 1, maxLength: 3 }),
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant("lambda" as const),
      parameters: identifiers,
      body: inner,
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant("if" as const),
      condition: inner,
      consequent: inner,
      alternate: inner,
      span: fc.constant(span),
    }),
    fc.record({
      kind: fc.constant("block" as const),
      statements: fc.array(tie("local"), { maxLength: 2 }),
      value: inner,
      span: fc.constant(span),
    }),
  ];
  return {
    expression: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      nameExpression,
      number,
      string,
      ...compound,
    ),
    local: fc.oneof(
      fc.tuple(identifiers, fc.boolean(), inner).map(([targets, one, value]): ast.Definition => {
        const tuple = targets.length > 1 || one;
        return { kind: "definition", targets, tuple, value, span };
      }),
      fc.record({
        kind: fc.constant("function" as const),
        name: identifier,
        parameters: identifiers,
        body: inner,
        span: fc.constant(span),
      }),
    ),
  };
});

const interval = fc.record({
  low: expression,
  high: expression,
  lowClosed: fc.boolean(),
  highClosed: fc.boolean(),
  span: fc.constant(span),
});
const declaration = fc
  .record(
    {
      role: fc.constantFrom("input" as const, "param" as const, "const" as const),
      name: identifier,
      shape: fc.array(fc.oneof(number, nameExpression), { maxLength: 3 }),
      domain: interval,
      value: expression,
    },
    { requiredKeys: ["role", "name"] },
  )
  .filter(({ role, value }) => role !== "const" || value !== undefined)
  .map((parts) => ({ kind: "declaration", ...parts, span }) as ast.Declaration);

const statement: fc.Arbitrary<ast.Statement> = fc.oneof(
  local,
  declaration,
  identifiers.map((names): ast.Statement => ({ kind: "output", names, span })),
  fc
    .record(
      { condition: expression, within: expression, relative: expression },
      { requiredKeys: ["condition"] },
    )
    .map((parts) => ({ kind: "assert", ...parts, span }) as ast.AssertStatement),
  string.map((path): ast.Statement => ({ kind: "import", path, span })),
  fc.record({
    kind: fc.constant("derivative" as const),
    name: identifier,
    parameters: identifiers,
    tangents: identifiers,
    body: expression,
    span: fc.constant(span),
  }),
);

/** Expressions and scripts of every kind of node. Their spans mean nothing. */
export const arbitrary = { expression, script: fc.array(statement, { maxLength: 4 }) };
