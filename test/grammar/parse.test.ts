import { describe, expect, test } from "vitest";
import type { Expression } from "../../grammar/index.js";
import { parseExpression } from "../../grammar/index.js";
import { bare, expressionOf, read, sourceOf, summary, valid } from "./support.js";

/** The tree with its nesting shown by parentheses. */
const shape = (e: Expression): string => {
  if (e.kind === "binary") return `(${shape(e.left)} ${e.operator} ${shape(e.right)})`;
  if (e.kind === "unary") return `(${e.operator} ${shape(e.operand)})`;
  if (e.kind === "transpose") return `(${shape(e.operand)}')`;
  if (e.kind === "if") return `(if ${[e.condition, e.consequent, e.alternate].map(shape).join(" ")})`;
  if (e.kind === "lambda") return `(${e.parameters.map(({ name }) => name).join(" ")} -> ${shape(e.body)})`;
  if (e.kind === "call") return `${shape(e.callee)}(${e.args.map(({ value }) => shape(value)).join(" ")})`;
  if (e.kind === "number") return String(e.value);
  if (e.kind === "string") return JSON.stringify(e.value);
  return e.kind === "name" ? e.name : e.kind;
};

describe("expressions", () => {
  test.each([
    ["a + b * c", "(a + (b * c))"],
    ["a - b - c", "((a - b) - c)"],
    ["a * b / c @ d", "(((a * b) / c) @ d)"],
    ["-x^2", "(- (x ^ 2))"],
    ["2^-1", "(2 ^ (- 1))"],
    ["2^-x^2", "(2 ^ (- (x ^ 2)))"],
    ["2^3**4", "(2 ^ (3 ^ 4))"],
    ["2^-x * y", "((2 ^ (- x)) * y)"],
    ["-a * b", "((- a) * b)"],
    ["a * -b + c", "((a * (- b)) + c)"],
    ["- - x", "(- (- x))"],
    ["a or b and not c == d", "(a or (b and (not (c == d))))"],
    ["not not a", "(not (not a))"],
    ["a < b + 1", "(a < (b + 1))"],
    ["a < b and b < c", "((a < b) and (b < c))"],
    ["-x'^2", "(- ((x') ^ 2))"],
    ["x.T.T", "((x')')"],
    ["x''", "((x')')"],
    ["1.T", "(1')"],
    ["1.5'", "(1.5')"],
    ["f(x)'", "(f(x)')"],
    ["if a then b else c + 1", "(if a b (c + 1))"],
    ["if a then b else if c then d else e", "(if a b (if c d e))"],
    ["if if a then b else c then d else e", "(if (if a b c) d e)"],
    ["a -> b -> a + b", "(a -> (b -> (a + b)))"],
    ["(h, x) -> h + x", "(h x -> (h + x))"],
    ["if a then x -> x else y -> y", "(if a (x -> x) (y -> y))"],
    ["f(x)(y)", "f(x)(y)"],
    ["within + in * rel", "(within + (in * rel))"],
    ["1_000 + .5 + 1. + 1e-3 + 1.e2 + 2_0.0_1E+1_0", "(((((1000 + 0.5) + 1) + 0.001) + 100) + 200100000000)"],
    ["'a\\n\\t\\\\\\'\\\"\\u00e9'", JSON.stringify("a\n\t\\'\"é")],
    ['"it\'s"', '"it\'s"'],
    ["θ₁ * σ", "(θ₁ * σ)"],
    ["(\n a\n +\n b # c\n)", "(a + b)"],
    ["[1,\n 2,\n]", "list"],
    ["a +\n# comment\n\n b", "(a + b)"],
    ["if a\n then b\n else c", "(if a b c)"],
    ["if\na then\nb else\nc", "(if a b c)"],
    ["(a,)", "tuple"],
    ["{ a = 1; a }", "block"],
    ["\n\n x \n\n", "x"],
  ])("%s", (text, expected) => {
    expect(shape(expressionOf(text))).toBe(expected);
  });

  test("indexing has every form of subscript", () => {
    const { subscripts } = expressionOf("x[1, a:b:c, :, ::2, 1:, :n, ..., -1, ]") as Extract<
      Expression,
      { kind: "index" }
    >;
    const written = subscripts.map((s) => {
      if (s.kind === "at") return shape(s.index);
      return s.kind === "ellipsis"
        ? "..."
        : [s.start, s.stop, s.step].map((e) => (e ? shape(e) : "_")).join(":");
    });
    expect(written).toEqual(["1", "a:b:c", "_:_:_", "_:_:2", "1:_:_", "_:n:_", "...", "(- 1)"]);
  });

  test("keyword arguments keep their names", () => {
    const { args } = expressionOf("sum(x, axis=-1, keepdims = 1,)") as Extract<Expression, { kind: "call" }>;
    expect(args.map(({ keyword }) => keyword?.name)).toEqual([undefined, "axis", "keepdims"]);
  });

  test("two ways of writing an accented letter are one name", () => {
    expect(expressionOf("e\u0301")).toMatchObject({ kind: "name", name: "\u00e9" });
  });

  test("a span covers its node, parentheses included", () => {
    const text = " (a + b) * sin( x ) ";
    const product = expressionOf(text) as Extract<Expression, { kind: "binary" }>;
    const written = ({ span }: Expression) => text.slice(span.start, span.end);
    expect([product, product.left, product.right].map(written)).toEqual([
      "(a + b) * sin( x )",
      "(a + b)",
      "sin( x )",
    ]);
  });

  test.each([
    ["", '1:1 syntax-expected ""'],
    ["# only a comment", '1:17 syntax-expected ""'],
    ["1 + 2; 3", '1:8 syntax-expected "3"'],
    ["1\n2", '2:1 syntax-expected "2"'],
    ["x = 3", '1:3 syntax-target "="'],
    ["a &&", '1:3 syntax-foreign "&&"'],
  ])("the text %j is no expression", (text, expected) => {
    const { expression, diagnostics } = parseExpression(sourceOf(text), { maxNesting: 9 });
    expect(expression).toBeUndefined();
    expect(summary(diagnostics)).toHaveLength(1);
    if (text !== "x = 3") expect(summary(diagnostics)).toEqual([expected]);
  });
});

describe("statements", () => {
  test("every kind of statement", () => {
    const script = valid(`# a comment
input X: [n, 3] in (0, 1] = 0.5
input y in [-inf, 2 * k)
param W; const k = 3
sq(a) = a^2
soft(a, b) = {                # another
  s = a + b
  half(v) = v / 2

  (p, q) = pair(s)
  log1p(exp(half(p)))
}
(h, c) = step(x, h0, c0)
output z
output z,
  w
assert grad(z, y) == 3 within 1e-9
assert a == b rel 1e-6 within 0
import "layers.ag"
import 'more.ag'
derivative f(x, y; dx, dy) = x * dy + y * dx`);
    expect(script.statements.map(({ kind }) => kind)).toEqual([
      ...["declaration", "declaration", "declaration", "declaration", "function", "function", "definition"],
      ...["output", "output", "assert", "assert", "import", "import", "derivative"],
    ]);
    expect(bare(script.statements[0])).toMatchObject({
      role: "input",
      name: { name: "X" },
      shape: [
        { kind: "name", name: "n" },
        { kind: "number", value: 3 },
      ],
      domain: { lowClosed: false, highClosed: true },
    });
    expect(bare(script.statements[1])).toMatchObject({ domain: { lowClosed: true, highClosed: false } });
    expect(bare(script.statements[6])).toMatchObject({
      tuple: true,
      targets: [{ name: "h" }, { name: "c" }],
    });
    expect(bare(script.statements[10])).toMatchObject({ within: { value: 0 }, relative: { value: 1e-6 } });
    expect(script.comments.map(({ text }) => text)).toEqual([" a comment", " another"]);
  });

  test.each(["", "\n\n", "# nothing\n", ";;\n;", "\ufeff", "\t \r\n"])("%j holds no statement", (text) => {
    expect(valid(text).statements).toEqual([]);
  });

  test.each([
    ["line feeds", "x = 1\ny = 2\n"],
    ["carriage returns", "x = 1\ry = 2"],
    ["both", "x = 1\r\n\r\ny = 2\r\n"],
    ["semicolons", "x = 1;; y = 2;"],
    ["a byte order mark", "\ufeffx = 1\ny = 2"],
    ["tabs and blanks", "\tx\t=\u00a01\n  y = 2  # end"],
  ])("%s separate statements", (_, text) => {
    const { statements } = valid(text);
    const written = statements.map(({ span }) => text.slice(span.start, span.end).replace(/[\s]+/g, " "));
    expect(written).toEqual(["x = 1", "y = 2"]);
  });

  test("line ends separate inside braces, not inside brackets", () => {
    const { statements } = valid("y = f(\n a,\n {\n s = [1,\n 2]\n t = s\n\n t },\n)\nz = 1");
    expect(statements).toHaveLength(2);
    expect(bare(statements[0])).toMatchObject({ value: { args: [{}, { value: { statements: [{}, {}] } }] } });
  });

  test("words that are keywords in one place are names elsewhere", () => {
    const { statements } = valid(
      "in = 1\nwithin(rel) = rel\ninput rel in (in, within)\nassert within == rel within rel",
    );
    expect(statements.map(({ kind }) => kind)).toEqual(["definition", "function", "declaration", "assert"]);
  });

  test("one name in parentheses is a tuple only with a comma", () => {
    expect(valid("(a) = x\n(b,) = x").statements).toMatchObject([{ tuple: false }, { tuple: true }]);
  });

  test("a quote is a transpose only directly after an operand", () => {
    expect(shape(expressionOf("f(A', 'b', [c]', x'')"))).toBe("f((A') \"b\" (list') ((x')'))");
    expect(read("import'a.ag'").script?.statements).toMatchObject([{ path: { value: "a.ag" } }]);
  });
});
