import { describe, expect, test } from "vitest";
import { print } from "../../grammar/index.js";
import { read, valid } from "./support.js";

/** Ways to nest, each with an expression that nests `n` deep. */
const nests: Readonly<Record<string, (n: number) => string>> = {
  parentheses: (n) => `${"(".repeat(n)}x${")".repeat(n)}`,
  "unary minus in parentheses": (n) => `${"-(".repeat(n)}x${")".repeat(n)}`,
  lists: (n) => `${"[1, ".repeat(n)}x${"]".repeat(n)}`,
  tuples: (n) => `${"(".repeat(n)}x${",)".repeat(n)}`,
  calls: (n) => `${"sin(".repeat(n)}x${")".repeat(n)}`,
  "keyword arguments": (n) => `${"f(a=".repeat(n)}x${")".repeat(n)}`,
  subscripts: (n) => `${"x[:, 1:".repeat(n)}x${"]".repeat(n)}`,
  lambdas: (n) => `${"a -> ".repeat(n)}x`,
  "lambdas of two": (n) => `${"(a, b) -> ".repeat(n)}x`,
  "if chains": (n) => `${"if a then b else ".repeat(n)}x`,
  "ifs in conditions": (n) => `${"if ".repeat(n)}x${" then a else b".repeat(n)}`,
  "ifs in branches": (n) => `${"if a then ".repeat(n)}x${" else b".repeat(n)}`,
  blocks: (n) => `${"{ a = 1; ".repeat(n)}x${" }".repeat(n)}`,
  "block definitions": (n) => `${"{ a = ".repeat(n)}x${"; a }".repeat(n)}`,
  "functions in blocks": (n) => `${"{ f(a) = ".repeat(n - 1)}(x)${"; f }".repeat(n - 1)}`,
  mixed: (n) => {
    const layers = [
      ["(1 + ", ")"],
      ["[x, ", ", y]"],
      ["f(a, k=", ")"],
      ["x -> ", ""],
      ["if a then ", " else b"],
      ["{\nq = 1\n", "\n}"],
      ["if a then b else ", ""],
      ["x[1, ", "]"],
    ];
    const chosen = Array.from({ length: n }, (_, i) => layers[i % layers.length]);
    // a lambda or an `if` is no operand, so it follows only what may hold one
    return (
      chosen.map(([open]) => open.replace("1 + ", "")).join("") +
      "x" +
      chosen
        .map(([, close]) => close)
        .reverse()
        .join("")
    );
  },
};

describe.each(Object.entries(nests))("nesting by %s", (_, nest) => {
  test.each([1, 31, 32, 33, 64, 65, 500, 1000])(
    "%i deep is allowed by that limit, one more is not",
    (limit) => {
      const { statements } = valid(`y = ${nest(limit)}`, limit);
      expect(statements).toHaveLength(1);
      const { script, diagnostics } = read(`y = ${nest(limit + 1)}`, limit);
      expect(script).toBeUndefined();
      expect(diagnostics).toHaveLength(1);
      expect(diagnostics[0]).toMatchObject({
        code: "limit",
        message: `expressions nest more than ${limit} deep (limit: ${limit})`,
      });
      expect(diagnostics[0].hint).toContain("--max-nesting N");
    },
  );

  test("what is parsed from the inside out is the same tree", () => {
    for (const depth of [40, 100]) {
      const text = print(valid(`y = ${nest(depth)}`));
      expect(print(valid(text))).toBe(text);
      // the innermost expression is still there, and as deep as before
      const inner = text.replace(/x(?=[^x]*$)/, "y + 1");
      expect(print(valid(inner))).toBe(inner);
    }
  });
});

test("deep ifs that balance count by depth, not by number", () => {
  const tree = (depth: number): string =>
    depth === 0 ? "x" : `if a then ${tree(depth - 1)} else ${tree(depth - 1)}`;
  expect(valid(`y = ${tree(9)}`, 9).statements).toHaveLength(1);
});

test("the depth of one statement or element does not count for the next", () => {
  const deep = `${"(".repeat(10)}a -> b -> x${")".repeat(10)}`;
  expect(valid(`y = [${`${deep}, `.repeat(50)}]\nz = ${deep}\n`.repeat(5), 13).statements).toHaveLength(10);
});

test.each([
  ["parentheses", "("],
  ["brackets", "["],
  ["braces", "{"],
  ["ifs", "if "],
  ["lambdas", "a -> "],
  ["calls", "f("],
  ["if chains", "if a then b else "],
])("100,000 open %s are one error", (_, opener) => {
  for (const limit of [500, 1000]) {
    const { diagnostics } = read(`y = ${opener.repeat(100_000)}`, limit);
    expect(diagnostics.map(({ code }) => code)).toEqual(["limit"]);
  }
});

test.each([
  ["a closing bracket too few", `${"(".repeat(600)}x${")".repeat(599)}`, "syntax-unclosed"],
  ["a closing bracket too many", `${"(".repeat(600)}x${")".repeat(601)}`, "syntax-unopened"],
  ["a wrong closing bracket", `${"(".repeat(600)}x]${")".repeat(599)}`, "syntax-unclosed"],
  ["no closing bracket", "[".repeat(600), "syntax-unclosed"],
  ["ifs without then", "if ".repeat(600), "syntax-expected"],
  ["ifs without else", "if a then ".repeat(600), "syntax-expected"],
  ["an error deep inside", `${"(".repeat(600)}a b${")".repeat(600)}`, "syntax-adjacent"],
  ["an operand missing deep inside", `${"(".repeat(600)}a + ${")".repeat(600)}`, "syntax-expected"],
])("%s in a deep expression", (_, text, code) => {
  const { script, diagnostics } = read(`y = ${text}`, 1000);
  expect(script).toBeUndefined();
  expect(diagnostics.map((d) => d.code)).toEqual([code]);
});

test("long chains need no nesting and no recursion", () => {
  const n = 100_000;
  const chains = [
    `x${" + x".repeat(n)}`,
    `2${"^2".repeat(n)}`,
    `${"-".repeat(n)}x`,
    `${"not ".repeat(n)}x`,
    `x${".T".repeat(n)}`,
    `x${"'".repeat(n)}`,
    `x${"[0]".repeat(n)}`,
    `f${"(x)".repeat(n)}`,
    `2${"^-2".repeat(n)}`,
    `[${"1, ".repeat(n)}]`,
    `a${" or a and not a".repeat(n)}`,
  ];
  for (const chain of chains) expect(valid(`y = ${chain}`, 1).statements).toHaveLength(1);
});

test("many statements are parsed one after the other", () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `x${i + 1} = sin(x${i}) * x3 + 0.5`);
  expect(valid(lines.join("\n"), 1).statements).toHaveLength(20_000);
});
