import type { Tensor } from "../../src/index.js";
import { sample } from "./graph.js";

/** Published reference data beside the checkout; not part of the project. */
export const publishedIdentities = new URL("../../../shared/data/identities_public.json", import.meta.url);

export interface Identity {
  /** Declarations: each name with its shape. Square matrices get values that can be inverted. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Definitions that the conditions ask for, such as a symmetric matrix. */
  readonly where?: string;
  readonly wrt: "x" | "X" | "P";
  readonly f: string;
  readonly gradient: string;
  /** Where the inputs' elements lie, if not from -1 to 1. */
  readonly domain?: readonly [number, number];
}

/** Each identity of the file by its id, written in the language. */
export const identities: Readonly<Record<string, Identity>> = {
  v1: { inputs: { a: "n", x: "n" }, wrt: "x", f: "a' @ x", gradient: "a" },
  v3: {
    inputs: { B: "m, n", C: "m, p", D: "p, n", b: "m", d: "p", x: "n" },
    wrt: "x",
    f: "(B @ x + b)' @ C @ (D @ x + d)",
    gradient: "B' @ C @ (D @ x + d) + D' @ C' @ (B @ x + b)",
  },
  v5: {
    inputs: { x: "n", y: "n" },
    wrt: "x",
    f: "sqrt(x' @ y)",
    gradient: "y / (2 * sqrt(x' @ y))",
    domain: [0.2, 1.2],
  },
  v7: { inputs: { x: "n", a: "n" }, wrt: "x", f: "norm(x - a)", gradient: "(x - a) / norm(x - a)" },
  v9: { inputs: { x: "n" }, wrt: "x", f: "log(sum(exp(x)))", gradient: "softmax(x)" },
  v11: {
    inputs: { R: "n, n", x: "n" },
    where: "S = R + R'",
    wrt: "x",
    f: "x' @ S @ x / (x' @ x)",
    gradient: "{ r = x' @ S @ x / (x' @ x); 2 * (S @ x - r * x) / (x' @ x) }",
  },
  v12: { inputs: { x: "n" }, wrt: "x", f: "sum(x * log(x))", gradient: "log(x) + 1", domain: [0.2, 1.2] },
  m1: { inputs: { a: "n", X: "n, m", b: "m" }, wrt: "X", f: "a' @ X @ b", gradient: "outer(a, b)" },
  m3: {
    inputs: { X: "n, m", b: "m", c: "m" },
    wrt: "X",
    f: "b' @ X' @ X @ c",
    gradient: "X @ (outer(b, c) + outer(c, b))",
  },
  m5: {
    inputs: { X: "n, m", D: "n, n", b: "m", c: "n" },
    wrt: "X",
    f: "(X @ b + c)' @ D @ (X @ b + c)",
    gradient: "outer((D + D') @ (X @ b + c), b)",
  },
  m7: {
    inputs: { a: "n", X: "n, m", b: "m" },
    wrt: "X",
    f: "a' @ sin(X) @ b",
    gradient: "diag(a) @ cos(X) @ diag(b)",
  },
  m9: {
    inputs: { a: "n", A: "n, m", X: "n, m", B: "n, m", b: "m" },
    wrt: "X",
    f: "a' @ (A * X * B) @ b",
    gradient: "outer(a, b) * A * B",
  },
  t1: { inputs: { X: "n, n" }, wrt: "X", f: "trace(X)", gradient: "eye(n)" },
  t3: {
    inputs: { A: "p, n", X: "n, m", B: "m, p" },
    wrt: "X",
    f: "trace(A @ X @ B)",
    gradient: "A' @ B'",
  },
  t5: { inputs: { X: "n, n" }, wrt: "X", f: "trace(X @ X)", gradient: "2 * X'" },
  t7: { inputs: { X: "n, m", B: "n, n" }, wrt: "X", f: "trace(X' @ B @ X)", gradient: "(B + B') @ X" },
  t9: {
    inputs: { A: "m, n", X: "n, m", B: "m, n" },
    wrt: "X",
    f: "trace(A @ X @ B @ X)",
    gradient: "A' @ X' @ B' + B' @ X' @ A'",
  },
  t11: {
    inputs: { B: "m, p", X: "n, m", C: "n, n" },
    wrt: "X",
    f: "trace(B' @ X' @ C @ X @ B)",
    gradient: "(C + C') @ X @ B @ B'",
  },
  t12: {
    inputs: { X: "n, m", B: "n, n", C: "m, m" },
    wrt: "X",
    f: "trace(X' @ B @ X @ C)",
    gradient: "B @ X @ C + B' @ X @ C'",
  },
  t14: {
    inputs: { A: "p, n", X: "n, m", B: "m, q", C: "p, q" },
    wrt: "X",
    f: "norm(A @ X @ B + C)^2",
    gradient: "2 * A' @ (A @ X @ B + C) @ B'",
  },
  t16: {
    inputs: { B: "m, p", X: "n, m", C: "n, n" },
    wrt: "X",
    f: "trace(B' @ X' @ C @ X @ X' @ C @ X @ B)",
    gradient: `C @ X @ X' @ C @ X @ B @ B' + C' @ X @ B @ B' @ X' @ C' @ X +
      C @ X @ B @ B' @ X' @ C @ X + C' @ X @ X' @ C' @ X @ B @ B'`,
  },
  i1: {
    inputs: { a: "n", X: "n, n", b: "n" },
    wrt: "X",
    f: "a' @ inv(X) @ b",
    gradient: "-inv(X)' @ outer(a, b) @ inv(X)'",
  },
  i3: {
    inputs: { X: "n, n", A: "n, n" },
    wrt: "X",
    f: "trace(inv(X + A))",
    gradient: "-(inv(X + A) @ inv(X + A))'",
  },
  i5: {
    inputs: { X: "k, n", R: "k, k", Q: "k, k" },
    where: "B = R + R'; C = Q + Q'",
    wrt: "X",
    f: "trace(inv(X' @ C @ X) @ (X' @ B @ X))",
    gradient: "{ M = inv(X' @ C @ X); -2 * C @ X @ M @ X' @ B @ X @ M + 2 * B @ X @ M }",
  },
  i6: {
    inputs: { a: "n", X: "n, n", b: "n" },
    wrt: "X",
    f: "a' @ solve(X, b)",
    gradient: "-outer(inv(X)' @ a, inv(X) @ b)",
  },
  d2: {
    inputs: { A: "n, n", X: "n, n", B: "n, n" },
    wrt: "X",
    f: "det(A @ X @ B)",
    gradient: "det(A @ X @ B) * inv(X)'",
  },
  d4: { inputs: { P: "k, n" }, wrt: "P", f: "slogdet(P' @ P)[1]", gradient: "2 * P @ inv(P' @ P)" },
  d6: { inputs: { X: "n, n" }, wrt: "X", f: "det(X @ X @ X)", gradient: "3 * det(X)^3 * inv(X)'" },
  d8: {
    inputs: { X: "n, n", a: "n" },
    wrt: "X",
    f: "slogdet(X)[1] + a' @ inv(X) @ a",
    gradient: "inv(X)' - inv(X)' @ outer(a, a) @ inv(X)'",
  },
  n2: {
    inputs: { Y: "n, m", P: "n, p", X: "p, m" },
    wrt: "X",
    f: "norm(Y - P @ X)^2",
    gradient: "-2 * P' @ (Y - P @ X)",
  },
};

export type Sizes = Readonly<Record<string, number>>;

/** Sizes for the dimensions: all of them 1, then at random; k is larger than n. */
export function sizesAt(shape: number, random: () => number): Sizes {
  const size = () => (shape === 0 ? 1 : 1 + Math.floor(6 * random()));
  const n = size();
  return { n, m: size(), p: size(), q: size(), k: n + size() };
}

export function valuesFor({ inputs, domain = [-1, 1] }: Identity, sizes: Sizes, random: () => number) {
  return new Map(
    Object.entries(inputs).map(([name, declared]): [string, Tensor] => {
      const axes = declared.split(", ");
      const tensor = sample(
        random,
        axes.map((axis) => sizes[axis]!),
        domain,
      );
      // Far from singular: without the diagonal, the eigenvalues are at most about 2.
      if (axes.length === 2 && axes[0] === axes[1]) {
        const n = sizes[axes[0]!]!;
        for (let i = 0; i < n; i++) tensor.data[i * (n + 1)]! += 3;
      }
      return [name, tensor];
    }),
  );
}
