import type { OperatorNode } from "../graph/node.js";
import { lowerTriangle, overMatrices, upperTriangle } from "../ops/matrices.js";
import type { TensorOpName } from "../ops/registry.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sizeOf, type Tensor } from "../tensor.js";
import { relative } from "./scalar-rounding.js";

/**
 * What the rounding of an operation amounts to: its exact value for operands that are a little off, its result a little
 * off, or both.
 */
export interface Perturbation {
  /** Which input is off; the result where it is left out. */
  readonly input?: number;
  /** By how much each element of it is off at most, in units of 2⁻⁵³. */
  readonly size: OperatorNode;
}

/** `null`: nothing is rounded. */
export type TensorRounding = ((b: Calculus, node: OperatorNode) => readonly Perturbation[]) | null;

const result = (size: OperatorNode): readonly Perturbation[] => [{ size }];

const axesOf = ({ attributes }: OperatorNode) => attributes.axes as readonly number[];

/** How many elements a reduction takes together. */
const lengthOf = (node: OperatorNode) =>
  axesOf(node).reduce((product, axis) => product * node.inputs[0]!.shape.at(axis)!, 1);

/**
 * Through how many additions a term of a sum goes at most. Blocks of 256 elements are eight sums side by side, which are
 * paired, and blocks are added in pairs (Higham 2002, sec. 4.2).
 */
function additions(count: number, axes: number): number {
  return Math.min(Math.max(count - 1, 0), 48 * axes + Math.ceil(Math.log2(Math.max(count, 1))));
}

/** Σ p·(max − x) with p = softmax(x), max − x, and |max|, each with the reduced axes at size 1 or whole. */
function belowMost(b: Calculus, x: OperatorNode, axes: readonly number[]) {
  const most = b.reduce("max", x, axes, true);
  const distance = b.sub(most, x);
  const shares = b.apply("softmax", [x], { axes });
  const product = b.where(b.equal(shares, 0), 0, b.mul(shares, distance));
  return { most, distance, mean: b.sum(product, axes, true) };
}

/** The rounding of log Σ exp(x − max), in units: that of the differences, the exponentials, their sum and the logarithm. */
function logarithmOfSum(b: Calculus, x: OperatorNode, axes: readonly number[], count: number) {
  const { most, distance, mean } = belowMost(b, x, axes);
  const logarithm = b.sub(b.reduce("logsumexp", x, axes, true), most);
  const size = b.add(b.add(mean, 6 + count / 2), b.mul(4, b.abs(logarithm)));
  return { most, distance, logarithm, size };
}

/** |x|, summed as the operation sums x. */
const sumOfSizes = (b: Calculus, node: OperatorNode) =>
  b.builder.node(node.op, [b.abs(node.inputs[0]!), ...node.inputs.slice(1)], node.attributes);

/** How often the most frequent index stands there. */
function mostFrequent(index: OperatorNode): number {
  const { value } = index.attributes;
  if (typeof value !== "object" || !("data" in (value as Tensor))) return sizeOf(index.shape);
  const counts = new Map<number, number>();
  for (const one of (value as Tensor).data) counts.set(one, (counts.get(one) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

/** The Frobenius norm of each matrix. */
const normOf = (b: Calculus, x: OperatorNode) => b.reduce("norm", x, [-2, -1]);

/** A number for each matrix, as large as `shape` says. */
const everywhere = (b: Calculus, numbers: OperatorNode, shape: readonly number[]) =>
  b.broadcastTo(overMatrices(b, numbers), shape);

/** |L| and |U| of a packed factorisation P A = L U, whose rows are in the order of the pivots. */
function sizesOfFactors(b: Calculus, packed: OperatorNode) {
  const n = packed.shape.at(-1)!;
  const whole = b.apply("slice", [packed], { starts: [0, 0], steps: [1, 1], counts: [n, n] });
  const ones = b.embedDiagonal(b.broadcastTo(1, [n]), n, n);
  return {
    lower: b.add(b.abs(lowerTriangle(b, whole, -1)), ones),
    upper: b.abs(upperTriangle(b, whole)),
  };
}

/**
 * The solution is exact for a right-hand side that is off by |ΔA||x|, with |ΔA| ≤ γ(3n)|L||U| (Higham 2002, theorem 9.4).
 * The order of the pivots is left open: each row gets the largest of them or, where A is transposed, of |x|.
 */
const solving: TensorRounding = (b, node) => {
  const [, , packed] = node.inputs;
  const n = packed!.shape.at(-1)!;
  const { lower, upper } = sizesOfFactors(b, packed!);
  const solution = b.abs(node);
  const sums = b.matrixTranspose(b.matmul(b.sum(lower, [-2], true), upper));
  const residual = node.attributes.transposed
    ? b.matmul(sums, b.reduce("max", solution, [-2], true))
    : b.reduce("max", b.matmul(lower, b.matmul(upper, solution)), [-2], true);
  return [{ input: 1, size: b.broadcastTo(b.mul(3 * n, residual), node.shape) }];
};

/** A is off by γ(n)|L||U|, each element by the largest of these. */
function ofFactors(b: Calculus, node: OperatorNode): Perturbation {
  const [a, packed] = node.inputs;
  const n = a!.shape.at(-1)!;
  const { lower, upper } = sizesOfFactors(b, packed!);
  const largest = b.reduce("max", b.matmul(lower, upper), [-2, -1]);
  return { input: 0, size: everywhere(b, b.mul(n, largest), a!.shape) };
}

/** Orthogonal transformations: A is off by a small multiple of (m + n)‖A‖ (Higham 2002, ch. 19; Parlett 1998). */
const orthogonal = 4;

function ofMatrix(b: Calculus, node: OperatorNode): Perturbation {
  const [a] = node.inputs;
  const [m, n] = a!.shape.slice(-2);
  return { input: 0, size: everywhere(b, b.mul(orthogonal * (m! + n!), normOf(b, a!)), a!.shape) };
}

/** Columns of length 1 are off by as much, relatively. */
const unitColumns: TensorRounding = (b, node) => {
  const [m, n] = node.inputs[0]!.shape.slice(-2);
  return [ofMatrix(b, node), { size: b.broadcastTo(orthogonal * (m! + n!), node.shape) }];
};

/** What is computed of a whole matrix: off by a multiple of its size. */
const ofWhole: TensorRounding = (b, node) => {
  const n = node.inputs[0]!.shape.at(-1)!;
  return [ofMatrix(b, node), { size: everywhere(b, b.mul(8 * n, normOf(b, node)), node.shape) }];
};

const isEmpty = ({ inputs }: OperatorNode) => sizeOf(inputs[0]!.shape) === 0;

const unlessEmpty =
  (rule: Exclude<TensorRounding, null>): TensorRounding =>
  (b, node) =>
    isEmpty(node) ? [] : rule(b, node);

/** How far each tensor operation may be off. Factorisations round where their results are read. */
export const tensorRounding: Readonly<Record<TensorOpName, TensorRounding>> = {
  input: null,
  constant: null,
  iota: null,
  random: null,
  named: null,
  reshape: null,
  transpose: null,
  broadcast_to: null,
  slice: null,
  embed: null,
  concatenate: null,
  diagonal: null,
  embed_diagonal: null,
  gather: null,
  scatter_add: (b, node) =>
    result(b.mul(Math.max(0, mostFrequent(node.inputs[1]!) - 1), sumOfSizes(b, node))),
  sum: (b, node) => {
    const units = additions(lengthOf(node), axesOf(node).length);
    return units === 0 ? [] : result(b.mul(units, sumOfSizes(b, node)));
  },
  max: null,
  min: null,
  logsumexp: unlessEmpty((b, node) => {
    const [x] = node.inputs;
    const { size } = logarithmOfSum(b, x!, axesOf(node), lengthOf(node));
    return result(b.add(b.abs(node), b.reshape(size, node.shape)));
  }),
  softmax: unlessEmpty((b, node) => {
    const { distance, mean } = belowMost(b, node.inputs[0]!, axesOf(node));
    const units = b.add(b.add(distance, mean), 10 + lengthOf(node) / 2);
    return result(b.where(b.equal(node, 0), 5e-324, b.mul(units, relative(b, node, 1))));
  }),
  log_softmax: unlessEmpty((b, node) => {
    const count = lengthOf(node);
    const { distance, size } = logarithmOfSum(b, node.inputs[0]!, axesOf(node), count);
    return result(b.add(b.add(b.abs(node), distance), b.add(size, 4)));
  }),
  prod: (b, node) => result(relative(b, node, lengthOf(node))),
  cumsum: (b, node) => result(b.mul(lengthOf(node), sumOfSizes(b, node))),
  cumprod: (b, node) => result(relative(b, node, lengthOf(node))),
  // Each step rounds a product and a sum, and what follows takes that over: as if the term of the step were off.
  recurrence: (b, node) => [
    { input: 1, size: b.add(relative(b, node, 2), b.abs(b.broadcastTo(node.inputs[1]!, node.shape))) },
  ],
  norm: (b, node) => {
    const count = lengthOf(node);
    const terms = Math.min(count, 130 * axesOf(node).length + Math.ceil(Math.log2(Math.max(count, 1))));
    return result(relative(b, node, terms / 2 + 2));
  },
  // In any order, with or without a native BLAS: each product and each addition is rounded.
  matmul: (b, { inputs: [x, y] }) => {
    const sizes = b.matmul(b.abs(x!), b.abs(y!));
    return result(b.mul(Math.max(1, x!.shape.at(-1)!), b.maximum(sizes, 2 ** -1022)));
  },
  lu: null,
  solve: unlessEmpty(solving!),
  det: unlessEmpty((b, node) => [
    ofFactors(b, node),
    { size: relative(b, node, node.inputs[0]!.shape.at(-1)!) },
  ]),
  det_sign: null,
  log_abs_det: unlessEmpty((b, node) => {
    const [a, packed] = node.inputs;
    const n = a!.shape.at(-1)!;
    const logarithms = b.abs(b.log(b.abs(b.diagonal(packed!))));
    return [ofFactors(b, node), { size: b.mul(n + 4, b.sum(logarithms, [-1])) }];
  }),
  cofactors: unlessEmpty(ofWhole!),
  cofactors_derivative: unlessEmpty(ofWhole!),
  // The residual of a row is γ(n)|L||x| (Higham 2002, theorem 8.5).
  solve_lower: unlessEmpty((b, node) => {
    const sizes = b.abs(lowerTriangle(b, node.inputs[0]!));
    const turned = node.attributes.transposed ? b.matrixTranspose(sizes) : sizes;
    const n = sizes.shape.at(-1)!;
    return [{ input: 1, size: b.mul(n, b.matmul(turned, b.abs(node))) }];
  }),
  // A is off by γ(n + 1)|L||L|ᵀ (Higham 2002, theorem 10.3).
  cholesky: unlessEmpty((b, node) => {
    const sizes = b.abs(node);
    const n = node.shape.at(-1)!;
    return [{ input: 0, size: b.mul(n + 1, b.matmul(sizes, b.matrixTranspose(sizes))) }];
  }),
  qr_factors: null,
  qr_q: unlessEmpty(unitColumns!),
  qr_r: unlessEmpty((b, node) => [ofMatrix(b, node)]),
  eigh_factors: null,
  eigenvalues: unlessEmpty((b, node) => [ofMatrix(b, node)]),
  eigenvectors: unlessEmpty(unitColumns!),
  svd_factors: null,
  singular_values: unlessEmpty((b, node) => [ofMatrix(b, node)]),
  left_singular_vectors: unlessEmpty(unitColumns!),
  right_singular_vectors: unlessEmpty(unitColumns!),
  reciprocal_gaps: (b, node) => result(relative(b, node, 4)),
  reciprocal_singular_values: (b, node) => result(relative(b, node, 1)),
  // Scaling and squaring (Higham 2005): what a step rounds is squared with it.
  expm: unlessEmpty((b, node) => {
    const [a] = node.inputs;
    const n = a!.shape.at(-1)!;
    const scale = b.mul(b.add(1, normOf(b, a!)), normOf(b, node));
    return [ofMatrix(b, node), { size: everywhere(b, b.mul(8 * n, scale), node.shape) }];
  }),
  stop_gradient: null,
  custom: null,
  loop: null,
};
