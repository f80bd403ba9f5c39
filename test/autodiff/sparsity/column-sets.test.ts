import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ColumnSets, none } from "../../../src/autodiff/sparsity/column-sets.js";

const columns = (sets: ColumnSets, set: number): number[] => {
  const found: number[] = [];
  sets.forEachRun(set, (first, end) => {
    for (let column = first; column < end; column++) found.push(column);
  });
  return found;
};

const sorted = (set: ReadonlySet<number>) => [...set].sort((a, b) => a - b);

describe("sets of columns", () => {
  const range = fc.tuple(fc.nat(40), fc.nat(6)).map(([first, length]) => [first, first + length] as const);
  const program = fc.record({
    ranges: fc.array(range, { minLength: 1, maxLength: 12 }),
    unions: fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 60 }),
  });

  it("join as sets do, and never change", () => {
    fc.assert(
      fc.property(program, ({ ranges, unions }) => {
        const sets = new ColumnSets();
        const made = ranges.map(([first, end]) => {
          const expected = new Set(Array.from({ length: end - first }, (_, i) => first + i));
          return { set: sets.range(first, end), expected };
        });
        for (const [i, j] of unions) {
          const [a, b] = [made[i % made.length]!, made[j % made.length]!];
          made.push({ set: sets.union(a.set, b.set), expected: new Set([...a.expected, ...b.expected]) });
        }
        const all = made.map(({ set }) => set);
        const everything = new Set(made.flatMap(({ expected }) => [...expected]));
        made.push({ set: sets.unionOf(all), expected: everything });
        for (const { set, expected } of made) {
          expect(columns(sets, set)).toEqual(sorted(expected));
          expect(sets.sizeOf(set)).toBe(expected.size);
          // Runs that touch are one run, so a full row is a single one.
          let runs = 0;
          let before = -2;
          sets.forEachRun(set, (first, end) => {
            expect(first).toBeGreaterThan(before);
            expect(end).toBeGreaterThan(first);
            before = end;
            runs += 1;
          });
          expect(runs).toBe(sorted(expected).filter((column) => !expected.has(column - 1)).length);
        }
      }),
    );
  });

  it("have one empty set", () => {
    const sets = new ColumnSets();
    expect(sets.range(3, 3)).toBe(none);
    expect(sets.unionOf([])).toBe(none);
    expect(sets.union(none, sets.range(1, 2))).not.toBe(none);
    expect(columns(sets, none)).toEqual([]);
  });
});
