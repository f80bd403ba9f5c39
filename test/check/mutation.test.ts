import { describe, expect, it } from "vitest";
import { scalarOperations, tensorOperations } from "../../src/ops/registry.js";
import { measure, noRates } from "./mutation/measure.js";
import { subjectsOf } from "./mutation/subjects.js";

// `npm run mutation` does the same at many more points.
const subjects = subjectsOf(1).map((subject) => ({
  ...subject,
  points: subject.points.slice(0, 1),
  special: subject.special.slice(0, 2),
}));

describe("a check of broken derivatives", () => {
  it.each(subjects.map((subject, i) => [`${subject.op} (${i})`, subject] as const))(
    "finds each mistake of %s and names it, and none in the right rule",
    (_title, subject) => {
      const rates = noRates();
      measure(subject, rates);
      expect(rates.points).toBeGreaterThan(0);
      expect(rates.falseAlarms).toEqual([]);
      expect(rates.misses).toEqual([]);
      expect(rates.wrongNames).toEqual([]);
    },
  );

  it("has been tried on every operation that a derivative passes", () => {
    const tried = new Set(subjects.map(({ op }) => op));
    const passing = [...scalarOperations, ...tensorOperations.filter(({ vjp }) => vjp !== null)];
    expect(passing.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([]);
    // Their rules come with each node.
    expect(tried.has("custom") && tried.has("loop")).toBe(true);
  });

  it("meets mistakes in nearly all of them", () => {
    const rates = noRates();
    for (const subject of subjects.slice(0, 20)) measure(subject, rates);
    expect(rates.mutants).toBeGreaterThan(100);
    expect(rates.unseen).toBeLessThan(rates.mutants / 10);
  });
});
