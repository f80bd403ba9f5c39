import { describe, expect, it } from "vitest";
import { Motion } from "../../src/check/motion.js";
import { scalarOperations, tensorOperations } from "../../src/ops/registry.js";
import { fromTensor } from "../../src/precise/tensor.js";
import { evaluator, graphOf } from "../support/graph.js";
import { type Kind, kindOf } from "./mutation/kinds.js";
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

  it("breaks the forward rules of tensor operations, too", () => {
    const rates = noRates();
    for (const subject of subjects.filter(({ op }) => op === "matmul")) measure(subject, rates);
    expect(rates.forward).toBeGreaterThan(0);
    expect(rates.forward).toBeLessThan(rates.mutants);
  });

  it("meets mistakes in nearly all of them", () => {
    const rates = noRates();
    for (const subject of subjects.slice(0, 20)) measure(subject, rates);
    expect(rates.mutants).toBeGreaterThan(100);
    expect(rates.unseen).toBeLessThan(rates.mutants / 10);
  });
});

describe("kinds of points", () => {
  it.each<[text: string, p: number, derivative: number, Kind]>([
    ["exp(p)", 1, Math.E, "inside"],
    ["exp(p)", -730, 1e-317, "subnormal"],
    ["relu(p)", 1e-300, 1, "inside"],
    ["relu(p)", 0, 0, "corner"],
    ["abs(p - 1)", 1, 0, "corner"],
    ["abs(p - 1)", 1 + 2 ** -52, 1, "inside"],
    ["elu(p)", 0, 1, "seam"],
    ["floor(p)", 3, 0, "jump"],
    ["where(p > 1, p, p + 1e-9)", 1, 1, "jump"],
    ["p^0", 0, 0, "inside"],
    ["p^1.5", 0, 0, "edge"],
    ["sqrt(p)", 0, Number.POSITIVE_INFINITY, "no number"],
    ["sin(p)", 1e150, 0.5, "inside"],
    ["round(p)", 1e15, 0, "flat"],
    ["round(p)", 1e9, 0, "flat"],
    ["mod(p, 1)", 1e9 + 0.3, 1, "inside"],
    ["mod(p, 1)", 1e300, 1, "dense"],
  ])("%s at %f, where the derivative is %f, is of the kind %s", (text, p, derivative, kind) => {
    const { b, output } = graphOf(`out = ${text}`, { p: [] });
    const point = new Map([["p", { shape: [], data: Float64Array.of(p) }]]);
    const value = evaluator([output])(point)[0]!.data[0]!;
    const motion = new Motion(b, [output], new Map([["p", fromTensor(point.get("p")!)]]));
    expect(kindOf(motion, "p", { x: p, size: 1, value, derivative })).toBe(kind);
  });

  it("excuse nothing that they give no reason for", () => {
    const subject = subjectsOf(1).find(({ op }) => op === "abs")!;
    const { b, output, inputs } = subject;
    // A jump that the operation does not tell of: a wrong verdict at a point inside of its domain.
    const jumping = b.add(output, b.elementwise("sign", b.sub(inputs[0]!, 0.25)));
    const rates = noRates();
    const point = new Map([["x0", { shape: [], data: Float64Array.of(0.25) }]]);
    measure({ ...subject, output: jumping, points: [point], special: [] }, rates);
    expect(rates.falseAlarms).toEqual([expect.stringContaining("DISCONTINUOUS")]);
  });
});
