import { describe, expect, it } from "vitest";
import { scalarOperations } from "../../src/ops/registry.js";
import { isOk, measure } from "./measure.js";
import { subjects } from "./subjects.js";

/** Operations whose value is 0 or 1, or one of their arguments. */
const discrete = /^(less|greater)(_equal)?$|equal$|^logical_|^where$/;

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
    const measured = new Set<string>(subjects.map(({ op }) => op));
    const missing = scalarOperations
      .map(({ name }) => name)
      .filter((name) => !discrete.test(name) && !measured.has(name));
    expect(missing).toEqual([]);
  });
});
