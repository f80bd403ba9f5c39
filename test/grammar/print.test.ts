import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { print, printExpression } from "../../grammar/index.js";
import { arbitrary, bare, expressionOf, valid } from "./support.js";

describe("printing", () => {
  test("a printed script parses to the same tree, and prints the same again", () => {
    fc.assert(
      fc.property(arbitrary.script, (statements) => {
        const text = print({ statements });
        const { statements: again } = valid(text);
        expect(bare(again)).toEqual(bare(statements));
        expect(print({ statements: again })).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test("a printed expression parses to the same tree", () => {
    fc.assert(
      fc.property(arbitrary.expression, (expression) => {
        expect(bare(expressionOf(printExpression(expression)))).toEqual(bare(expression));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ["((a+b))*c", "(a + b) * c"],
    ["(a*b)+c", "a * b + c"],
    ["a-(b-c)", "a - (b - c)"],
    ["(a-b)-c", "a - b - c"],
    ["-(x^2)", "-x^2"],
    ["(-x)^2", "(-x)^2"],
    ["2**(-(x**2))", "2^-x^2"],
    ["(2^3)^4", "(2^3)^4"],
    ["2^(3^4)", "2^3^4"],
    ["a*(-b)", "a * -b"],
    ["(a<b)==c", "(a < b) == c"],
    ["not (a and b)", "not (a and b)"],
    ["not (a == b)", "not a == b"],
    ["(not a) == b", "(not a) == b"],
    ["x''", "x.T.T"],
    ["(-x).T", "(-x).T"],
    ["x[ 1 :2, ::3,..., : ]", "x[1:2, ::3, ..., :]"],
    ["f( a , axis = 1 , )", "f(a, axis=1)"],
    ["(a ,)", "(a,)"],
    ["(x)->x", "x -> x"],
    ["1+(if a then b else c)", "1 + (if a then b else c)"],
    ["{a=1;a}", "{\n  a = 1\n  a\n}"],
    ["1e21", "1e21"],
    ["1_000.50", "1000.5"],
    ["'it\\'s'", '"it\'s"'],
  ])("%s is written %s", (text, expected) => {
    expect(printExpression(expressionOf(text))).toBe(expected);
  });

  test("numbers without a literal are written as the expression that gives them", () => {
    const span = { source: { name: "", text: "" }, start: 0, end: 0 };
    const square = (value: number) =>
      printExpression({
        kind: "binary",
        operator: "^",
        left: { kind: "number", value, span },
        right: { kind: "number", value, span },
        span,
      });
    expect([-2, -0, Number.NEGATIVE_INFINITY, Number.NaN].map(square)).toEqual([
      "(-2)^-2",
      "(-0)^-0",
      "(-inf)^-inf",
      "(0 / 0)^(0 / 0)",
    ]);
  });

  test("long chains are written without recursion", () => {
    for (const text of ["x".concat(" + x".repeat(100_000)), "2".concat("^2".repeat(100_000))]) {
      expect(printExpression(expressionOf(text))).toBe(text);
    }
    const prefixes = `${"-".repeat(100_000)}x`;
    expect(printExpression(expressionOf(prefixes))).toBe(prefixes);
    expect(printExpression(expressionOf(`x${"'".repeat(100_000)}`))).toBe(`x${".T".repeat(100_000)}`);
  });
});
