import { describe, expect, it } from "vitest";
import { builtinFunctions } from "../../src/ops/builtins.js";
import { derivativeFunctions } from "../../src/ops/derivative-functions.js";
import { families } from "../../src/ops/documentation.js";
import { loopFunctions } from "../../src/ops/loop-functions.js";
import { functionEntries, runExample } from "../../src/program/reference.js";

const entries = functionEntries();

describe("the reference of the functions", () => {
  it("holds every function once, under a family", () => {
    const names = new Set([
      ...[...builtinFunctions.values()].map(({ name }) => name),
      ...derivativeFunctions.keys(),
      ...loopFunctions.keys(),
    ]);
    expect(entries.map(({ name }) => name).sort()).toEqual([...names].sort());
    expect([...new Set(entries.map(({ family }) => family))]).toEqual([...families]);
  });

  it.each(entries.map((entry) => [entry.name, entry] as const))(
    "%s: says enough, and its example runs",
    (name, entry) => {
      expect(entry.doc).toMatch(/\.$/);
      expect(entry.derivative).not.toMatch(/\.$|^$/);
      if (entry.conventions !== undefined) expect(entry.conventions).toMatch(/\.$/);
      expect(entry.example).toContain(`${name}(`);
      const { values } = runExample(entry);
      expect(values.length).toBeGreaterThan(0);
      for (const { tensor } of values) expect([...tensor.data].every(Number.isFinite)).toBe(true);
    },
  );
});
