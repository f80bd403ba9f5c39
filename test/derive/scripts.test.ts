import { describe, expect, it } from "vitest";
import { derive } from "../../src/derive/derive.js";
import { derivedScript } from "../../src/report/derive/script.js";
import { compareDerived, programOf } from "./support.js";

const close = (text: string, order: 1 | 2 = 1) => {
  const { distances, script } = compareDerived(text, new Map(), { order });
  expect(Math.max(...distances), script).toBeLessThan(1e-11);
  return script;
};

describe("scripts that state derivatives of their own", () => {
  it.each([
    "f(x) = where(x > 0, x, 0)\nderivative f(x; dx) = where(x > 0, 1, 0.1) * dx\nx = [1, -2, 3]\nw = sum(f(x)^2 + f(x))\noutput w",
    "f(x) = floor(x)\nderivative f(x; dx) = dx\nx = [1.2, -2.7]\nw = sum(f(x) * x)\noutput w",
    "g(A, v) = A @ v\nderivative g(A, v; dA, dv) = 2 * dA @ v + A @ dv\nA = [[1, 2], [3, 4]]\nx = [1, 2]\nw = sum(sin(g(A, x)))\noutput w",
    "f(x) = floor(x)\nderivative f(x; dx) = x * dx\nx = [1.2, -2.7]\nw = sum(map(u -> f(u)^2 + u, x))\noutput w",
  ])("%s", (text) => {
    close(text);
  });
});

describe("where the engine's derivative is an infinity or NaN-safe, the script's is the same", () => {
  it.each([
    ["log at 0", "sum(log(x))"],
    ["a root at 0", "sum(sqrt(x))"],
    ["a quotient at 0", "sum(1 / x)"],
    ["a guard inside and outside", "sum(where(x > 0, log(where(x > 0, x, 1)), 0))"],
    ["a guard outside", "sum(where(x > 0, sqrt(x), x))"],
    ["a guard of a product", "sum(where(x > 0, x * log(x), 0))"],
    ["a branch", "sum(map(u -> if u > 0 then log(u) else u, x))"],
    ["a norm at 0", "norm(x[:1]) + norm(x[1:])"],
    ["a product with a 0", "prod(x)"],
    ["powers of 0", "sum(x^x) + sum(x^2)"],
  ])("%s", (_name, formula) => {
    close(`x = [0, 1, 4]\nw = ${formula}\noutput w`);
  });
});

describe("Hessians of small scripts", () => {
  it.each([
    "x = 2\ny = 3\nw = sin(x * y) + log((x * y)^2)\noutput w",
    "x = [1, 2]\nconst A = [[2, 1], [0, 3]]\nw = x @ A @ x + sum(exp(x))\noutput w",
    "x = [0.5, -1]\nw = log(sum(exp(x)))\noutput w",
    "W = [0.1, 0.2]\nconst X = [[1, 2], [3, 4], [5, 6]]\nw = mean((sigmoid(X @ W) - [0, 1, 1])^2)\noutput w",
  ])("%s", (text) => {
    close(text, 2);
  });
});

it("derives a graph that is 20,000 nodes deep", () => {
  const count = 20_000;
  const steps = Array.from({ length: count }, (_, i) => `a${i + 1} = ${i % 2 ? "sin" : "cos"}(a${i})`);
  const text = ["x = 0.3", "a0 = x^2", ...steps, `w = a${count}`, "output w"].join("\n");
  const derivation = derive(programOf(text), new Map(), { order: 1 });
  expect(derivedScript(derivation).split("\n").length).toBeGreaterThan(count);
  // Evaluated where values do not vanish.
  const few = [...steps.slice(0, 300), "w = a300", "output w"];
  close(["x = 0.3", "a0 = x^2", ...few].join("\n"));
});
