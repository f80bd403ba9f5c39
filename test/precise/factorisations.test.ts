import { describe, expect, it } from "vitest";
import type { Shape, Tensor } from "../../src/tensor.js";
import { evaluator, graphOf, randomSource } from "../support/graph.js";
import { precisely } from "../support/precise.js";

/** Elements by row and column, from a random number from −1 to 1 for each. */
const kinds: Readonly<Record<string, (x: (i: number, j: number) => number, i: number, j: number) => number>> =
  {
    plain: (x, i, j) => x(i, j),
    "badly scaled": (x, i, j) => x(i, j) * 10 ** (((i + 2 * j) % 7) * -2),
    "of low rank": (x, i, j) => x(i, 0) * x(0, j) + x(i, 1) * x(1, j),
    "with repeated rows": (x, i, j) => x(i % 2, j),
    huge: (x, i, j) => x(i, j) * 1e150,
    tiny: (x, i, j) => x(i, j) * 1e-150,
    "with a column next to nothing": (x, i, j) => x(i, j) * (j === 0 ? 1e-155 : 1),
    zero: () => 0,
  };

function matrix(kind: string, [m, n]: readonly [number, number], seed: number): Tensor {
  const random = randomSource(seed);
  const numbers = Array.from({ length: (m + 1) * (n + 1) }, () => 2 * random() - 1);
  const at = (i: number, j: number) => numbers[i * (n + 1) + j]!;
  const element = kinds[kind]!;
  const data = Float64Array.from({ length: m * n }, (_, k) => element(at, Math.floor(k / n), k % n));
  return { shape: [m, n], data };
}

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Expressions whose largest element must be small against that of the matrix, or against 1 where marked so. */
function check(x: Tensor, expressions: readonly (readonly [text: string, against: "x" | 1])[]): void {
  const [m, n] = x.shape as readonly [number, number];
  for (const [text, against] of expressions) {
    const filled = text.replaceAll("$k", `${Math.min(m, n)}`).replaceAll("$n", `${n}`);
    const { output } = graphOf(`out = ${filled}`, { x: x.shape });
    const [error] = precisely([output], new Map([["x", x]]));
    expect(largest(error!.hi), filled).toBeLessThanOrEqual(1e-29 * (against === 1 ? 1 : largest(x.data)));
  }
}

const sizes: readonly (readonly [number, number])[] = [
  [1, 1],
  [3, 3],
  [6, 2],
  [2, 5],
  [12, 12],
  [24, 10],
];
const cases = Object.keys(kinds).flatMap((kind) =>
  sizes.map((size, i) => [`${kind}, ${size.join("×")}`, matrix(kind, size, i + 1)] as const),
);
const isSquare = ({ shape: [m, n] }: Tensor) => m === n;

describe("factorisations multiply to the matrix, to 29 digits", () => {
  it.each(cases)("%s", (_title, x) => {
    check(x, [
      ["qr(x)[0] @ qr(x)[1] - x", "x"],
      ["qr(x)[0]' @ qr(x)[0] - eye($k)", 1],
      ["tril(qr(x)[1], -1)", "x"],
      ["(svd(x)[0] * svd(x)[1]) @ svd(x)[2] - x", "x"],
      ["svd(x)[0]' @ svd(x)[0] - eye($k)", 1],
      ["svd(x)[2] @ svd(x)[2]' - eye($k)", 1],
      ["svd(x)[1] - abs(svd(x)[1])", "x"],
      ["minimum(svd(x)[1][:-1] - svd(x)[1][1:], 0)", "x"],
    ]);
    if (!isSquare(x)) return;
    const symmetric = "((x + x') / 2)";
    check(x, [
      [`(eigh(x)[1] * eigh(x)[0]) @ eigh(x)[1]' - ${symmetric}`, "x"],
      ["eigh(x)[1]' @ eigh(x)[1] - eye($n)", 1],
      ["minimum(eigh(x)[0][1:] - eigh(x)[0][:-1], 0)", "x"],
    ]);
  });

  it.each([1, 3, 12, 24])("of regular matrices with %d rows", (n) => {
    const x = matrix("plain", [n, n], 20 + n);
    // Far from singular, with pivots that are not on the diagonal.
    const regular = `(x + 4 * flip(eye(${n}), axis=0))`;
    const positive = `(x @ x' + eye(${n}))`;
    check(x, [
      [`${regular} @ inv(${regular}) - eye($n)`, 1],
      [`${regular} @ solve(${regular}, x) - x`, 1],
      [`cholesky(${positive}) @ cholesky(${positive})' - ${positive}`, 1],
      [`triu(cholesky(${positive}), 1)`, 1],
      [`${positive} @ inv(${positive}) - eye($n)`, 1],
      ["expm(x / $n) @ expm(-x / $n) - eye($n)", 1],
      [`log(det(${positive})) - slogdet(${positive})[1]`, 1],
    ]);
  });
});

describe("large factorisations have the signs and the order of the engine's", () => {
  const shape: Shape = [45, 45];
  const x = matrix("plain", [45, 45], 77);
  it.each([
    ["qr(x)[0]"],
    ["qr(x)[1]"],
    ["eigh(x)[0]"],
    ["eigh(x)[1]"],
    ["svd(x[:, :34])[0]"],
    ["svd(x[:, :34])[1]"],
    ["svd(x[:34])[2]"],
    ["inv(x)"],
    ["cholesky(x @ x' + eye(45))"],
    ["expm(x)"],
    ["slogdet(x)[0] * x"],
  ])("%s", (text) => {
    const { output } = graphOf(`out = ${text}`, { x: shape });
    const values = new Map([["x", x]]);
    const [found] = precisely([output], values);
    const [expected] = evaluator([output])(values);
    const differences = expected!.data.map((value, i) => value - found!.hi[i]!);
    expect(largest(differences)).toBeLessThan(1e-12 * largest(expected!.data));
  });
});
