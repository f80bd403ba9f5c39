import { describe, expect, it } from "vitest";
import { isOk, measure } from "./measure.js";
import { computing, subjects } from "./subjects.js";

/** `npm run accuracy` prints the same table with more points. */
const points = 70;

describe("values within 2 and derivatives within 4 units in the last place", () => {
  it.each(subjects.map((subject) => [subject.name ?? subject.op, subject] as const))(
    "%s",
    (_name, subject) => {
      const missed = measure(subject, points).filter((row) => !isOk(row));
      expect(missed).toEqual([]);
    },
  );

  it("hold for every operation that computes something", () => {
    expect([...new Set<string>(subjects.map(({ op }) => op))].sort()).toEqual([...computing].sort());
  });
});
