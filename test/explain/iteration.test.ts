import { describe, expect, it } from "vitest";
import { Fault } from "../../src/diagnostics.js";
import { type IterationChoice, traceIteration } from "../../src/explain/iteration.js";
import { defaultLimits as limits } from "../../src/limits.js";
import type { Tensor } from "../../src/tensor.js";
import type { Trace } from "../../src/trace-results.js";
import { evaluated, example, expectClose, type Subject, subject, sumOf } from "../support/explain.js";

const iteration = ({ program, values }: Subject, ...choices: (number | [string, number])[]): Trace =>
  traceIteration(
    program,
    values,
    choices.map(
      (choice): IterationChoice =>
        typeof choice === "number"
          ? { loop: undefined, index: choice }
          : { loop: choice[0], index: choice[1] },
    ),
    { limits },
  );

const outputOf = ({ forward }: Trace, name: string): Tensor =>
  forward.flatMap(({ outputs }) => outputs).find((one) => one.name === name)!.value;
const sumGradOf = ({ backward }: Trace, name: string): Tensor =>
  backward[0]!.steps.find(({ node }) => node === name)!.sumGrad;

/** A loop, its carry, the next carry as it is labelled, what it reads around it, and how many steps it makes. */
const loops: [script: string, carry: string, next: string, outer: string, count: number][] = [
  ["x = 1.5; w = iterate(s -> s * x + sin(s), 2, 5)", "s", "s * x + sin(s)", "x", 5],
  ["x = 1.5; w = fold((s, t) -> s * t + x, 2, [1, 2, 3])", "s", "s * t + x", "x", 3],
  [
    "x = 0.5; (h, ys) = scan((s, t) -> { n = s * x + t; (n, n^2) }, 1, [1, 2, 3, 4]); w = h * sum(ys)",
    "s",
    "n",
    "x",
    4,
  ],
  ["x = 1.5; w = while(s -> s < 50, s -> s * x, 2)^2", "s", "s * x", "x", 8],
  ["x = [1, 2]; w = sum(iterate(s -> if s[0] < 3 then s * x else s + x, [1, 1], 4))", "s", "t1", "x", 4],
];

describe("the iterations of a loop", () => {
  it.each(loops)("hand on values and cotangents: %s", (script, carry, next, outer, count) => {
    const own = subject(script, { of: ["w"] });
    const all = Array.from({ length: count }, (_, k) => iteration(own, k));
    for (const [k, trace] of all.entries()) {
      expect(trace.iteration).toMatchObject({ index: k, count });
      const after = all[k + 1];
      if (after === undefined) continue;
      expectClose(outputOf(after, carry), outputOf(trace, next), `value ${k}`);
      // What the next one hands back is a term of what this one gives.
      const row = trace.backward[0]!.steps.find(({ node }) => node === next)!;
      const handed = row.contributions.find(({ from }) => from === `iteration ${k + 1}`)!;
      expectClose(handed.value, sumGradOf(after, carry), `sum_grad ${k}`);
    }
    const { gradients } = evaluated(own);
    const total = gradients.find(({ input }) => input === outer)!.tensor;
    expectClose(
      sumOf(
        all.map((trace) => sumGradOf(trace, outer)),
        total,
      ),
      total,
      "gradient",
    );
    expect(iteration(own, -1)).toEqual(all.at(-1));
  });

  it("are found in loops inside others", () => {
    const own = example("lstm.ag");
    const trace = iteration(own, ["predicted", -1], 0);
    expect(trace.iteration).toMatchObject({ op: "scan", index: 0, count: 2 });
    expect(trace.iteration!.loop.startsWith("predicted[4] › ")).toBe(true);
    // The inner loop begins with what the step around it gives it.
    const around = iteration(own, ["predicted", -1]);
    expectClose(outputOf(trace, "x"), outputOf(around, "x * extra[0]"), "carry");
    expectClose(sumGradOf(trace, "x"), sumGradOf(around, "x * extra[0]"), "sum_grad");
  });

  it("are the side of a branch that is taken", () => {
    const own = subject("x = 1.5; w = if x > 2 then x^3 else sin(x) * x");
    const trace = iteration(own, 0);
    expect(trace.forward.map(({ node }) => node)).toEqual(["x", "sin(x)", "sin(x) * x"]);
    expect(sumGradOf(trace, "x").data[0]).toBeCloseTo(Math.sin(1.5) + 1.5 * Math.cos(1.5), 12);
  });

  it("go back to what depends on what is asked for", () => {
    const own = subject("const k = log(7); x = 2; y = 3; w = iterate(s -> k * s * x + y, 1, 3)", {
      wrt: ["x"],
    });
    const [pass] = iteration(own, 1).backward;
    expect(pass!.steps.map(({ node }) => node).filter((node) => !node.includes(" "))).toEqual(["x", "s"]);
  });

  it("stand far inside of a long loop", () => {
    const own = subject("x = 0.999; w = iterate(s -> s * x + 1, 0, 20000)");
    expect(outputOf(iteration(own, 10_000), "s").data[0]).toBeCloseTo((1 - 0.999 ** 10_000) / (1 - 0.999), 6);
    expect(sumGradOf(iteration(own, 19_990), "s").data[0]).toBeCloseTo(0.999 ** 10, 12);
  });
});

describe("an iteration that is not there", () => {
  const two = "x = 2; a = iterate(s -> s * x, 1, 3); b = iterate(s -> s + x, 1, 4); w = a * b";
  it.each<[string, [string | undefined, number], string, string | undefined]>([
    ["x = 2; w = x^2", [undefined, 0], "no-loop", undefined],
    [two, [undefined, 0], "which-loop", "`--iteration 'a:0'`"],
    [two, ["c", 0], "unknown-loop", "the loops are `a`, `b`"],
    [two, ["w", 0], "unknown-loop", "the loops are `a`, `b`"],
    [two, ["a", 3], "no-iteration", "from 0 to 2"],
    [two, ["b", -5], "no-iteration", "from -4 to -1"],
    ["x = 2; w = while(s -> s < 1, s -> s * x, 1)", [undefined, 0], "no-iteration", undefined],
  ])("is told: %s", (script, [loop, index], code, hint) => {
    const { program, values } = subject(script);
    let fault: unknown;
    try {
      traceIteration(program, values, [{ loop, index }], { limits });
    } catch (error) {
      fault = error;
    }
    const { diagnostics } = fault as Fault;
    expect(fault).toBeInstanceOf(Fault);
    expect(diagnostics.map((one) => one.code)).toEqual([code]);
    if (hint !== undefined) expect(diagnostics[0]!.hint).toContain(hint);
  });
});
