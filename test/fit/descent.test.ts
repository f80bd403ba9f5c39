import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkConnections, gradientDescent, type Step } from "../../src/fit/descent.js";
import { compileObjective } from "../../src/fit/objective.js";
import { compile, type InputValue, type Tensor } from "../../src/index.js";
import type { FitStop } from "../../src/results.js";

type Given = Readonly<Record<string, InputValue>>;

interface Fitted {
  readonly losses: readonly number[];
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly last: Step | undefined;
  readonly stop: FitStop | undefined;
}

/** So many steps from the given values; problems of the script fail the test. */
function fitted(
  script: string,
  steps: number,
  rate: number,
  given: Given = {},
  wrt?: readonly string[],
): Fitted {
  const compiled = compileObjective(script, wrt === undefined ? {} : { wrt });
  if (!compiled.ok) return expect.fail(compiled.diagnostics[0]!.message);
  const { program, parameters } = compiled.objective;
  const bound = program.bind(given);
  if (!bound.ok) return expect.fail(bound.diagnostics[0]!.message);
  const losses: number[] = [];
  let last: Step | undefined;
  let stop: FitStop | undefined;
  for (const descent = gradientDescent(bound.bound, parameters, rate); losses.length <= steps; ) {
    const next = descent.next();
    if (next.done) {
      stop = next.value;
      break;
    }
    last = next.value;
    losses.push(last.loss);
  }
  const values = (last?.parameters ?? []).map(({ name, tensor }) => [name, tensor] as const);
  return { losses, parameters: new Map(values), last, stop };
}

/** The same by the gradients that a program prints, each step from its own run. */
function explicit(script: string, steps: number, rate: number): Omit<Fitted, "last" | "stop"> {
  const compiled = compile(script);
  if (!compiled.ok) return expect.fail(compiled.diagnostics[0]!.message);
  const names = compiled.program.inputs.flatMap(({ name, role }) => (role === "param" ? [name] : []));
  let parameters = new Map(names.map((name) => [name, startOf(script, name)] as const));
  const losses: number[] = [];
  for (let step = 0; ; step++) {
    const result = compiled.program.run(parameters);
    if (!result.ok) return expect.fail(result.diagnostics[0]!.message);
    const { outputs, gradients } = result.evaluation;
    losses.push(outputs[0]!.tensor.data[0]!);
    if (step === steps) return { losses, parameters };
    parameters = new Map(
      names.map((name) => {
        const { shape, data } = parameters.get(name)!;
        const gradient = gradients.find(({ input }) => input === name)!.tensor.data;
        return [name, { shape, data: data.map((x, i) => x - rate * gradient[i]!) }] as const;
      }),
    );
  }
}

/** A parameter's value in the script. */
function startOf(script: string, name: string): Tensor {
  const compiled = compile(script, { of: [name], gradients: false });
  const result = compiled.ok ? compiled.program.run() : compiled;
  if (!("evaluation" in result)) return expect.fail(result.diagnostics[0]!.message);
  return result.evaluation.outputs[0]!.tensor;
}

const example = (name: string) => readFileSync(new URL(`../../examples/${name}`, import.meta.url), "utf8");

const scripts: readonly string[] = [
  "param x = 3; w = (x - 1)^2",
  "param x = [1, -2, 0.5]; param y = 2; w = sum(sin(x) * y) + y^2",
  "param A = [[2, 1], [0, 3]]; const b = [1, -1]; r = A @ b - [1, 2]; w = r @ r",
  "param a = 0.3; input x = linspace(-1, 1, 7); u = tanh(a * x); w = mean((u - 0.5 * x)^2) + 0.1 * abs(a)",
  "param s = 1.5; param c: [2, 3] = randn(2, 3, seed=4); w = logsumexp(c * s) - mean(c)",
  "param p = [0.2, 0.7]; unused(q) = q; w = sum(where(p > 0.5, p^3, -p))",
  "param x = 2; param apart = [1, -0]; w = exp(x / 10)",
];

describe("the parameters after k steps", () => {
  it("are those of k updates by the gradients of as many runs, to the last bit", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...scripts),
        fc.integer({ min: 0, max: 12 }),
        fc.double({ min: 1e-6, max: 0.3, noNaN: true }),
        (script, steps, rate) => {
          const fast = fitted(script, steps, rate);
          const slow = explicit(script, steps, rate);
          expect(fast.stop).toBeUndefined();
          expect(fast.losses).toEqual(slow.losses);
          expect(fast.parameters).toEqual(slow.parameters);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each(["two-layer-network.ag", "logistic-regression.ag"])("are so for %s", (name) => {
    expect(fitted(example(name), 20, 0.02)).toMatchObject(explicit(example(name), 20, 0.02));
  });

  it("do not depend on where a run is cut in two", () => {
    const script = example("two-layer-network.ag");
    const whole = fitted(script, 30, 0.1);
    const half = fitted(script, 13, 0.1);
    const rest = fitted(script, 17, 0.1, Object.fromEntries(half.parameters));
    expect(rest.parameters).toEqual(whole.parameters);
    expect([...half.losses, ...rest.losses.slice(1)]).toEqual(whole.losses);
  });
});

describe("where it leads", () => {
  it("is the closed-form solution of a linear regression", () => {
    // y = 2x + 1 with errors; the least-squares line by the sums of statistics.
    const x = [0, 1, 2, 3, 4, 5];
    const y = [1.2, 2.7, 5.1, 7.3, 8.8, 11.1];
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const n = x.length;
    const xy = x.map((value, i) => value * y[i]!);
    const slope = (n * sum(xy) - sum(x) * sum(y)) / (n * sum(x.map((value) => value * value)) - sum(x) ** 2);
    const intercept = (sum(y) - slope * sum(x)) / n;
    const script =
      "input x: [n]; input y: [n]; param slope = 0; param intercept = 0; w = mean((slope * x + intercept - y)^2)";
    const { parameters, losses } = fitted(script, 3000, 0.05, { x, y });
    expect(parameters.get("slope")!.data[0]).toBeCloseTo(slope, 12);
    expect(parameters.get("intercept")!.data[0]).toBeCloseTo(intercept, 12);
    expect(losses.every((loss, i) => i === 0 || loss <= losses[i - 1]! * (1 + 1e-12))).toBe(true);
  });

  it("is the estimate that others published for the logistic regression", () => {
    const start = { slope: 0, intercept: 0 };
    const { parameters } = fitted(example("logistic-regression.ag"), 5000, 0.03, start);
    expect(parameters.get("slope")!.data[0]).toBeCloseTo(1.5046, 3);
    expect(parameters.get("intercept")!.data[0]).toBeCloseTo(-4.0777, 3);
  });

  it("is down, for a network with small steps", () => {
    const { losses } = fitted(example("two-layer-network.ag"), 300, 0.3);
    expect(losses.every((loss, i) => i === 0 || loss < losses[i - 1]!)).toBe(true);
    expect(losses.at(-1)).toBeLessThan(0.1);
  });
});

describe("what is changed", () => {
  it("is every parameter and no other input, unless names are given", () => {
    const script = "param a = 1; input b = 2; w = a^2 + b^2";
    expect([...fitted(script, 1, 0.25).parameters.keys()]).toEqual(["a"]);
    expect(fitted(script, 1, 0.25, {}, ["b"]).parameters).toEqual(
      new Map([["b", { shape: [], data: Float64Array.of(1) }]]),
    );
  });

  it("is not what the caller gave", () => {
    const x = Float64Array.of(1, 2);
    fitted("param x: [2]; w = sum(x^2)", 5, 0.1, { x });
    expect(x).toEqual(Float64Array.of(1, 2));
  });

  it("is said where the loss depends on some parameters or on none", () => {
    const some = fitted("param a = 1; param b = 2; param c = 3; w = a^2", 0, 0.1);
    expect(checkConnections(some.last!).map(({ code, message }) => [code, message])).toEqual([
      ["partly-connected", "`w` does not depend on `b`, `c`; they keep their values"],
    ]);
    const none = fitted("param a = 1; param b = 2; w = 2 * 3", 0, 0.1);
    expect(() => checkConnections(none.last!)).toThrow("`w` depends on none of the parameters `a`, `b`");
    // A derivative that is 0 everywhere is a dependence all the same.
    const flat = fitted("param a = 1.5; w = floor(a)", 3, 0.1);
    expect(checkConnections(flat.last!)).toEqual([]);
    expect(flat.losses).toEqual([1, 1, 1, 1]);
  });
});

describe("a step that cannot be taken", () => {
  it.each<[string, string, number, FitStop, number, number[]]>([
    [
      "a loss at the start",
      "param x = 0; w = 1 / x",
      0.1,
      { kind: "not-finite", step: 0, names: ["w"] },
      0,
      [],
    ],
    [
      "a loss later on",
      "param x = 1; w = 1 / (x - 1 / 2)^2 - 4 + where(x > 4, log(-x), 0)",
      1,
      { kind: "not-finite", step: 1, names: ["w"] },
      1,
      [1],
    ],
    [
      "a gradient",
      "param x = 1; param y = 3; w = sqrt(x) + y",
      2,
      { kind: "not-finite", step: 2, names: ["∂w/∂x"] },
      2,
      [0, 1],
    ],
    ["a parameter", "param x = 0; w = 2 * x", 1e308, { kind: "not-finite", step: 1, names: ["x"] }, 1, [0]],
  ])(
    "because of %s ends the run and leaves the last good parameters",
    (_what, script, rate, stop, count, end) => {
      const result = fitted(script, 10, rate);
      expect(result.stop).toEqual(stop);
      expect(result.losses.length).toBe(count);
      expect([...result.parameters.values()].flatMap(({ data }) => [...data])).toEqual(end);
    },
  );

  it("because a kernel has no result does, too", () => {
    const { stop, parameters } = fitted("param x = 1; w = x + 0 * inv([[x, 0], [0, 1]])[1, 1]", 10, 0.5);
    expect(stop).toMatchObject({ kind: "fault", step: 2 });
    expect(stop?.kind === "fault" && stop.diagnostics.map(({ code }) => code)).toEqual(["no-result"]);
    expect(parameters.get("x")!.data[0]).toBe(0.5);
  });

  it("does not matter where no further step is asked for", () => {
    const { stop, losses } = fitted("param x = 1; param y = 3; w = sqrt(x) + y", 1, 2);
    expect(stop).toBeUndefined();
    expect(losses).toEqual([4, 1]);
  });
});

describe("a bound program", () => {
  const bind = () => {
    const compiled = compile("w = sum(x) * y; x = [1, 2]; y = 3");
    const result = compiled.ok ? compiled.program.bind({ y: 4 }) : compiled;
    return "bound" in result ? result.bound : expect.fail("it is not bound");
  };
  const tensor = (...data: number[]): Tensor => ({ shape: [data.length], data: Float64Array.from(data) });
  const y = { shape: [], data: Float64Array.of(5) };

  it("has a value for every input, and runs with others", () => {
    const bound = bind();
    expect(bound.values).toEqual(
      new Map([
        ["x", tensor(1, 2)],
        ["y", { shape: [], data: Float64Array.of(4) }],
      ]),
    );
    const result = bound.run(new Map([...bound.values, ["x", tensor(5, 6)]]));
    expect(result.ok && result.evaluation.outputs[0]!.tensor.data[0]).toBe(44);
  });

  it.each<[string, [string, Tensor][], string]>([
    [
      "another shape",
      [
        ["x", tensor(1, 2, 3)],
        ["y", y],
      ],
      "`x` has the shape (3,), but the plan is for (2,)",
    ],
    [
      "too few elements",
      [
        ["x", { shape: [2], data: Float64Array.of(1) }],
        ["y", y],
      ],
      "the plan is for (2,)",
    ],
    ["no value", [["y", y]], "`x` is missing, but the plan is for (2,)"],
  ])("refuses %s", (_what, values, message) => {
    const result = bind().run(new Map(values));
    expect(result.ok).toBe(false);
    expect(result.diagnostics[0]!.message).toContain(message);
  });
});
