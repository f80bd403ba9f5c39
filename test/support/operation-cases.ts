import type { OperatorNode } from "../../src/graph/node.js";
import type { GraphCalculus } from "../../src/ops/calculus.js";
import type { TensorOpName } from "../../src/ops/registry.js";
import { sliceAxis } from "../../src/ops/slices.js";
import type { Shape, Tensor } from "../../src/tensor.js";
import { inputNode, newCalculus, randomSource, sample } from "./graph.js";

/**
 * An operation on u = root(x), and which elements of its result are kept: `where(keep, operation(u), 0)`. The elements of
 * x that only those read that are not kept are `dead`: there x is 0, where the slope of the root is infinite.
 */
export interface OperationCase {
  /** Shape of x and u. */
  readonly shape: Shape;
  /** Flat indices into x. */
  readonly dead: readonly number[];
  /** Broadcasts to the result. */
  readonly keep: Tensor;
  /** `sqrt` unless told otherwise; `cbrt` is no NaN below 0, for kernels that take none. */
  readonly root?: "sqrt" | "cbrt";
  /** Ends in the operation. */
  readonly build: (b: GraphCalculus, u: OperatorNode) => OperatorNode;
}

const tensor = (shape: Shape, ...data: readonly number[]): Tensor => ({
  shape,
  data: Float64Array.from(data),
});

const matrices = (b: GraphCalculus, u: OperatorNode) =>
  b.add(u, b.constant(tensor([2, 2], 2, 0.5, -0.25, 5)));
const symmetric = (b: GraphCalculus, u: OperatorNode) => {
  const x = matrices(b, u);
  return b.mul(0.5, b.add(x, b.matrixTranspose(x)));
};
const index = (b: GraphCalculus, ...data: readonly number[]) => b.constant(tensor([data.length], ...data));
/** Along the first axis. */
const parts = (b: GraphCalculus, x: OperatorNode, start: number, count: number) =>
  sliceAxis(b, x, -x.shape.length, start, count);

/** On vectors of four, of which the first two stay. */
const onVector = (build: OperationCase["build"]): OperationCase => ({
  shape: [4],
  dead: [2, 3],
  keep: tensor([4], 1, 1, 0, 0),
  build,
});
/** On two rows of three, of which the first stays; the result has a number or a row for each. */
const onRows = (build: OperationCase["build"], keep = tensor([2], 1, 0)): OperationCase => ({
  shape: [2, 3],
  dead: [3, 4, 5],
  keep,
  build,
});
/** On two matrices, of which the first stays. */
const onMatrices = (resultAxes: 0 | 1 | 2, build: OperationCase["build"]): OperationCase => ({
  shape: [2, 2, 2],
  dead: [4, 5, 6, 7],
  keep: tensor([2, 1, 1].slice(0, 1 + resultAxes), 1, 0),
  root: "cbrt",
  build,
});
const ofFactors = (name: string, factors: string, resultAxes: 0 | 1 | 2, make = matrices): OperationCase =>
  onMatrices(resultAxes, (b, u) => {
    const a = make(b, u);
    return b.apply(name, [a, b.apply(factors, [a])]);
  });
const column = tensor([2, 1], 1, 0);

const solving = (name: "solve" | "solve_lower", transposed: boolean): OperationCase[] => {
  const solve = (b: GraphCalculus, a: OperatorNode, right: OperatorNode) =>
    b.apply(name, name === "solve" ? [a, right, b.apply("lu", [a])] : [a, right], { transposed });
  return [
    // The second column of the right side is dead, and the matrix is not.
    {
      shape: [2, 4],
      dead: [3, 7],
      keep: tensor([2], 1, 0),
      build: (b, u) => solve(b, matrices(b, sliceAxis(b, u, -1, 0, 2)), sliceAxis(b, u, -1, 2, 2)),
    },
    onMatrices(2, (b, u) => solve(b, matrices(b, u), u)),
    // One matrix with two right sides, two matrices with one.
    {
      shape: [3, 2, 2],
      dead: [8, 9, 10, 11],
      keep: tensor([2, 1, 1], 1, 0),
      build: (b, u) => solve(b, matrices(b, b.reshape(parts(b, u, 0, 1), [2, 2])), parts(b, u, 1, 2)),
    },
    onMatrices(2, (b, u) => solve(b, matrices(b, u), b.constant(tensor([2, 1], 1, 2)))),
  ];
};

/** At least one for each operation that a derivative passes. */
export const operationCases: Readonly<Partial<Record<TensorOpName, readonly OperationCase[]>>> = {
  named: [onVector((b, u) => b.apply("named", [u], { name: "u" }))],
  reshape: [onRows((b, u) => b.reshape(u, [3, 2]), tensor([3, 2], 1, 1, 1, 0, 0, 0))],
  transpose: [onRows((b, u) => b.transpose(u, [1, 0]))],
  broadcast_to: [onVector((b, u) => b.broadcastTo(u, [2, 4]))],
  slice: [onRows((b, u) => b.apply("slice", [u], { starts: [2], steps: [-2], counts: [2] }), column)],
  embed: [onRows((b, u) => b.apply("embed", [u], { starts: [1], steps: [2], sizes: [6] }), column)],
  concatenate: [onRows((b, u) => b.concatenate([u, b.square(u)], 1), column)],
  diagonal: [{ shape: [2, 2], dead: [1, 2, 3], keep: tensor([2], 1, 0), build: (b, u) => b.diagonal(u) }],
  embed_diagonal: [{ ...onVector((b, u) => b.embedDiagonal(u, 4, 5)), keep: tensor([4, 1], 1, 1, 0, 0) }],
  gather: [
    {
      ...onVector((b, u) => b.apply("gather", [u, index(b, 3, 0, 1, 0, 2)], { axis: -1 })),
      keep: tensor([5], 0, 1, 1, 1, 0),
    },
    onRows((b, u) => b.apply("gather", [u, index(b, 1, 0, 1)], { axis: -2 }), tensor([3, 1], 0, 1, 0)),
  ],
  scatter_add: [
    {
      ...onVector((b, u) => b.apply("scatter_add", [u, index(b, 2, 2, 0, 1)], { axis: -1, size: 3 })),
      keep: tensor([3], 0, 0, 1),
    },
  ],
  sum: [onRows((b, u) => b.sum(u, [-1])), onRows((b, u) => b.sum(u, [-1], true), column)],
  max: [onRows((b, u) => b.reduce("max", u, [-1]))],
  min: [onRows((b, u) => b.reduce("min", u, [-1], true), column)],
  logsumexp: [onRows((b, u) => b.reduce("logsumexp", u, [-1]))],
  softmax: [onRows((b, u) => b.apply("softmax", [u], { axes: [-1] }), column)],
  log_softmax: [onRows((b, u) => b.apply("log_softmax", [u], { axes: [-1] }), column)],
  prod: [
    onRows((b, u) => b.reduce("prod", u, [-1])),
    onRows((b, u) => b.reduce("prod", u, [-1], true), column),
  ],
  norm: [
    onRows((b, u) => b.reduce("norm", u, [-1])),
    onRows((b, u) => b.reduce("norm", u, [-1], true), column),
  ],
  cumsum: [
    onVector((b, u) => b.apply("cumsum", [u], { axes: [-1] })),
    onRows((b, u) => b.apply("cumsum", [u], { axes: [-2] }), column),
  ],
  cumprod: [
    onVector((b, u) => b.apply("cumprod", [u], { axes: [-1] })),
    onRows((b, u) => b.apply("cumprod", [u], { axes: [-2] }), column),
  ],
  recurrence: [
    onVector((b, u) => b.apply("recurrence", [u, b.square(u)], { axes: [-1] })),
    onRows((b, u) => b.apply("recurrence", [u, b.exp(u)], { axes: [-2] }), column),
    // The first factor is not read.
    {
      shape: [2, 3],
      dead: [0, 2, 5],
      keep: tensor([3], 1, 1, 0),
      build: (b, u) => b.apply("recurrence", [parts(b, u, 0, 1), parts(b, u, 1, 1)], { axes: [-1] }),
    },
    // Factors that are shared by rows.
    {
      shape: [3, 3],
      dead: [2, 4, 5, 6, 7, 8],
      keep: tensor([3, 3], 1, 1, 0, 1, 0, 0, 0, 0, 0),
      build: (b, u) => b.apply("recurrence", [parts(b, u, 0, 1), u], { axes: [-1] }),
    },
  ],
  matmul: [
    {
      shape: [3, 2],
      dead: [4, 5],
      keep: tensor([3, 3], 1, 1, 0, 0, 1, 0, 0, 0, 0),
      build: (b, u) => b.matmul(u, b.matrixTranspose(u)),
    },
    onMatrices(2, (b, u) => b.matmul(u, b.exp(u))),
    // One matrix with a batch of others, of which the second and a column of the first are dead.
    {
      shape: [3, 2, 2],
      dead: [5, 7, 8, 9, 10, 11],
      keep: tensor([2, 1, 2], 1, 0, 0, 0),
      build: (b, u) => b.matmul(b.reshape(parts(b, u, 0, 1), [2, 2]), parts(b, u, 1, 2)),
    },
  ],
  solve: [...solving("solve", false), ...solving("solve", true)],
  solve_lower: [...solving("solve_lower", false), ...solving("solve_lower", true)],
  det: [ofFactors("det", "lu", 0)],
  det_sign: [ofFactors("det_sign", "lu", 0)],
  log_abs_det: [ofFactors("log_abs_det", "lu", 0)],
  cofactors: [ofFactors("cofactors", "lu", 2)],
  cofactors_derivative: [
    onMatrices(2, (b, u) => {
      const a = matrices(b, u);
      return b.apply("cofactors_derivative", [a, b.exp(u), b.apply("svd_factors", [a])]);
    }),
  ],
  cholesky: [onMatrices(2, (b, u) => b.apply("cholesky", [symmetric(b, u)]))],
  qr_q: [ofFactors("qr_q", "qr_factors", 2)],
  qr_r: [ofFactors("qr_r", "qr_factors", 2)],
  eigenvalues: [ofFactors("eigenvalues", "eigh_factors", 1, symmetric)],
  eigenvectors: [ofFactors("eigenvectors", "eigh_factors", 2, symmetric)],
  singular_values: [ofFactors("singular_values", "svd_factors", 1)],
  left_singular_vectors: [ofFactors("left_singular_vectors", "svd_factors", 2)],
  right_singular_vectors: [ofFactors("right_singular_vectors", "svd_factors", 2)],
  reciprocal_gaps: [false, true].map((squares) =>
    onRows(
      (b, u) => b.apply("reciprocal_gaps", [b.add(u, b.constant(tensor([3], 1, 4, 9)))], { squares }),
      tensor([2, 1, 1], 1, 0),
    ),
  ),
  reciprocal_singular_values: [
    onRows(
      (b, u) => b.apply("reciprocal_singular_values", [b.add(u, b.constant(tensor([3], 9, 4, 1)))]),
      column,
    ),
  ],
  expm: [onMatrices(2, (b, u) => b.apply("expm", [u], { block: 2 }))],
};

/** Each case with a title and the name of its operation. */
export const allCases = Object.entries(operationCases).flatMap(([name, list]) =>
  list.map((one, i) => [list.length > 1 ? `${name} (${i + 1})` : name, one, name] as const),
);

/** The operation on u = root(x). */
export function operationOf({ shape, root = "sqrt", build }: OperationCase) {
  const b = newCalculus();
  const x = inputNode(b, "x", shape);
  return { b, x, op: build(b, b.elementwise(root, x)) };
}

/** Values of x, between a half and one and a half where it is not dead. */
export function valuesOf({ shape, dead }: OperationCase, atDead: number): Map<string, Tensor> {
  const { data } = sample(randomSource(3), shape, [0.5, 1.5]);
  return new Map([["x", { shape, data: data.map((value, i) => (dead.includes(i) ? atDead : value)) }]]);
}
