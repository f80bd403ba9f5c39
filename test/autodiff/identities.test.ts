import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { derivatives } from "../../src/autodiff/reverse.js";
import type { Shape, Tensor } from "../../src/tensor.js";
import { largestDifference } from "../support/differences.js";
import { evaluator, graphOf, inputName, randomSource, sample } from "../support/graph.js";

/** Published reference data beside the checkout; not part of the project. */
const file = new URL("../../../shared/data/identities_public.json", import.meta.url);

interface Identity {
  /** The function and its gradient in the language, both reading the same names. */
  readonly f: string;
  readonly gradient: string;
  readonly wrt: "x" | "X" | "P";
  readonly shapes: (n: number, m: number) => Readonly<Record<string, Shape>>;
}

const define = (wrt: Identity["wrt"], f: string, gradient: string, shapes: Identity["shapes"]): Identity => ({
  f,
  gradient,
  wrt,
  shapes,
});

const square = (n: number): Shape => [n, n];

/** Samples lie in (0.2, 1.2), so these are far from singular. */
const far = (name: string) => `(${name} + 3 * eye(shape(${name})[0]))`;
const symmetric = (name: string) => `(${name} + ${name}')`;

/** Each identity of the file by its id, written in the language. */
const identities: Readonly<Record<string, Identity>> = {
  v1: define("x", "a' @ x", "a", (n) => ({ a: [n], x: [n] })),
  v3: define(
    "x",
    "(B @ x + b)' @ C @ (D @ x + d)",
    "B' @ C @ (D @ x + d) + D' @ C' @ (B @ x + b)",
    (n, m) => ({
      B: [m, n],
      C: [m, n],
      D: [n, n],
      b: [m],
      d: [n],
      x: [n],
    }),
  ),
  v5: define("x", "sqrt(x' @ y)", "y / (2 * sqrt(x' @ y))", (n) => ({ x: [n], y: [n] })),
  v7: define("x", "sqrt(sum((x - a)^2))", "(x - a) / sqrt(sum((x - a)^2))", (n) => ({ x: [n], a: [n] })),
  v9: define("x", "log(sum(exp(x)))", "softmax(x)", (n) => ({ x: [n] })),
  v11: define(
    "x",
    `x' @ ${symmetric("S")} @ x / (x' @ x)`,
    `2 * (${symmetric("S")} @ x - x' @ ${symmetric("S")} @ x / (x' @ x) * x) / (x' @ x)`,
    (n) => ({ S: square(n), x: [n] }),
  ),
  v12: define("x", "sum(x * log(x))", "log(x) + 1", (n) => ({ x: [n] })),
  m1: define("X", "a' @ X @ b", "outer(a, b)", (n, m) => ({ a: [n], X: [n, m], b: [m] })),
  m3: define("X", "b' @ X' @ X @ c", "X @ (outer(b, c) + outer(c, b))", (n, m) => ({
    X: [n, m],
    b: [m],
    c: [m],
  })),
  m5: define("X", "(X @ b + c)' @ D @ (X @ b + c)", "outer((D + D') @ (X @ b + c), b)", (n, m) => ({
    X: [n, m],
    D: square(n),
    b: [m],
    c: [n],
  })),
  m7: define("X", "a' @ sin(X) @ b", "diag(a) @ cos(X) @ diag(b)", (n, m) => ({ a: [n], X: [n, m], b: [m] })),
  m9: define("X", "a' @ (A * X * B) @ b", "outer(a, b) * A * B", (n, m) => ({
    a: [n],
    A: [n, m],
    X: [n, m],
    B: [n, m],
    b: [m],
  })),
  t1: define("X", "trace(X)", "eye(shape(X)[0])", (n) => ({ X: square(n) })),
  t3: define("X", "trace(A @ X @ B)", "A' @ B'", (n) => ({ A: square(n), X: square(n), B: square(n) })),
  t5: define("X", "trace(X @ X)", "2 * X'", (n) => ({ X: square(n) })),
  t7: define("X", "trace(X' @ B @ X)", "(B + B') @ X", (n) => ({ X: square(n), B: square(n) })),
  t9: define("X", "trace(A @ X @ B @ X)", "A' @ X' @ B' + B' @ X' @ A'", (n) => ({
    A: square(n),
    X: square(n),
    B: square(n),
  })),
  t11: define("X", "trace(B' @ X' @ C @ X @ B)", "(C + C') @ X @ B @ B'", (n) => ({
    B: square(n),
    X: square(n),
    C: square(n),
  })),
  t12: define("X", "trace(X' @ B @ X @ C)", "B @ X @ C + B' @ X @ C'", (n) => ({
    X: square(n),
    B: square(n),
    C: square(n),
  })),
  t14: define("X", "sum((A @ X @ B + C)^2)", "2 * A' @ (A @ X @ B + C) @ B'", (n) => ({
    A: square(n),
    X: square(n),
    B: square(n),
    C: square(n),
  })),
  t16: define(
    "X",
    "trace(B' @ X' @ C @ X @ X' @ C @ X @ B)",
    "C @ X @ X' @ C @ X @ B @ B' + C' @ X @ B @ B' @ X' @ C' @ X + C @ X @ B @ B' @ X' @ C @ X + C' @ X @ X' @ C' @ X @ B @ B'",
    (n) => ({ B: square(n), X: square(n), C: square(n) }),
  ),
  i1: define(
    "X",
    `a' @ inv(${far("X")}) @ b`,
    `-inv(${far("X")})' @ outer(a, b) @ inv(${far("X")})'`,
    (n) => ({
      a: [n],
      X: square(n),
      b: [n],
    }),
  ),
  i3: define("X", `trace(inv(X + ${far("A")}))`, `-(inv(X + ${far("A")}) @ inv(X + ${far("A")}))'`, (n) => ({
    X: square(n),
    A: square(n),
  })),
  i5: define(
    "X",
    `trace(inv(X' @ ${symmetric(far("C"))} @ X) @ (X' @ ${symmetric("B")} @ X))`,
    `{
      M = inv(X' @ ${symmetric(far("C"))} @ X)
      -2 * ${symmetric(far("C"))} @ X @ M @ X' @ ${symmetric("B")} @ X @ M + 2 * ${symmetric("B")} @ X @ M
    }`,
    (n) => ({ X: [n + 2, n - 1], C: square(n + 2), B: square(n + 2) }),
  ),
  i6: define(
    "X",
    `a' @ solve(${far("X")}, b)`,
    `-outer(inv(${far("X")})' @ a, solve(${far("X")}, b))`,
    (n) => ({
      a: [n],
      X: square(n),
      b: [n],
    }),
  ),
  d2: define(
    "X",
    `det(${far("A")} @ ${far("X")} @ ${far("B")})`,
    `det(${far("A")} @ ${far("X")} @ ${far("B")}) * inv(${far("X")})'`,
    (n) => ({ A: square(n), X: square(n), B: square(n) }),
  ),
  d4: define("P", "slogdet(P' @ P)[1]", "2 * P @ inv(P' @ P)", (n) => ({ P: [n + 2, n - 1] })),
  d6: define(
    "X",
    `det(${far("X")} @ ${far("X")} @ ${far("X")})`,
    `3 * det(${far("X")})^3 * inv(${far("X")})'`,
    (n) => ({
      X: square(n),
    }),
  ),
  d8: define(
    "X",
    `slogdet(${far("X")})[1] + a' @ inv(${far("X")}) @ a`,
    `inv(${far("X")})' - inv(${far("X")})' @ outer(a, a) @ inv(${far("X")})'`,
    (n) => ({ X: square(n), a: [n] }),
  ),
  n2: define("X", "sum((Y - P @ X)^2)", "-2 * P' @ (Y - P @ X)", (n, m) => ({
    Y: [n, m],
    P: [n, n - 1],
    X: [n - 1, m],
  })),
};

const sizes = [
  [3, 2],
  [2, 4],
  [5, 3],
] as const;

/** The program's gradient of f against the published one, at random values of these sizes. */
function check({ f, gradient, wrt, shapes }: Identity, n: number, m: number, seed: number): void {
  const random = randomSource(seed);
  const all = shapes(n, m);
  const values = new Map<string, Tensor>(
    Object.entries(all).map(([name, shape]) => [name, sample(random, shape, [0.2, 1.2])]),
  );
  const graph = graphOf(`out = ${f}`, all);
  const input = graph.inputs.find((node) => inputName(node) === wrt)!;
  const [derivative] = derivatives(graph.b, graph.output, [input]);
  const [actual] = evaluator([derivative!])(values);
  const [expected] = evaluator([graphOf(`out = ${gradient}`, all).output])(values);
  expect(actual!.shape).toEqual(expected!.shape);
  expect(largestDifference(actual!.data, expected!.data)).toBeLessThan(1e-10);
}

describe("identities of matrix calculus", () => {
  if (!existsSync(file)) {
    it("agree with what others published", ({ skip }) => {
      skip("the reference data, ../shared/data beside the checkout, is absent");
    });
    return;
  }
  const published = JSON.parse(readFileSync(file, "utf8")) as {
    id: string;
    f: string;
    grad: string;
    wrt: string;
  }[];

  it.each(published.map(({ id, f, grad, wrt }) => [id, f, grad, wrt] as const))(
    "%s: %s has the gradient %s",
    (id, _f, _gradient, wrt) => {
      const identity = identities[id];
      if (identity === undefined) return expect.fail(`the identity ${id} is not written in the language yet`);
      expect(identity.wrt).toBe(wrt);
      for (const [seed, [n, m]] of sizes.entries()) check(identity, n, m, seed + 1);
    },
  );
});
