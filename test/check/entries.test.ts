import { describe, expect, it } from "vitest";
import {
  type Outcome,
  outcomeOfAssert,
  outcomeOfFault,
  type Place,
  Subjects,
} from "../../src/check/entries.js";
import { fault } from "../../src/diagnostics.js";

const place = (at: Place["at"]): Place => ({ at, values: new Map() });
const outcome = (verdict: Outcome["verdict"], at: Place["at"], changes: Partial<Outcome> = {}): Outcome => ({
  place: place(at),
  verdict,
  checked: 2,
  total: 3,
  error: 1e-20,
  digitsLost: 0,
  finding: undefined,
  ...changes,
});
const gradient = { kind: "gradient", name: "∂y/∂x", span: undefined } as const;
const same = (one: Outcome) => one;

const entryOf = (...outcomes: Outcome[]) => {
  const subjects = new Subjects();
  for (const one of outcomes) subjects.add(gradient, one);
  return subjects.entries(same)[0]!;
};

describe("entries", () => {
  it("are one for each subject, in the order in which they come", () => {
    const subjects = new Subjects();
    subjects.add(gradient, outcome("PASS", "given"));
    subjects.add({ ...gradient, name: "∂y/∂z" }, outcome("PASS", "given"));
    subjects.add(gradient, outcome("PASS", 0));
    expect(subjects.entries(same).map(({ name, points }) => [name, points])).toEqual([
      ["∂y/∂x", 2],
      ["∂y/∂z", 1],
    ]);
  });

  it("have the worst verdict of all points, and say where", () => {
    expect(entryOf(outcome("PASS", "given"), outcome("WRONG", 3), outcome("KINK", 4))).toMatchObject({
      verdict: "WRONG",
      at: 3,
    });
    expect(entryOf(outcome("NONFINITE", 1), outcome("DISCONTINUOUS", 2))).toMatchObject({ at: 2 });
  });

  it("have the largest error and the most digits lost, and the fewest elements", () => {
    const entry = entryOf(
      outcome("PASS", "given", { error: 1e-12, digitsLost: 1 }),
      outcome("PASS", 0, { error: 1e-14, digitsLost: 5, checked: 1 }),
    );
    expect(entry).toMatchObject({ error: 1e-12, digitsLost: 5, checked: 1, total: 3, at: "given" });
  });

  it("take NaN for the largest of all errors", () => {
    const [p, q] = [outcome("WRONG", 1, { error: 5 }), outcome("WRONG", 2, { error: Number.NaN })];
    expect(entryOf(p, q)).toMatchObject({ error: Number.NaN, at: 2 });
    expect(entryOf(q, p)).toMatchObject({ error: Number.NaN, at: 2 });
    expect(entryOf(outcome("PASS", 0, { error: undefined }))).toMatchObject({ error: undefined });
  });

  it("look closer at the worst point alone, and only where it has not passed", () => {
    const looked: Outcome[] = [];
    const look = (one: Outcome) => {
      looked.push(one);
      return { ...one, reproduce: "again" };
    };
    const subjects = new Subjects();
    subjects.add(gradient, outcome("PASS", "given"));
    expect(subjects.entries(look)[0]!.reproduce).toBeUndefined();
    expect(looked).toEqual([]);
    subjects.add(gradient, outcome("WRONG", 0));
    expect(subjects.entries(look)[0]!.reproduce).toBe("again");
    expect(looked.map((one) => one.place.at)).toEqual([0]);
  });
});

describe("outcomes", () => {
  it("of asserts are wrong where they fail", () => {
    const text = "a == b";
    const common = { text, span: { source: { name: "t", text }, start: 0, end: 6 } };
    expect(outcomeOfAssert({ ...common, passed: true } as never, place("given")).verdict).toBe("PASS");
    const failure = { index: [1], left: 2, right: 3, tolerance: 0.5, failed: 1, total: 4 };
    const found = outcomeOfAssert({ ...common, passed: false, failure } as never, place("given"));
    expect(found).toMatchObject({
      verdict: "WRONG",
      checked: 4,
      finding: { element: "element [1]", value: 2, reference: 3 },
    });
  });

  it("of samples without a value are inconclusive", () => {
    const trouble = fault("check-nothing", {});
    expect(outcomeOfFault(trouble, place(4))).toMatchObject({
      verdict: "INCONCLUSIVE",
      checked: 0,
      total: 0,
    });
  });
});
