import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomSource, sample } from "../support/graph.js";
import { compareDerived } from "./support.js";

/** Random formulas over x (a vector), A (a square matrix) and t (a scalar), by the shape of what they give. */
const { vector, matrix, scalar } = fc.letrec<{ vector: string; matrix: string; scalar: string }>((tie) => {
  const of = (write: (...parts: string[]) => string, ...kinds: ("vector" | "matrix" | "scalar")[]) =>
    fc.tuple(...kinds.map((kind) => tie(kind))).map((parts) => write(...parts));
  return {
    vector: fc.oneof(
      { depthSize: "small" },
      fc.constant("x"),
      of((a, b) => `(${a}) @ (${b})`, "matrix", "vector"),
      of((a, b) => `((${a}) + (${b}))`, "vector", "vector"),
      of((a, b) => `(${a}) * (${b})`, "vector", "vector"),
      of((a, b) => `(${a}) * (${b})`, "scalar", "vector"),
      of((a) => `sin(${a})`, "vector"),
      of((a) => `tanh(${a})`, "vector"),
      of((a) => `relu(${a})`, "vector"),
      of((a) => `softmax(${a})`, "vector"),
      of((a) => `cumsum(${a})[::-1]`, "vector"),
      of((a) => `sum(${a}, axis=0)`, "matrix"),
      of((a) => `map(s -> if s > 0 then s^2 else sin(s), ${a})`, "vector"),
      of((a, b) => `scan((c, s) -> (tanh(c + s), c * s), ${a}, ${b})[1]`, "scalar", "vector"),
    ),
    matrix: fc.oneof(
      { depthSize: "small" },
      fc.constant("A"),
      of((a, b) => `(${a}) @ (${b})`, "matrix", "matrix"),
      of((a) => `(${a})'`, "matrix"),
      of((a, b) => `outer(${a}, ${b})`, "vector", "vector"),
      of((a, b) => `((${a}) - (${b}))`, "matrix", "matrix"),
      of((a) => `diag(${a})`, "vector"),
      of((a, b) => `(${a}) * (${b})`, "matrix", "vector"),
      of((a) => `exp(0.1 * (${a}))`, "matrix"),
      of((a) => `inv(4 * eye(3) + tanh(${a}))`, "matrix"),
    ),
    scalar: fc.oneof(
      { depthSize: "small" },
      fc.constant("t"),
      of((a) => `sum(${a})`, "vector"),
      of((a) => `trace(${a})`, "matrix"),
      of((a, b) => `(${a}) @ (${b})`, "vector", "vector"),
      of((a) => `norm(${a})`, "vector"),
      of((a) => `(${a})^3`, "scalar"),
      of((a) => `log(2 + (${a})^2)`, "scalar"),
      of((a) => `fold((c, s) -> sin(c) + s, ${a}, x)`, "scalar"),
    ),
  };
});

function compare(formula: string, order: 1 | 2): void {
  const text = `input x: [3]\ninput A: [3, 3]\ninput t: []\nw = ${formula}\noutput w`;
  const random = randomSource(11);
  const values = new Map([
    ["x", sample(random, [3], [-1, 1])],
    ["A", sample(random, [3, 3], [-1, 1])],
    ["t", sample(random, [], [-1, 1])],
  ]);
  const { distances, script } = compareDerived(text, values, { order });
  expect(Math.max(...distances), script).toBeLessThan(1e-7);
}

describe("derivatives of random formulas", () => {
  it("of scalars give the same numbers as scripts", () => {
    fc.assert(
      fc.property(scalar, (formula) => compare(formula, 1)),
      { numRuns: 60, seed: 5 },
    );
  });
  it("of vectors and matrices, too", () => {
    fc.assert(
      fc.property(fc.oneof(vector, matrix), (formula) => compare(formula, 1)),
      { numRuns: 30, seed: 6 },
    );
  });
  it("of the second order, too", () => {
    fc.assert(
      fc.property(scalar, (formula) => compare(formula, 2)),
      { numRuns: 15, seed: 7 },
    );
  });
});
