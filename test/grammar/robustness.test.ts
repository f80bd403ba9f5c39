import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseExpression, print } from "../../grammar/index.js";
import { arbitrary, read, sourceOf } from "./support.js";

/** What has to hold for every text. */
function check(text: string): void {
  const { script, diagnostics } = read(text, 50);
  expect(script === undefined).toBe(diagnostics.some(({ severity }) => severity === "error"));
  for (const { span, notes } of diagnostics) {
    for (const place of [span!, ...notes.map((note) => note.span)]) {
      expect(place.start).toBeGreaterThanOrEqual(0);
      expect(place.start).toBeLessThanOrEqual(place.end);
      expect(place.end).toBeLessThanOrEqual(text.length);
    }
  }
  const single = parseExpression(sourceOf(text), { maxNesting: 50 });
  expect(single.expression === undefined).toBe(single.diagnostics.length > 0);
}

const pieces = [
  ..."()[]{}+-*/@^<>=,:;.'\"#!&|%\\$_ \n\r\t",
  ...[
    "==",
    "!=",
    "->",
    "**",
    "...",
    ".T",
    "if ",
    " then ",
    " else ",
    " or ",
    " and ",
    " not ",
    " in ",
    " within ",
  ],
  ...[
    "input ",
    "const ",
    "output ",
    "assert ",
    "import ",
    "derivative ",
    "x",
    "f(",
    "y = ",
    "1",
    "1.5",
    "'a'",
    "σ",
    "€",
  ],
  ...["\ufeff", "\u2028", "\ud800", "𝑥", "{ s = 1\n", "(a, b) -> ", "x -> ", "f(a) = ", "(a, b) = "],
];

test("no text makes the parser throw", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), check), { numRuns: 2000 });
});

test("no row of tokens makes the parser throw", () => {
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(""));
  fc.assert(fc.property(text, check), { numRuns: 5000 });
});

test("no damage to a script makes the parser throw", () => {
  const damage = fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(5),
      put: fc.constantFrom("", ...pieces),
    }),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(arbitrary.script, damage, (statements, changes) => {
      let text = print({ statements });
      for (const { at, cut, put } of changes) {
        const from = Math.floor(at * text.length);
        text = text.slice(0, from) + put + text.slice(from + cut);
      }
      check(text);
    }),
    { numRuns: 3000 },
  );
});

test("every start of a script is read without a throw", () => {
  const text = `input X: [n, 3] in (0, 1] = 0.5 # comment
soft(a, b) = {
  s = if a < b then a' else b[1:2, ...]
  log1p(exp(s))
}
(h, c) = map((x, y) -> x + y, [1, 2,], axis=-1)
assert f("a\\u0041") == 3 within 1e-9 rel 2
derivative f(x, y; dx, dy) = x * dy
`;
  for (let end = 0; end <= text.length; end += 1) check(text.slice(0, end));
});

test("long rows of one token stay linear enough to finish", () => {
  for (const piece of pieces) check(piece.repeat(10_000));
});
