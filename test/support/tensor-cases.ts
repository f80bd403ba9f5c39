import type { Shape, Tensor } from "../../src/tensor.js";
import { randomSource, sample } from "./graph.js";

/** An expression in inputs of these shapes. */
export interface TensorCase {
  readonly text: string;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const on = (shape: Shape, ...texts: readonly string[]): TensorCase[] =>
  texts.map((text) => ({ text, shapes: { x: shape } }));
const onTwo = (x: Shape, y: Shape, ...texts: readonly string[]): TensorCase[] =>
  texts.map((text) => ({ text, shapes: { x, y } }));

/**
 * Well-conditioned matrices: symmetric positive definite ones, and square and tall ones far from singular. No two elements
 * of their vectors tie for the largest, because there the convention for the sign jumps.
 */
const spd = "(x @ x' + diag([2, 12, 30]))";
const square = "(x + diag([4, -5, 7]))";
const tall = "(x + 3 * eye(4, 2) * [1, 2])";
const batched = "(x + diag([4, -6]))";
const transposeEach = (matrix: string) => `einsum("...ij->...ji", ${matrix})`;
const symmetricBatch = `(${batched} + ${transposeEach(batched)})`;
const spdBatch = `(${batched} @ ${transposeEach(batched)})`;

const linearAlgebra: readonly TensorCase[] = [
  ...on(
    [3, 3],
    'einsum("ii", x)',
    'einsum("ii->i", x)',
    'einsum("ij", x)',
    'einsum("ba", x)',
    'einsum("ij->", x)',
    'einsum("ij->j", x)',
    'einsum("ij,ij", x, x)',
    'einsum("ij,jk,kl->il", x, x, x)',
    'einsum("ij,kl", x[:2], x[1:])',
    'einsum("i...->...", x)',
    'einsum("ij,ij->ij", x, x[:1])',
    'einsum(",ij", 2, x)',
    "tensordot(x, x)",
    "tensordot(x, x, 1)",
    "tensordot(x[:, :2], x[0], 0)",
    "diag(x)",
    "diag(x, 1)",
    "diag(x, k=-2)",
    "diag(x, 5)",
    "diag(x[0])",
    "diag(x[0], 2)",
    "diag(x[0], -1)",
    "tril(x)",
    "tril(x, 1)",
    "triu(x)",
    "triu(x, k=-1)",
    "kron(x[:2, :2], x[1:, :2])",
    "kron(x[0], x[:2])",
  ),
  ...on(
    [3, 3],
    "det(x)",
    `det(${square})`,
    "det(x[:, :1] @ x[:1])",
    `slogdet(${square})[1]`,
    `slogdet(${square})[0] * x`,
    `inv(${square})`,
    `solve(${square}, x[0])`,
    `solve(${square}, x)`,
    `cholesky(${spd})`,
    `cholesky(x + 12 * eye(3))`,
    `eigvalsh(${spd})`,
    `eigvalsh(${square})`,
    `eigh(${spd})[0]`,
    `eigh(${spd})[1]`,
    `svd(${square})[0]`,
    `svd(${square})[1]`,
    `svd(${square})[2]`,
    `qr(${square})[0]`,
    `qr(${square})[1]`,
    "expm(x)",
    "expm(0.001 * x)",
    "expm(3 * x) / 100",
  ),
  ...on(
    [4, 2],
    ...[0, 1, 2].flatMap((part) => [`svd(${tall})[${part}]`, `svd(${tall}')[${part}]`]),
    ...[0, 1].flatMap((part) => [`qr(${tall})[${part}]`, `qr(${tall}')[${part}]`]),
  ),
  ...on(
    [2, 2, 2],
    'einsum("...ij,...jk", x, x)',
    'einsum("bii->b", x)',
    'einsum("...i,...j->ij...", x, x[0])',
    'einsum("bij,bkj->bik", x, x)',
    "tensordot(x, x, ([0, 1], [1, 0]))",
    "tensordot(x, x, axes=[[0, 2], [2, 0]])",
    "tensordot(x, x[0], (0, 1))",
    "tril(x)",
    "triu(x, 1)",
    "kron(x, x[0])",
    `det(${batched})`,
    `slogdet(${batched})[1]`,
    `inv(${batched})`,
    `solve(${batched}, x)`,
    `solve(${batched}, x[0, 0])`,
    `solve(${batched}[0], x)`,
    `cholesky(${spdBatch})`,
    `eigvalsh(${symmetricBatch})`,
    `eigh(${symmetricBatch})[1]`,
    `svd(${batched})[0]`,
    `svd(${batched})[1]`,
    `svd(${batched})[2]`,
    `qr(${batched})[0]`,
    `qr(${batched})[1]`,
    "expm(x)",
  ),
  ...onTwo(
    [2, 3],
    [3, 2],
    'einsum("ij,ji", x, y)',
    'einsum("ij,jk->ki", x, y)',
    "kron(x, y)",
    "tensordot(x, y, 1)",
  ),
];

/** Every tensor operation and every function that is not elementwise, in each form that its description admits. */
export const tensorCases: readonly TensorCase[] = [
  ...on([2, 3, 2], "sum(x)", "sum(x, axis=1)", "sum(x, axis=(0, -1), keepdims=1)", "sum(x, axis=[1])"),
  ...on(
    [2, 3],
    "mean(x)",
    "mean(x, axis=-2)",
    "max(x)",
    "max(x, 1)",
    "min(x, axis=0, keepdims=true)",
    "min(x)",
  ),
  ...on(
    [2, 2, 2],
    "max(x, axis=(0, 2))",
    "logsumexp(x, axis=(0, 2))",
    "softmax(x, axis=(0, 2))",
    "softmax(x, axis=1)",
  ),
  ...on([2, 3], "logsumexp(x)", "logsumexp(x, axis=1, keepdims=1)", "softmax(x)", "softmax(x, axis=0)"),
  ...on([2, 3], "transpose(x)", "x'", "x.T", "reshape(x, 3, 2)", "reshape(x, [-1])", "ravel(x')", "x' + 1"),
  ...on([2, 3, 2], "transpose(x, (1, 2, 0))", "x'", "reshape(x', 4, 3)", "transpose(x, [-1, 0, 1])"),
  ...on([2, 1, 3], "squeeze(x)", "squeeze(x, axis=1)", "expand_dims(x, -1)", "expand_dims(x, axis=0)"),
  ...on(
    [3],
    "broadcast_to(x, [2, 3])",
    "x[::-1]",
    "x[1]",
    "x[-2:]",
    "x[::2]",
    "[x, 2 * x]",
    "[x[0], 1, x[2]^2]",
  ),
  ...on([3, 4], "x[1:, ::-2]", "x[..., 1]", "x[-1]", "x[0, 1:3]", "x[2:0:-1, 3]", "x[1:1]", "x[:, 5:]"),
  ...on([2, 3, 2], "x[..., 0]", "x[1, ..., 1]", "x[:, 1]", "x[0][1][0]"),
  ...on([3, 3], "trace(x)", "trace(x @ x)", "x @ x", "x * x'", "x + x'", "dot(x, x)", "x @ [1, 2, 3]"),
  ...on(
    [2, 3],
    "trace(x)",
    "x @ x'",
    "x' @ x",
    "outer(x, x)",
    "concatenate((x, x * 2), axis=1)",
    "stack((x, x'[:2, :2] @ x))",
  ),
  ...on([2, 3, 2], "trace(x)"),
  ...onTwo([2, 3], [3, 2], "x @ y", "matmul(x, y)", "dot(x, y)", "y @ x", "trace(x @ y)", "x' * y"),
  ...onTwo(
    [3],
    [3],
    "x @ y",
    "dot(x, y)",
    "outer(x, y)",
    "concatenate([x, y])",
    "stack((x, y), axis=-1)",
    "x' @ y",
  ),
  ...onTwo([2, 3], [3], "x @ y", "dot(x, y)", "x * y", "x - y"),
  ...onTwo([3], [3, 2], "x @ y", "dot(x, y)"),
  ...onTwo([2, 2, 3], [3, 2], "x @ y", "dot(x, y)"),
  ...onTwo([2, 1, 2, 3], [2, 3, 2], "x @ y", "dot(x, y)"),
  ...onTwo([3], [2, 3, 2], "x @ y", "dot(x, y)"),
  ...onTwo(
    [],
    [2, 2],
    "dot(x, y)",
    "full([2, 3], x) @ full([3, 1], sum(y))",
    "zeros(2) + x",
    "ones(2, 2) * y",
  ),
  ...onTwo(
    [],
    [],
    "linspace(x, y, 4)",
    "linspace(x, y, 1)",
    "x * arange(3) + y",
    "x * eye(2, 3)",
    "eye(2) * y - x",
  ),
  ...linearAlgebra,
  ...on(
    [2, 3],
    "prod(x)",
    "prod(x, axis=0)",
    "prod(x, axis=-1, keepdims=1)",
    "prod(x * [0, 1, 1])",
    "prod(x * [0, 0, 1], axis=1)",
    "prod(x * [[0, 1, 1], [1, 1, 1]])",
    "var(x)",
    "var(x, axis=0, ddof=1)",
    "std(x)",
    "std(x, axis=-1, keepdims=true)",
    "norm(x)",
    "norm(x, axis=1)",
    "norm(x, axis=0, keepdims=1)",
    "cumsum(x)",
    "cumsum(x, axis=1)",
    "cumsum(x, 0)",
    "cumprod(x)",
    "cumprod(x, axis=0)",
    "cumprod(x * [1, 0, 2], axis=-1)",
    "log_softmax(x)",
    "log_softmax(x, axis=0)",
    "log_softmax(x, axis=(0, 1))",
  ),
  ...on([2, 3, 2], "prod(x, axis=(0, 2))", "norm(x, axis=(0, -1))", "var(x, axis=(1, 2))", "cumprod(x, 1)"),
  ...on(
    [3, 4],
    "take(x, [2, 0, 0])",
    "take(x, [[0, 1], [-1, 2]], axis=1)",
    "take(x, 1, axis=-1)",
    "x[[2, 0, 2]]",
    "x[:, [1, -1]]",
    "x[[0, 1], [2, 2]]",
    "x[[[0], [2]], [1, 3, 1]]",
    "x[[1, 2], ::2]",
    "split(x, 3)[1]",
    "split(x, [1, 3], axis=1)[1]",
    "flip(x)",
    "flip(x, axis=1)",
    "roll(x, 5)",
    "roll(x, -1, axis=0)",
    "tile(x, 2)",
    "tile(x, 2, 1, 2)",
    "pad(x, 1)",
    "pad(x, ((0, 1), (2, 0)), value=3)",
    "sum(rand(3, 4, seed=1) * x) * randn(4) + x",
  ),
  // Over nothing.
  ...on(
    [3, 4],
    "prod(x[1:1])",
    "prod(x[1:1], axis=0)",
    "norm(x[1:1], axis=0)",
    "cumsum(x[1:1], axis=0)",
    "cumprod(x[1:1], axis=0)",
    "log_softmax(x[1:1], axis=1)",
    "take(x[1:1], [0], axis=1)",
    "det(x[:0, :0])",
    "slogdet(x[:0, :0])[1]",
    "inv(x[:0, :0])",
    "solve(x[:3, :3], x[:, :0])",
    "cholesky(x[:0, :0])",
    "eigvalsh(x[:0, :0])",
    "eigh(x[:0, :0])[1]",
    "svd(x[:0, :0])[0]",
    "svd(x[:0, :0])[1]",
    "qr(x[:0, :0])[0]",
    "qr(x[:, :0])[1]",
    "expm(x[:0, :0])",
  ),
  ...on([2, 3, 2], "x[0, :, [1, 0, 1]]", "x[[1, 0], 1]", "x[..., [0, 0]]", "x[1, [0, 2], ::-1]"),
  ...onTwo([3], [], "pad(x, (1, 2), value=y)", "pad(x * y, 2, y^2)"),
  ...onTwo([2, 3], [4], "clip(x, -1, 1)", "clip(y, 0, sum(x))", "where(x > 0, x, x^2)"),
];

export function valuesFor(shapes: Readonly<Record<string, Shape>>, seed: number): Map<string, Tensor> {
  const random = randomSource(seed);
  // Away from 0 and from each other, so that no comparison changes within the steps of the differences.
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const { data } = sample(random, shape, [-0.03, 0.03]);
      return [name, { shape, data: data.map((noise, i) => (((i * 7 + seed) % 11) - 5.5) * 0.3 + noise) }];
    }),
  );
}
