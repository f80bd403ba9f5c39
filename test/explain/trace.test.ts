import { describe, expect, it } from "vitest";
import { Fault } from "../../src/diagnostics.js";
import { traceProgram } from "../../src/explain/trace.js";
import { defaultLimits as limits } from "../../src/limits.js";
import type { Trace } from "../../src/trace-results.js";
import {
  evaluated,
  example,
  exampleNames,
  expectClose,
  type Subject,
  subject,
  sumOf,
} from "../support/explain.js";

const traced = ({ program, values }: Subject, options = {}): Trace =>
  traceProgram(program, values, { limits, ...options });

/** Every `sum_grad` is the sum of its contributions, and those of scalars are products. */
function expectConsistent({ backward }: Trace): void {
  for (const { steps } of backward) {
    for (const { node, contributions, sumGrad } of steps) {
      expectClose(
        sumOf(
          contributions.map(({ value }) => value),
          sumGrad,
        ),
        sumGrad,
        node,
      );
      for (const { local, value, from } of contributions) {
        if (local === undefined || local.sumGrad.shape.length > 0) continue;
        const product = local.value.data.map((x) => x * local.sumGrad.data[0]!);
        // Where a choice has gone another way, 0 times what is infinite is 0.
        if (product.every(Number.isFinite))
          expectClose({ shape: value.shape, data: product }, value, `${from} by ${node}`);
      }
    }
  }
}

describe("every example", () => {
  it.each(exampleNames)("%s has the values and the gradients of eval", (name) => {
    const own = example(name);
    const { outputs, gradients } = evaluated(own);
    const trace = traced(own);
    const values = new Map(
      trace.forward.flatMap(({ outputs }) => outputs.map((one) => [one.name, one.value])),
    );
    for (const { name: output, tensor } of outputs) expectClose(values.get(output)!, tensor, output);
    for (const { output, input, connected, tensor } of gradients) {
      const pass = trace.backward.find((one) => one.output === output)!;
      const row = pass.steps.find(({ node }) => node === input);
      expect([input, pass.notConnected.includes(input)]).toEqual([input, !connected]);
      if (connected) expectClose(row!.sumGrad, tensor, `∂${output}/∂${input}`);
    }
    expectConsistent(trace);
  });
});

const chain = "x = 2; y = 3; z = x * y; u = sin(z); v = z^2; w = u + log(v)";

describe("a trace", () => {
  it("tells the derivative of each consumer by what it reads", () => {
    const [pass] = traced(subject(chain)).backward;
    const formulas = pass!.steps.flatMap(({ node, contributions }) =>
      contributions.flatMap(({ from, local }) =>
        local === undefined ? [] : [`∂${from}/∂${node} = ${local.formula}`],
      ),
    );
    expect(formulas).toEqual([
      "∂w/∂log(v) = 1",
      "∂log(v)/∂v = 1 / v",
      "∂w/∂u = 1",
      "∂v/∂z = 2 * z",
      "∂u/∂z = cos(z)",
      "∂z/∂y = x",
      "∂z/∂x = y",
    ]);
  });

  it("tells of tensors what is made of the sum_grad", () => {
    const [pass] = traced(subject("A = [[1,2],[3,4]]; x = [1,2]; w = sum(A @ x + exp(x))")).backward;
    const formulas = pass!.steps.flatMap(({ node, contributions }) =>
      contributions.flatMap(({ from, formula }) =>
        formula === undefined ? [] : [`${node} from ${from}: ${formula}`],
      ),
    );
    expect(formulas).toEqual([
      "exp(x) from A @ x + exp(x): sum_grad(A @ x + exp(x))",
      "A @ x from A @ x + exp(x): sum_grad(A @ x + exp(x))",
      "x from exp(x): exp(x) * sum_grad(exp(x))",
      "x from A @ x: A.T @ sum_grad(A @ x)",
      "A from A @ x: outer(sum_grad(A @ x), x)",
    ]);
  });

  it("has one contribution from a consumer that reads a node twice", () => {
    const [pass] = traced(subject("x = 3; w = x * x")).backward;
    const [contribution, ...others] = pass!.steps.at(-1)!.contributions;
    expect([contribution!.value.data[0], others]).toEqual([6, []]);
  });

  it("goes back through masks as eval does", () => {
    const own = subject("x = 0; w = where(x > 0, sqrt(x), x)");
    expect([...traced(own).backward[0]!.steps.at(-1)!.sumGrad.data]).toEqual([1]);
  });

  it("tells what is not connected, and what is but gets nothing", () => {
    const [pass] = traced(subject("x = 2; y = 3; w = floor(x)", { wrt: ["x", "y"] })).backward;
    expect(pass!.notConnected).toEqual(["y"]);
    const { node, contributions, sumGrad } = pass!.steps.at(-1)!;
    expect([node, contributions.length, sumGrad.data[0]]).toEqual(["x", 1, 0]);
  });

  it("goes back to a definition that is asked for", () => {
    const [pass] = traced(subject(chain, { wrt: ["z"] })).backward;
    expect(pass!.steps.map(({ node }) => node)).toEqual(["w", "log(v)", "v", "u", "z"]);
  });

  it("shows some nodes, what they read, and what passes between them", () => {
    const { forward, backward } = traced(subject(chain), { nodes: ["v"] });
    expect(forward.map(({ node }) => node)).toEqual(["z", "v"]);
    expect(
      backward[0]!.steps.map(({ node, contributions, omitted }) => [
        node,
        contributions.map(({ from }) => from),
        omitted,
      ]),
    ).toEqual([
      ["v", ["log(v)"], 0],
      ["z", ["v"], 1],
    ]);
  });

  it("suggests names, and tells of what is elsewhere", () => {
    const codes = (script: string, nodes: string[], of: string[]) => {
      try {
        traced(subject(script, { of }), { nodes });
      } catch (error) {
        if (error instanceof Fault) return error.diagnostics.map(({ code, hint }) => [code, hint]);
      }
      return [];
    };
    expect(codes("hidden = 2; w = sin(hidden)", ["hiden"], ["w"])).toEqual([
      ["unknown-node", "did you mean `hidden`?"],
    ]);
    expect(codes("x = 2; u = sin(x); w = x^2", ["u"], ["w"])).toEqual([
      ["node-apart", "see it with `--of u`"],
    ]);
  });

  it("shows both ends of what is long", () => {
    const lines = Array.from({ length: 300 }, (_, i) => `x${i + 1} = sin(x${i})`);
    const { forward, abridged } = traced(subject(["x0 = 1", ...lines].join("\n")), { most: 200 });
    expect([forward.length, abridged]).toEqual([40, { shown: 40, total: 301 }]);
    expect(forward.map(({ step }) => step).slice(18, 22)).toEqual([19, 20, 282, 283]);
  });

  it("shows both ends of the contributions to what very many read", () => {
    const lines = Array.from({ length: 300 }, (_, i) => `x${i + 1} = sin(x${i}) * b`);
    const script = subject(["x0 = 1", "b = 1.1", ...lines].join("\n"));
    const last = (options: object) => {
      const { contributions, omitted } = traced(script, options).backward[0]!.steps.find(
        ({ node }) => node === "b",
      )!;
      return [contributions.length, omitted, contributions[0]?.from];
    };
    expect(last({ most: 200 })).toEqual([40, 260, "x300"]);
    expect(last({ most: 200, nodes: ["b"] })).toEqual([40, 260, "x300"]);
    expect(last({})).toEqual([300, 0, "x300"]);
  });
});
