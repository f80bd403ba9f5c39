import { describe, expect, it } from "vitest";
import { assertDiagnostics } from "../../src/report/asserts.js";
import type { AssertFailure, AssertResult } from "../../src/results.js";

const source = { name: "model.ag", text: "assert a == b" };
const span = { source, start: 0, end: source.text.length };

const result = (operator: AssertResult["operator"], failure?: Partial<AssertFailure>): AssertResult => ({
  text: source.text,
  span,
  operator,
  passed: failure === undefined,
  ...(failure === undefined
    ? {}
    : { failure: { index: [], left: 0, tolerance: 0, failed: 1, total: 1, ...failure } }),
});

const message = (operator: AssertResult["operator"], failure: Partial<AssertFailure>) =>
  assertDiagnostics([result(operator, failure)])[0]!.message;
const hint = (operator: AssertResult["operator"], failure: Partial<AssertFailure>) =>
  assertDiagnostics([result(operator, failure)])[0]!.hint;

describe("failed asserts as errors", () => {
  it("has one for each that fails, at its place", () => {
    const found = assertDiagnostics([result("=="), result("==", { right: 1 }), result(undefined, {})]);
    expect(found.map((d) => [d.code, d.severity, d.span])).toEqual([
      ["assert-failed", "error", span],
      ["assert-failed", "error", span],
    ]);
  });

  it.each<[AssertResult["operator"], Partial<AssertFailure>, string]>([
    ["==", { left: 3.5, right: 3 }, "assert failed: 3.5 == 3 is false (difference 0.5)"],
    [
      "==",
      { left: 3.5, right: 3, tolerance: 1e-9 },
      "assert failed: 3.5 == 3 is false (difference 0.5, tolerance 1e-9)",
    ],
    // All digits where fewer would not tell the one from the other.
    [
      "==",
      { left: 0.1 + 0.2, right: 0, tolerance: 0.3 },
      "assert failed: 0.30000000000000004 == 0 is false (difference 0.30000000000000004, tolerance 0.3)",
    ],
    ["<", { left: 3, right: 3 }, "assert failed: 3 < 3 is false"],
    [
      "!=",
      { left: 3, right: 3, tolerance: 0.5 },
      "assert failed: 3 != 3 is false (difference 0, tolerance 0.5)",
    ],
    [
      "==",
      { left: Number.POSITIVE_INFINITY, right: 3, tolerance: Number.POSITIVE_INFINITY },
      "assert failed: Infinity == 3 is false",
    ],
    ["==", { left: Number.NaN, right: 3, tolerance: 1 }, "assert failed: NaN == 3 is false"],
    [
      "<=",
      { left: 4, right: 3, index: [1, 0], failed: 2, total: 6 },
      "assert failed for 2 of 6 elements, worst at [1, 0]: 4 <= 3 is false (difference 1)",
    ],
    [undefined, { left: -0 }, "assert failed: the value is -0"],
    [
      undefined,
      { left: 0, index: [0], failed: 1, total: 1 },
      "assert failed for 1 of 1 element, first at [0]: the value is 0",
    ],
  ])("%s %j", (operator, failure, expected) => {
    expect(message(operator, failure)).toBe(expected);
  });

  it("advises a tolerance where rounding is likely, and only there", () => {
    const off = { left: 0.1 + 0.2, right: 0.3 };
    expect(hint("==", off)).toContain("within 1e-9");
    expect(hint("==", { ...off, tolerance: 1e-20 })).toBeUndefined();
    expect(hint("!=", { left: 1, right: 1 })).toBeUndefined();
    expect(hint("==", { left: 1, right: 2 })).toBeUndefined();
    expect(hint("==", { left: Number.POSITIVE_INFINITY, right: 1 })).toBeUndefined();
    expect(hint(undefined, { left: 0 })).toBeUndefined();
    expect(hint("!=", { left: 1, right: Number.NaN })).toContain("NaN");
    expect(hint(undefined, { left: Number.NaN })).toContain("NaN");
  });
});
