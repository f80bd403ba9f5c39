import { describe, expect, it } from "vitest";
import { firstWrongNode } from "../../src/check/locate.js";
import { chosen } from "../../src/check/steps.js";
import type { WrongNode } from "../../src/check-results.js";
import { locate } from "../../src/diagnostics.js";
import type { OperatorNode } from "../../src/graph/node.js";
import type { Op, Partial, ScalarOp } from "../../src/ops/op.js";
import type { Calculus } from "../../src/ops/vocabulary.js";
import { fromTensor } from "../../src/precise/tensor.js";
import type { Shape } from "../../src/tensor.js";
import { graphOf, inputName } from "../support/graph.js";
import { mutationsOf } from "./mutation/mutations.js";
import { withOps } from "./mutation/within.js";

const shapes: Readonly<Record<string, Shape>> = { p: [], q: [], v: [4] };

/** The node that is named for each input of a script, at 0.5, 0.7, … */
function namedIn(text: string, change: (node: OperatorNode) => Op | undefined): (WrongNode | undefined)[] {
  const own = Object.entries(shapes).filter(([name]) => new RegExp(`\\b${name}\\b`).test(text));
  const { b, inputs, output } = graphOf(text, Object.fromEntries(own));
  const [broken] = withOps(b, [output], change);
  const point = new Map(
    inputs.map((node, k) => {
      const size = node.shape[0] ?? 1;
      const data = Float64Array.from({ length: size }, (_, i) => 0.5 + 0.2 * k + 0.13 * i);
      return [inputName(node), fromTensor({ shape: node.shape, data })] as const;
    }),
  );
  return inputs.map((input) => firstWrongNode(b, broken!, input, point, 1));
}

const scalar = (node: OperatorNode, name: string): ScalarOp | undefined =>
  node.op.name === name && (node.op as Op).kind === "scalar" ? (node.op as ScalarOp) : undefined;

/** The first mutation of each kind of an operation wherever it stands, by the one operand that it has. */
const brokenBy = (name: string, mutation: string) => (node: OperatorNode) =>
  scalar(node, name) && mutationsOf(node).find((one) => one.name === mutation)!.op;

/** An operation of one operand, the derivative of which is larger by a hundredth where the operand is. */
const brokenAbove = (name: string, limit: number) => (node: OperatorNode) => {
  const op = scalar(node, name);
  if (op === undefined) return undefined;
  const rule = (b: Calculus, x: readonly OperatorNode[], y: OperatorNode): Partial =>
    b.mul(
      op.partials[0]!(b, x, y) as OperatorNode,
      b.add(1, b.mul(0.01, b.elementwise("greater", x[0]!, b.node(limit)))),
    );
  return { ...op, partials: [rule] };
};

const place = ({ span }: WrongNode) => {
  const { line, column } = locate(span!.source, span!.start);
  return `${line}:${column}`;
};

const scripts = {
  map: "out = sum(map(u -> iterate(h -> h / 2 +\n  sin(h * p), u, 2), v))",
  fold: "out = fold((h, u) -> h / 2 +\n  sin(h * p + u), q, v)",
  scan: "out = sum(scan((h, u) -> (h * 0.9 +\n  sin(h * u * p), h * u), q, v)[1])",
  iterate: "out = iterate(h -> h / 2 +\n  sin(h * p), q, 5)",
  while: "out = while(h -> h < 20, h -> 2 * h +\n  sin(h * p), q, max=20)",
};

describe("a wrong rule in the body of a loop", () => {
  it.each(
    Object.entries(scripts).flatMap(([name, text]) =>
      ["factor 1.01", "factor 1+1e-7", "sign", "dropped"].map((mutation) => [name, mutation, text] as const),
    ),
  )("in %s, as %s, is named with its place, its step and its operands", (name, mutation, text) => {
    const found = namedIn(text, brokenBy("sin", mutation));
    expect(found.every((node) => node !== undefined)).toBe(true);
    for (const node of found) {
      expect(node).toMatchObject({ op: "sin", operand: 0, operands: [{}] });
      expect(node!.steps).toEqual(name === "map" ? [1, 1] : [1]);
      expect(place(node!)).toBe("2:3");
      const [{ value }] = node!.operands as [WrongNode["operands"][0]];
      expect(Number.isFinite(value)).toBe(true);
      expect(node!.derivative).not.toBe(node!.reference);
    }
  });

  it.each(Object.entries(scripts))("is not seen in a %s that is right", (_name, text) => {
    expect(namedIn(text, () => undefined).filter((node) => node !== undefined)).toEqual([]);
  });

  it("is told with the first step in which it is wrong, and the values there", () => {
    const text = "out = iterate(h -> h + exp(h / 8), q, 6)";
    const operands: number[] = [];
    for (let [h, step] = [0.5, 0]; step < 6; step++) {
      operands.push(h / 8);
      h += Math.exp(h / 8);
    }
    const limit = (operands[2]! + operands[3]!) / 2;
    const [node] = namedIn(text, brokenAbove("exp", limit));
    expect(node).toMatchObject({ op: "exp", steps: [4] });
    expect(node!.operands[0]!.value).toBeCloseTo(operands[3]!, 14);
    expect(Math.abs(node!.derivative / node!.reference)).toBeCloseTo(1.01, 10);
  });

  it("is found in a loop in a loop, with both steps", () => {
    const text = "out = iterate(h -> h / 2 +\n  fold((g, u) -> g / 2 + sin(g * u) + u,\n    h, v), q, 3)";
    for (const node of namedIn(text, brokenBy("sin", "factor 1+1e-4"))) {
      expect(node).toMatchObject({ op: "sin", steps: [1, 1] });
      expect(place(node!)).toBe("2:26");
    }
    // The inner loop begins with 0 in the first outer step, and is above the limit in the second.
    const later = "out = iterate(h -> fold((g, u) -> g + exp(g / 9) * u, h, v), q, 3)";
    const [node] = namedIn(later, brokenAbove("exp", 0.6));
    expect(node).toMatchObject({ op: "exp" });
    expect(node!.steps[0]).toBeGreaterThan(1);
    expect(node!.operands[0]!.value).toBeGreaterThan(0.6);
  });

  it("has operands that are told by what they are to the loop", () => {
    const text = "out = fold((h, u) -> h / 2 + h * (p + 1) + u * h, q, v)";
    const halved = (node: OperatorNode) => {
      const op = scalar(node, "mul");
      return op && { ...op, partials: op.partials.map(() => () => 0.125) };
    };
    expect(namedIn(text, halved)[0]!.operands.map(({ name }) => name)).toEqual(["carry", "(p + 1)"]);
  });

  it("is told without a step where all steps are made at once", () => {
    for (const node of namedIn("out = sum(map(u -> u^2 * p + sin(u * p), v))", brokenBy("sin", "sign")))
      expect(node).toMatchObject({ op: "sin", steps: [] });
  });

  it("is found among many steps", () => {
    const text = "out = iterate(h -> h + exp(-h) / 8, q, 3000)";
    const [node] = namedIn(text, brokenAbove("exp", -4));
    expect(node).toMatchObject({ op: "exp" });
    expect(node!.operands[0]!.value).toBeGreaterThan(-4);
    const [last] = namedIn("out = iterate(h -> h * 0.999 + sin(h) / 2000, q, 3000)", brokenBy("sin", "sign"));
    expect(last).toMatchObject({ op: "sin", steps: [1] });
  });
});

describe("steps that are looked at", () => {
  it("are all, or the first, the last, and some between, in their order", () => {
    expect(chosen(3, 64, 1)).toEqual([0, 1, 2]);
    expect(chosen(0, 64, 1)).toEqual([]);
    for (const [count, most] of [
      [1000, 64],
      [65, 64],
      [5, 3],
      [1e6, 10],
    ] as const) {
      const steps = chosen(count, most, 7);
      expect(steps.length).toBe(most);
      expect([steps[0], steps.at(-1)]).toEqual([0, count - 1]);
      expect(steps.every((step, k) => k === 0 || step > steps[k - 1]!)).toBe(true);
    }
  });
});
