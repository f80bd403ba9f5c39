import { describe, expect, it } from "vitest";
import { derivatives } from "../../src/autodiff/reverse.js";
import { evaluator, graphOf } from "../support/graph.js";
import { evaluate } from "../support/run.js";

const inf = Number.POSITIVE_INFINITY;

/** Derivatives where a function has none, or where a formula would give NaN: what docs/language.md promises. */
describe("conventions at special points", () => {
  it.each<[string, Record<string, number | number[] | number[][]>, Record<string, unknown>]>([
    ["abs(x)", { x: 0 }, { x: 0 }],
    ["relu(x)", { x: 0 }, { x: 0 }],
    ["sqrt(x)", { x: 0 }, { x: inf }],
    ["cbrt(x)", { x: 0 }, { x: inf }],
    ["floor(x)", { x: 2 }, { x: 0 }],
    ["round(x)", { x: 0.5 }, { x: 0 }],
    ["sign(x)", { x: 0 }, { x: 0 }],
    ["x > y", { x: 1, y: 1 }, { x: 0, y: 0 }],
    ["maximum(x, y)", { x: 1, y: 1 }, { x: 0.5, y: 0.5 }],
    ["minimum(x, y)", { x: 1, y: 1 }, { x: 0.5, y: 0.5 }],
    ["max(x)", { x: [1, 3, 3] }, { x: [0, 0.5, 0.5] }],
    ["min(x)", { x: [1, 1, 1] }, { x: [1 / 3, 1 / 3, 1 / 3] }],
    [
      "sum(max(x, axis=0) * [1, 10])",
      {
        x: [
          [1, 2],
          [1, 0],
        ],
      },
      {
        x: [
          [0.5, 10],
          [0.5, 0],
        ],
      },
    ],
    ["clip(x, 0, 1)", { x: 0 }, { x: 0.5 }],
    ["clip(x, 0, 1)", { x: 1 }, { x: 0.5 }],
    ["clip(x, 0, 1)", { x: 2 }, { x: 0 }],
    ["hypot(x, y)", { x: 0, y: 0 }, { x: 0, y: 0 }],
    ["x^2", { x: 0 }, { x: 0 }],
    ["x^1", { x: 0 }, { x: 1 }],
    ["x^0", { x: 0 }, { x: 0 }],
    ["x^0.5", { x: 0 }, { x: inf }],
    ["x^3", { x: -2 }, { x: 12 }],
    ["x^y", { x: 0, y: 2 }, { x: 0, y: 0 }],
    ["x^y", { x: 0, y: 1 }, { x: 1, y: 0 }],
    ["x^y", { x: 0, y: 0 }, { x: 0, y: 0 }],
    ["x^y", { x: 0, y: 0.5 }, { x: inf, y: 0 }],
    ["x^y", { x: 2, y: 0 }, { x: 0, y: Math.LN2 }],
    ["where(x > 0, x, y)", { x: 1, y: 2 }, { x: 1, y: 0 }],
    ["where(x > 0, x, y)", { x: -1, y: 2 }, { x: 0, y: 1 }],
    ["tanh(x)", { x: 400 }, { x: 0 }],
    ["sigmoid(x)", { x: -745 }, { x: Math.exp(-745) }],
    ["softplus(x)", { x: 1000 }, { x: 1 }],
    ["logaddexp(x, y)", { x: 1000, y: 1000 }, { x: 0.5, y: 0.5 }],
    ["arctan2(y, x)", { y: 1e200, x: 1e200 }, { y: 5e-201, x: -5e-201 }],
    ["arccosh(x)", { x: 1e200 }, { x: 1e-200 }],
    ["logsumexp(x)", { x: [-inf, 0] }, { x: [0, 1] }],
    ["log_softmax(x)[0]", { x: [1000, 0] }, { x: [0, 0] }],
    ["leaky_relu(x, 0.25)", { x: 0 }, { x: 0.25 }],
    ["elu(x, 2)", { x: 0 }, { x: 2 }],
    ["elu(x, 2)", { x: 1000 }, { x: 1 }],
    ["gelu(x)", { x: 0 }, { x: 0.5 }],
    ["silu(x)", { x: -800 }, { x: -0 }],
    ["norm(x)", { x: [0, 0] }, { x: [0, 0] }],
    ["norm(x)", { x: [3e200, 0] }, { x: [1, 0] }],
    ["std(x)", { x: [2, 2] }, { x: [0, 0] }],
    ["prod(x)", { x: [2, 0, 3] }, { x: [0, 6, 0] }],
    ["prod(x)", { x: [0, 0, 3] }, { x: [0, 0, 0] }],
    ["cumprod(x)[2]", { x: [0, 2, 3] }, { x: [6, 0, 0] }],
    ["sum(take(x, [0, 0, 1]) * [1, 10, 100])", { x: [1, 2, 3] }, { x: [11, 100, 0] }],
    ["x[[0, 0]] @ [1, 2]", { x: [1, 2] }, { x: [3, 0] }],
    ["sum(pad(x, 1, value=y))", { x: [inf], y: 3 }, { x: [1], y: 2 }],
  ])("%s at %o", (expression, inputs, expected) => {
    for (const mode of ["reverse", "forward"] as const) {
      const { gradients } = evaluate(`out = ${expression}`, inputs, { mode });
      for (const [name, value] of Object.entries(expected)) {
        const actual = gradients.out![name];
        const what = `∂/∂${name} in ${mode} mode`;
        if (typeof value === "number" && value !== 0 && Number.isFinite(value)) {
          expect(Math.abs((actual as number) / value - 1), `${what}: ${actual}`).toBeLessThan(1e-12);
        } else expect(actual, what).toEqual(value);
      }
    }
  });
});

describe("second derivatives at special points", () => {
  it.each<[string, number[], number[]]>([
    ["norm(x)", [0, 0], [0, 0, 0, 0]],
    ["std(x)", [2, 2], [0, 0, 0, 0]],
    ["prod(x)", [0, 0], [0, 1, 1, 0]],
    ["cumprod(x)[1]", [0, 0], [0, 1, 1, 0]],
    ["sum(elu(x))", [1000, 0], [0, 0, 0, 1]],
    ["sum(gelu(x))", [0, 40], [2 / Math.sqrt(2 * Math.PI), 0, 0, 0]],
    ["sum(x[[0, 0]]) * x[1]", [1, 1], [0, 2, 2, 0]],
  ])("%s at %o", (expression, at, expected) => {
    const { b, inputs, output } = graphOf(`out = ${expression}`, { x: [2] });
    const [gradient] = derivatives(b, output, inputs);
    const [hessian] = derivatives(b, gradient!, inputs);
    const [actual] = evaluator([hessian!])(new Map([["x", { shape: [2], data: Float64Array.from(at) }]]));
    actual!.data.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!), `${actual!.data}`).toBeLessThan(1e-15);
    });
  });
});
