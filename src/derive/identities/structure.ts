import type { OperatorNode } from "../../graph/node.js";
import { scalarOperations } from "../../ops/registry.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { type Identity, identity, isFilled, numbersOf, type OpName } from "../../rewrite/identity.js";
import { sameShape, sizeOf } from "../../tensor.js";
import { factorsOf, joined, ofNode, type Product, productNode, scalarsOf } from "../forms/product.js";
import { guardedNorm } from "../forms/reduce.js";

const rounding = { ulps: 1e6, because: "it reads better" } as const;

const isOnes = ({ shape }: OperatorNode) => shape.length > 0 && sizeOf(shape) === 1;

/** The scalars of a product taken out of what is linear in it. */
function scalarsOutside(
  b: Calculus,
  node: OperatorNode,
  apply: (rest: OperatorNode) => OperatorNode,
): OperatorNode | undefined {
  const [x] = node.inputs;
  if (!["mul", "div", "neg"].includes(x!.op.name)) return undefined;
  // A column is that of a vector, whatever the vector is.
  if (node.op.name === "reshape" && x!.shape.length === 1 && node.shape.length === 2) return undefined;
  const { scalars, tensors } = scalarsOf(factorsOf(b, x!));
  const isNumber = scalars.factors.size === 0 && scalars.coefficient === 1;
  if (isNumber || tensors.length === 0) return undefined;
  const rest = productNode(b, { coefficient: 1, factors: new Map(tensors) }, x!.shape);
  return productNode(b, joined(scalars, ofNode(apply(rest))), node.shape);
}

/** Two tensors of one shape whose product this is, and nothing else. */
function twoFactors(product: Product): readonly [OperatorNode, OperatorNode] | undefined {
  const all = [...product.factors];
  if (product.coefficient !== 1 || all.some(([, exponent]) => exponent < 1 || exponent > 2)) return undefined;
  const bases = all.flatMap(([base, exponent]) => Array<OperatorNode>(exponent).fill(base));
  return bases.length === 2 ? [bases[0]!, bases[1]!] : undefined;
}

/** The vector of which a node is the only column or row: what has been reshaped, or a product that ends in such a vector. */
function lineOf(b: Calculus, node: OperatorNode): OperatorNode | undefined {
  const [rows, columns] = node.shape;
  if (node.shape.length !== 2 || (rows === 1) === (columns === 1)) return undefined;
  const { op, inputs } = node;
  if (op.name === "reshape") return inputs[0]!.shape.length === 1 ? inputs[0]! : undefined;
  const isProduct = op.name === "matmul" || op.name === "solve";
  if (!isProduct || ![inputs[0]!, inputs[1]!].some((input) => lineOf(b, input) !== undefined))
    return undefined;
  return b.reshape(node, [sizeOf(node.shape)]);
}

export const structureIdentities: readonly Identity[] = [
  identity(
    "f(a scalar under a shape of ones) = f(the scalar)",
    scalarOperations.map(({ name }) => name as OpName),
    (b, inputs, { op }) => {
      if (!inputs.some(isOnes)) return undefined;
      return b.elementwise(op.name, ...inputs.map((input) => (isOnes(input) ? b.reshape(input, []) : input)));
    },
    (b, x) => b.mul(b.reshape(b.sum(x, null), [1, 1]), b.sin(b.reshape(b.sum(x, null), [1]))),
  ),
  identity(
    "f(columns) = the column of f(vectors), rows likewise",
    scalarOperations.map(({ name }) => name as OpName),
    (b, inputs, node) => {
      if (node.shape.length !== 2 || (node.shape[0] === 1) === (node.shape[1] === 1)) return undefined;
      const tensors = inputs.filter(({ shape }) => shape.length > 0);
      if (tensors.some(({ shape }) => !sameShape(shape, node.shape))) return undefined;
      const vectors = inputs.map((input) => (input.shape.length === 0 ? input : lineOf(b, input)));
      if (vectors.some((vector) => vector === undefined)) return undefined;
      return b.reshape(b.elementwise(node.op.name, ...vectors.map((vector) => vector!)), node.shape);
    },
    (b, x, y) => b.matmul(b.mul(3, b.reshape(x, [3, 1])), b.add(b.reshape(x, [1, 3]), b.reshape(y, [1, 3]))),
    { shapes: [[[3], [3]]] },
  ),
  identity(
    "stop_gradient(x) = x",
    "stop_gradient",
    (_b, [x]) => x,
    (b, x) => b.apply("stop_gradient", [x]),
  ),
  identity(
    "where(norm(x), x / y, 0) = x / y, where y is norm(x), or 1 where that is 0",
    "where",
    (b, [norm, x, zero]) => {
      if (norm!.op.name !== "norm" || !isFilled(zero!, 0)) return undefined;
      const { factors } = factorsOf(b, x!);
      const isGuarded = [...factors].some(
        ([base, exponent]) => exponent === -1 && guardedNorm(base) === norm,
      );
      return isGuarded && factors.get(norm!.inputs[0]!) === 1 ? x : undefined;
    },
    (b, x) => {
      const norm = b.reduce("norm", x, null);
      return b.where(norm, b.div(x, b.where(norm, norm, 1)), 0);
    },
  ),
  identity(
    "sum(c * x) = c * sum(x), reshape(c * x) = c * reshape(x) and so on for a scalar c",
    ["sum", "reshape", "transpose", "diagonal", "embed_diagonal", "slice", "embed", "cumsum", "scatter_add"],
    (b, _inputs, node) =>
      scalarsOutside(b, node, (rest) =>
        b.apply(node.op.name, [rest, ...node.inputs.slice(1)], node.attributes),
      ),
    (b, x, y) =>
      b.mul(b.sum(b.mul(3, b.mul(b.sum(y, null), x)), null), b.reshape(b.neg(x), [sizeOf(x.shape)])),
    { difference: rounding },
  ),
  identity(
    "sum(x * y) = x @ y for vectors",
    "sum",
    (b, [x], node) => {
      const two = x!.shape.length === 1 && node.shape.length === 0 ? twoFactors(factorsOf(b, x!)) : undefined;
      if (two === undefined || two.some(({ shape }) => !sameShape(shape, x!.shape))) return undefined;
      const n = x!.shape[0]!;
      return b.reshape(b.matmul(b.reshape(two[0], [1, n]), b.reshape(two[1], [n, 1])), []);
    },
    (b, x, y) => b.sum(b.mul(x, y), null),
    { shapes: [[[3], [3]]], difference: rounding },
  ),
  identity(
    "sum(A * b, axis=1) = A @ b, sum(A * a[:, …], axis=0) = A' @ a",
    "sum",
    (b, [x], node) => {
      const axes = numbersOf(node, "axes");
      if (x!.shape.length !== 2 || axes.length !== 1 || node.attributes.keepdims === true) return undefined;
      const two = twoFactors(factorsOf(b, x!));
      if (two === undefined) return undefined;
      const along = (base: OperatorNode) =>
        sizeOf(base.shape) === x!.shape.at(axes[0]!) &&
        (axes[0] === -1 ? base.shape.at(-1) !== 1 : base.shape.length === 2 && base.shape[1] === 1);
      const [p, q] = two;
      const [matrix, vector] = sameShape(p.shape, x!.shape) ? [p, q] : [q, p];
      if (!sameShape(matrix.shape, x!.shape) || sameShape(vector.shape, x!.shape) || !along(vector))
        return undefined;
      const column = b.reshape(vector, [sizeOf(vector.shape), 1]);
      return b.reshape(b.matmul(axes[0] === -1 ? matrix : b.matrixTranspose(matrix), column), node.shape);
    },
    (b, x, y) => b.add(b.sum(b.mul(x, b.sum(y, [0])), [1]), b.sum(b.mul(x, b.sum(y, [1], true)), [0])),
    {
      shapes: [
        [
          [3, 3],
          [3, 3],
        ],
      ],
      difference: rounding,
    },
  ),
  identity(
    "a @ b = a * b where nothing is summed over",
    "matmul",
    (b, [x, y], node) =>
      x!.shape.at(-1) === 1 && (node.shape.length > 2 || x!.shape.at(-2) === 1 || y!.shape.at(-1) === 1)
        ? b.mul(x!, y!)
        : undefined,
    (b, x, y) => b.matmul(b.reshape(x, [2, 3, 1]), b.reshape(y, [2, 1, 3])),
    { shapes: [[[6], [6]]] },
  ),
  identity(
    "a batch of rows times one matrix = their matrix times that",
    "matmul",
    (b, [x, y], node) => {
      if (x!.shape.length < 3 || y!.shape.length !== 2) return undefined;
      const inner = x!.shape.at(-1)!;
      if (inner === 0) return undefined;
      const rows = sizeOf(x!.shape.slice(0, -1));
      return b.reshape(b.matmul(b.reshape(x!, [rows, inner]), y!), node.shape);
    },
    (b, x, y) => b.matmul(b.reshape(x, [2, 1, 3]), y),
    {
      shapes: [
        [
          [2, 3],
          [3, 4],
        ],
      ],
      difference: rounding,
    },
  ),
  identity(
    "one matrix times a batch of columns = their matrix times its transpose",
    "matmul",
    (b, [x, y], node) => {
      if (y!.shape.length < 3 || x!.shape.length !== 2 || y!.shape.at(-1) !== 1) return undefined;
      const inner = y!.shape.at(-2)!;
      if (inner === 0) return undefined;
      const rows = sizeOf(y!.shape.slice(0, -2));
      return b.reshape(b.matmul(b.reshape(y!, [rows, inner]), b.matrixTranspose(x!)), node.shape);
    },
    (b, x, y) => b.matmul(y, b.reshape(x, [2, 3, 1])),
    {
      shapes: [
        [
          [2, 3],
          [4, 3],
        ],
      ],
      difference: rounding,
    },
  ),
];
