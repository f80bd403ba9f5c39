import { describe, expect, test } from "vitest";
import { read, summary } from "./support.js";

const hintOf = (text: string) => read(text).diagnostics[0].hint;
const messageOf = (text: string) => read(text).diagnostics[0].message;

test.each([
  // something is missing
  ["y =", '1:4 syntax-expected ""'],
  ["y = a +", '1:8 syntax-expected ""'],
  ["y = a + # more", '1:8 syntax-expected ""'],
  ["y = )", '1:5 syntax-unopened ")"'],
  ["y = * 2", '1:5 syntax-expected "*"'],
  ["y = +3", '1:5 syntax-expected "+"'],
  ["y = a or or b", '1:10 syntax-expected "or"'],
  ["y = f(a,, b)", '1:9 syntax-expected ","'],
  ["y = f(,)", '1:7 syntax-expected ","'],
  ["y = x[]", '1:7 syntax-expected "]"'],
  ["y = f(a; b)", '1:8 syntax-expected ";"'],
  ["output", '1:7 syntax-expected ""'],
  ["output 3", '1:8 syntax-expected "3"'],
  ["import x", '1:8 syntax-expected "x"'],
  ["input x in 3", '1:12 syntax-expected "3"'],
  ["input x in (0 1)", '1:15 syntax-adjacent "1"'],
  ["input x in (0, 1}", '1:17 syntax-unclosed "}"'],
  ["input x: 3", '1:10 syntax-expected "3"'],
  ["input x: [n + 1]", '1:13 syntax-expected "+"'],
  ["derivative f(x) = x", '1:15 syntax-expected ")"'],
  ["assert", '1:7 syntax-expected ""'],
  ["=3", '1:1 syntax-expected "="'],
  // if
  ["y = if a then b", '1:16 syntax-expected ""'],
  ["y = if a else b", '1:10 syntax-expected "else"'],
  ["y = (if a then b)", '1:17 syntax-expected ")"'],
  ["y = 1 + if a then b else c", '1:9 syntax-parenthesise "if"'],
  ["y = a + x -> x", '1:9 syntax-parenthesise "x"'],
  ["y = -(x, h) -> x", '1:6 syntax-parenthesise "("'],
  // brackets
  ["y = (a, b", '1:10 syntax-unclosed ""'],
  ["y = (a]", '1:7 syntax-unclosed "]"'],
  ["y = [(a]", '1:8 syntax-unclosed "]"'],
  ["y = a)", '1:6 syntax-unopened ")"'],
  ["f(a) = {\n s = a\n s\n\ng(b) = 2", '5:1 syntax-unclosed "g"'],
  ["f(a) = {\n s = a", '2:7 syntax-unclosed ""'],
  ["y = ()", '1:5 syntax-empty-parentheses "()"'],
  ["y = () -> 3", '1:5 syntax-no-parameters "()"'],
  ["f() = 3", '1:2 syntax-no-parameters "()"'],
  ["f((a, b), c) = a", '1:3 syntax-nested-names "("'],
  ["y = fold((c, (a, b)) -> a, 0, x)", '1:14 syntax-nested-names "("'],
  ["((a, b), c) = f(x)", '1:2 syntax-nested-names "("'],
  ["f(a) = {\n (b, (c, d)) = a\n c\n}", '2:6 syntax-nested-names "("'],
  ["output (a)", '1:8 syntax-expected "("'],
  // two operands
  ["y = 2 x", '1:7 syntax-adjacent "x"'],
  ["y = 1abc", '1:6 syntax-adjacent "abc"'],
  ["y = 2(x)", '1:5 syntax-adjacent "2(x)"'],
  ["y = [1 2]", '1:8 syntax-adjacent "2"'],
  ["y = sin x", '1:9 syntax-adjacent "x"'],
  ["y = (a)b", '1:8 syntax-adjacent "b"'],
  // names
  ["input = 3", '1:7 syntax-expected "="'],
  ["then = 3", '1:1 syntax-reserved "then"'],
  ["y = output + 1", '1:5 syntax-reserved "output"'],
  ["f(if) = 2", '1:3 syntax-reserved "if"'],
  ["output and", '1:8 syntax-reserved "and"'],
  ["f(a, b=2) = a", '1:6 syntax-default "b"'],
  ["g = (a, b=2) -> a", '1:9 syntax-default "b"'],
  ["x[0] = 3", '1:1 syntax-target "x[0]"'],
  ["x + 1 = 3", '1:1 syntax-target "x + 1"'],
  ["2 = x", '1:1 syntax-target "2"'],
  ["x y = 3", '1:1 syntax-target "x y"'],
  ["f(a)(b) = 3", '1:1 syntax-target "f(a)(b)"'],
  ["y = a = b", '1:7 syntax-equals "="'],
  ["y = (a = b)", '1:8 syntax-equals "="'],
  ["y = if a = b then c else d", '1:10 syntax-equals "="'],
  ["assert a = b", '1:10 syntax-equals "="'],
  ["const k", '1:1 syntax-const "const k"'],
  ["const k: [2]", '1:1 syntax-const "const k: [2]"'],
  ["assert x within 1 within 2", '1:17 syntax-repeated-tolerance "1"'],
  // statements that are none
  ["sin(x)", '1:1 syntax-bare-expression "sin(x)"'],
  ["a == b", '1:1 syntax-bare-expression "a == b"'],
  ["if a then b else c", '1:1 syntax-bare-expression "if a then b else c"'],
  ["f(a) = {\n s = 1\n}", '3:1 syntax-block-end "}"'],
  ["f(a) = {}", '1:9 syntax-block-end "}"'],
  ["f(a) = {\n sin(a)\n a\n}", '2:2 syntax-bare-expression "sin(a)"'],
  ["f(a) = {\n input x\n a\n}", '2:2 syntax-block-statement "input"'],
  // operators
  ["y = a < b < c", '1:11 syntax-chained-comparison "<"'],
  ["y = a == b != c", '1:12 syntax-chained-comparison "!="'],
  ["y = a + not b", '1:9 syntax-not "not"'],
  ["y = - not b", '1:7 syntax-not "not"'],
  // literals
  ['y = "abc', '1:5 syntax-unterminated-string "\\"abc"'],
  ['y = "abc\\"', '1:5 syntax-unterminated-string "\\"abc\\\\\\""'],
  ['y = "abc\\', '1:5 syntax-unterminated-string "\\"abc\\\\"'],
  ["y = A 'x", '1:7 syntax-unterminated-string "\'x"'],
  ['y = f("a\\q")', '1:9 syntax-escape "\\\\q"'],
  ['y = f("\\u12g4")', '1:8 syntax-escape "\\\\u"'],
  ["y = 1e999", '1:5 syntax-number-range "1e999"'],
  ["y = 0x1F", '1:5 syntax-number "0x1F"'],
  ["y = 1__0", '1:5 syntax-number "1__0"'],
  ["y = 1_", '1:5 syntax-number "1_"'],
  ["y = 1.2.3", '1:5 syntax-number "1.2.3"'],
  ["y = 1 $ 2", '1:7 syntax-character "$"'],
  ["y = a\u0007", '1:6 syntax-character "\\u0007"'],
  ["y = a\u200bb", '1:6 syntax-character "\u200b"'],
  ["y = 𝑥 + €", '1:9 syntax-character "€"'],
])("%j", (text, expected) => {
  expect(summary(read(text).diagnostics)).toEqual([expected]);
});

describe("operators of other languages", () => {
  test.each([
    ["a .* b", ".*", "write `*`, which is elementwise already"],
    ["a ./ b", "./", "write `/`, which is elementwise already"],
    ["a .^ b", ".^", "write `^`, which is elementwise already"],
    ["a .** b", ".**", "write `^`, which is elementwise already"],
    ["a .+ b", ".+", "write `+`"],
    ["a .- b", ".-", "write `-`"],
    ["a && b", "&&", "write `and`"],
    ["a & b", "&", "write `and`"],
    ["a || b", "||", "write `or`"],
    ["a | b", "|", "write `or`"],
    ["!a", "!", "write `not`"],
    ["~a", "~", "write `not`"],
    ["a === b", "===", "write `==`"],
    ["a !== b", "!==", "write `!=`"],
    ["a <> b", "<>", "write `!=`"],
    ["a % b", "%", "mod(a, b)"],
    ["a // b", "//", "floor(a / b)"],
    ["a ? b : c", "?", "if c then a else b"],
    ["x => x", "=>", "x -> …"],
    ["A \\ b", "\\", "solve(a, b)"],
    ["x.shape", ".shape", "shape(x)"],
    ["a − b", "−", "write `-`"],
    ["a × b", "×", "write `*`"],
    ["a·b", "·", "write `*`"],
    ["a ÷ b", "÷", "write `/`"],
    ["a ≤ b", "≤", "write `<=`"],
    ["x²", "²", "write `^2`"],
    ["“a”", "“", 'write `"`'],
  ])("%s", (text, operator, advice) => {
    const { diagnostics } = read(`y = ${text}\nz = 1`);
    expect(diagnostics.map(({ code }) => code)).toEqual(["syntax-foreign"]);
    const { source, start, end } = diagnostics[0].span!;
    expect(source.text.slice(start, end)).toBe(operator);
    expect(diagnostics[0].hint).toContain(advice);
  });

  test.each(["y += 1", "y -= 1", "y *= 2", "y := 1"])("%s", (text) => {
    expect(summary(read(text).diagnostics)).toEqual([
      `1:3 syntax-foreign ${JSON.stringify(text.slice(2, 4))}`,
    ]);
  });
});

describe("what messages say", () => {
  test("what was expected and what was found", () => {
    expect(messageOf("y = a + )\n")).toBe("this `)` closes nothing");
    expect(messageOf("y = f(a + )\n")).toBe("expected an expression, found `)`");
    expect(messageOf("y = a +\n")).toBe("expected an expression, found the end of the text");
    expect(messageOf("y = a + ; z = 1")).toBe("expected an expression, found `;`");
    expect(messageOf("y = f(\n")).toBe("expected `)` to close the `(` at line 1, found the end of the text");
    expect(messageOf("output a b")).toBe("there is no operator between `a` and `b`");
    expect(messageOf("y = if a\nz = 1")).toBe("expected `then`, found the end of the line");
    expect(messageOf(`y = f("${"a".repeat(100)}" "b")`).length).toBeLessThan(80);
  });

  test("what to do about it", () => {
    expect(hintOf("y = 1abc")).toContain("no implicit multiplication: write `1 * abc`");
    expect(hintOf("y = 2(x)")).toContain("no implicit multiplication: write `2 * (x)`");
    expect(hintOf("y = sin x")).toContain("`sin(x)` for a call");
    expect(hintOf("y = [1 2]")).toContain("`,` between two elements");
    expect(hintOf("y = a < b < c")).toBe("write `a < b and b < …`");
    expect(hintOf("sin(x)")).toBe("name its value: `y = sin(x)`");
    expect(hintOf("a == b")).toContain("assert a == b");
    expect(hintOf("input = 3")).toContain("`input` is a reserved word");
    expect(hintOf("then = 3")).toContain("a reserved word cannot be a name");
    expect(hintOf("y = +3")).toBe("there is no unary plus");
    expect(hintOf("y = A 'x")).toContain("a transpose `'` directly follows its operand");
  });

  test("an unclosed bracket points at its opener", () => {
    const [diagnostic] = read("a = 1\nz = sum([1, 2\ny = 3").diagnostics;
    expect(diagnostic.message).toBe("expected `]` to close the `[` at line 2, found `y`");
    expect(diagnostic.notes).toMatchObject([{ message: "opened here", span: { start: 14, end: 15 } }]);
  });
});

describe("several errors", () => {
  test("each statement reports its own, once", () => {
    const text = "a = 1 +\nb = 2 x y z\nc = 3\nd = ) ) )\ne = f(1 2, 3 4)\nf = a && b || 2 c\ng = 4 g";
    expect(summary(read(text).diagnostics)).toEqual([
      '2:3 syntax-equals "="',
      '4:5 syntax-unopened ")"',
      '5:9 syntax-adjacent "2"',
      '6:7 syntax-foreign "&&"',
      '7:7 syntax-adjacent "g"',
    ]);
  });

  test("a bracket that is never closed does not hide what follows", () => {
    const text = "a = (1 + 2\nb = 2 x\nc = [1, k\n(p, q) = f(x)\nd = 1 1\noutput (\ninput e";
    expect(summary(read(text).diagnostics)).toEqual([
      '2:1 syntax-unclosed "b"',
      '2:7 syntax-adjacent "x"',
      '4:8 syntax-equals "="',
      '5:7 syntax-adjacent "1"',
      '6:8 syntax-expected "("',
    ]);
  });

  test("they stand in the order of the text, and beyond twenty are counted", () => {
    const { diagnostics } = read("y = 2 x\n".repeat(25));
    expect(diagnostics).toHaveLength(21);
    expect(diagnostics[20]).toMatchObject({
      code: "syntax-more",
      message: "5 more syntax errors are not shown",
    });
    const lines = diagnostics.map(({ span }) => span!.start);
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
  });
});

test("characters that reorder text are refused everywhere", () => {
  for (const code of [
    0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0x200e, 0x200f, 0x61c,
  ]) {
    const character = String.fromCharCode(code);
    for (const text of [`# ${character}`, `y = f("${character}")`, `y = a${character}`]) {
      const { script, diagnostics } = read(text);
      expect(script).toBeUndefined();
      expect(diagnostics).toMatchObject([
        { code: "syntax-reordering", span: { start: text.indexOf(character) } },
      ]);
    }
  }
});
