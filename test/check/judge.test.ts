import { describe, expect, it } from "vitest";
import { digitsLost, judge, judgeRule, ruleTolerance } from "../../src/check/judge.js";

const exact = (hi: number, lo = 0) => ({ hi, lo });

/** A rule that says 2 beside a reference, everything of size 1 and nothing uncertain, but for what is told. */
const element = (changes: Partial<Parameters<typeof judge>[0]> = {}) => ({
  number: 2,
  rule: exact(2),
  reference: { value: exact(2), bound: 0 },
  scale: 1,
  terms: 1,
  tolerance: 2 * ruleTolerance,
  ...changes,
});

describe("a rule beside a reference", () => {
  it("passes within the tolerance and the bound, and no farther", () => {
    expect(judgeRule(element())).toBe("PASS");
    expect(judgeRule(element({ rule: exact(2 + 1e-11) }))).toBe("PASS");
    expect(judgeRule(element({ rule: exact(2 + 1e-10) }))).toBe("WRONG");
    expect(judgeRule(element({ rule: exact(-2) }))).toBe("WRONG");
    const uncertain = { value: exact(2), bound: 1e-9 };
    expect(judgeRule(element({ rule: exact(2 + 9e-10), reference: uncertain }))).toBe("PASS");
    expect(judgeRule(element({ rule: exact(2 + 2e-9), reference: uncertain }))).toBe("WRONG");
  });

  it("sees what lies behind the 16 digits of a number", () => {
    const reference = { value: exact(1, 1e-20), bound: 1e-30 };
    expect(judgeRule(element({ rule: exact(1), reference, tolerance: 0 }))).toBe("WRONG");
    expect(judgeRule(element({ rule: exact(1, 1e-20), reference, tolerance: 0 }))).toBe("PASS");
  });

  it("is not judged by a reference that is none", () => {
    expect(judgeRule(element({ reference: { value: exact(2), bound: 1e-6 } }))).toBe("INCONCLUSIVE");
    expect(judgeRule(element({ reference: { value: exact(2), bound: Number.POSITIVE_INFINITY } }))).toBe(
      "INCONCLUSIVE",
    );
    expect(judgeRule(element({ reference: { value: exact(2), bound: Number.NaN } }))).toBe("INCONCLUSIVE");
    // Unless it is farther off than even that allows.
    expect(judgeRule(element({ rule: exact(-2), reference: { value: exact(2), bound: 1e-3 } }))).toBe(
      "WRONG",
    );
  });

  it("passes as 0 where values cannot show more", () => {
    const nothing = { value: exact(1e-40), bound: 1e-20 };
    expect(judgeRule(element({ rule: exact(0), reference: nothing }))).toBe("PASS");
    expect(judgeRule(element({ rule: exact(0), reference: nothing, scale: 0 }))).toBe("PASS");
    expect(judgeRule(element({ rule: exact(0), reference: nothing, scale: 0, terms: 0 }))).toBe(
      "INCONCLUSIVE",
    );
    expect(judgeRule(element({ rule: exact(1e-3), reference: nothing, tolerance: 1e-14 }))).toBe("WRONG");
  });

  it("fails with NaN, wherever it is", () => {
    expect(judgeRule(element({ rule: exact(Number.NaN) }))).toBe("NONFINITE");
    expect(judgeRule(element({ rule: exact(Number.POSITIVE_INFINITY) }))).toBe("NONFINITE");
    expect(judgeRule(element({ reference: { value: exact(Number.NaN), bound: 0 } }))).not.toBe("PASS");
    expect(judgeRule(element({ tolerance: Number.NaN }))).not.toBe("PASS");
    expect(judge(element({ number: Number.NaN }), 2).verdict).toBe("NONFINITE");
  });
});

describe("digits lost", () => {
  it("are counted against the rule", () => {
    expect(digitsLost(2, exact(2), 2)).toBe(0);
    expect(digitsLost(1 + 1e-6, exact(1), 1)).toBeCloseTo(9.95, 1);
    expect(digitsLost(-1, exact(1), 1)).toBe(16);
    expect(digitsLost(Number.NaN, exact(1), 1)).toBe(16);
  });

  it("are none below the rounding of the largest element", () => {
    expect(digitsLost(1e-17, exact(2e-17), 1)).toBe(0);
    expect(digitsLost(1e-17, exact(2e-17), 2e-17)).toBeGreaterThan(15);
  });

  it("make a right rule unstable, and a wrong one no better", () => {
    expect(judge(element({ number: 2 + 1e-3 }), 2)).toMatchObject({ verdict: "UNSTABLE" });
    expect(judge(element({ number: 2 + 1e-9 }), 2)).toMatchObject({ verdict: "PASS" });
    expect(judge(element({ number: 2 + 1e-3, rule: exact(3) }), 2)).toMatchObject({ verdict: "WRONG" });
  });
});
