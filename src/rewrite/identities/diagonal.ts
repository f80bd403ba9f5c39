import type { OperatorNode } from "../../graph/node.js";
import { broadcast } from "../../graph/shape.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { type Shape, sameShape, sizeOf } from "../../tensor.js";
import { type Identity, identity, isFilled, numbersOf, operandOf } from "../identity.js";

/** A square diagonal matrix, perhaps under another shape: what the Jacobian of a tensor begins with. */
interface Diagonal {
  /** A vector. */
  readonly elements: OperatorNode;
  readonly size: number;
}

function diagonalOf(node: OperatorNode): Diagonal | undefined {
  const matrix = operandOf(node, "reshape") ?? node;
  const elements = operandOf(matrix, "embed_diagonal");
  if (elements === undefined || elements.shape.length !== 1) return undefined;
  const size = elements.shape[0]!;
  return sameShape(matrix.shape, [size, size]) ? { elements, size } : undefined;
}

/** A Jacobian of an elementwise function: shape s twice, with one element of the diagonal for each element of s. */
function jacobianOf(node: OperatorNode): (Diagonal & { readonly half: Shape }) | undefined {
  const diagonal = diagonalOf(node);
  const rank = node.shape.length / 2;
  const half = node.shape.slice(0, rank);
  const isTwice = diagonal !== undefined && sameShape(half, node.shape.slice(rank));
  return isTwice && sizeOf(half) === diagonal.size ? { ...diagonal, half } : undefined;
}

/** The diagonal of a tensor that repeats over the first half of the axes; `undefined` where it does not. */
function alongDiagonal(b: Calculus, x: OperatorNode, half: Shape): OperatorNode | undefined {
  const joined = broadcast(x.shape, half);
  if (joined === undefined || !sameShape(joined, half)) return undefined;
  return b.reshape(b.broadcastTo(x, half), [sizeOf(half)]);
}

const embed = (b: Calculus, elements: OperatorNode, size: number, shape: Shape) =>
  b.reshape(b.embedDiagonal(elements, size, size), shape);

/** Applies a function to the diagonal only: its value off the diagonal is 0. */
function onDiagonal(
  b: Calculus,
  node: OperatorNode,
  jacobian: OperatorNode,
  other: OperatorNode | undefined,
  f: (elements: OperatorNode, other: OperatorNode) => OperatorNode,
): OperatorNode | undefined {
  const found = jacobianOf(jacobian);
  if (found === undefined || !sameShape(node.shape, jacobian.shape)) return undefined;
  const along = other === undefined ? found.elements : alongDiagonal(b, other, found.half);
  return along === undefined ? undefined : embed(b, f(found.elements, along), found.size, node.shape);
}

const column = (b: Calculus, { elements, size }: Diagonal) => b.reshape(elements, [size, 1]);

const structural = {
  difference: {
    ulps: 0,
    structuralZeros: true,
    because:
      "the zeros of a diagonal matrix mean that there is no dependence; no sign, NaN or infinity should come of them",
  },
} as const;

const vectors = { shapes: [[[3], [3]]] } as const;

const eye = (b: Calculus, n: number) => b.embedDiagonal(b.broadcastTo(1, [n]), n, n);
const jacobian = (b: Calculus, x: OperatorNode) => {
  const size = sizeOf(x.shape);
  return b.reshape(b.embedDiagonal(b.reshape(x, [size]), size, size), [...x.shape, ...x.shape]);
};

const twoHalves: Pick<Identity, "shapes"> = {
  shapes: [
    [[3], [3]],
    [
      [2, 3],
      [2, 3],
    ],
    [[2, 3], [3]],
    [[2, 3], []],
  ],
};

/** `diag(d)` is a matrix with d on its diagonal, also under the shape of a tensor's Jacobian by a tensor of its shape. */
export const diagonalIdentities: readonly Identity[] = [
  identity(
    "diag(d) * v = diag(d * v)",
    "mul",
    (b, [x, y], node) =>
      onDiagonal(b, node, x!, y!, (d, v) => b.mul(d, v)) ??
      onDiagonal(b, node, y!, x!, (d, v) => b.mul(v, d)),
    (b, x, y) => b.mul(jacobian(b, x), y),
    { ...structural, ...twoHalves },
  ),
  identity(
    "diag(d) / v = diag(d / v)",
    "div",
    (b, [x, y], node) => onDiagonal(b, node, x!, y!, (d, v) => b.div(d, v)),
    (b, x, y) => b.div(jacobian(b, x), b.add(1, b.abs(y))),
    { ...structural, ...twoHalves },
  ),
  identity(
    "-diag(d) = diag(-d)",
    "neg",
    (b, [x], node) => onDiagonal(b, node, x!, undefined, (d) => b.neg(d)),
    (b, x) => b.neg(jacobian(b, x)),
    { ...structural, ...twoHalves },
  ),
  identity(
    "diag(d) + diag(e) = diag(d + e), diag(d) - diag(e) = diag(d - e)",
    ["add", "sub"],
    (b, [x, y], node) => {
      const other = jacobianOf(y!);
      return other === undefined
        ? undefined
        : onDiagonal(b, node, x!, undefined, (d) => b.elementwise(node.op.name, d, other.elements));
    },
    (b, x, y) => b.sub(b.add(jacobian(b, x), jacobian(b, y)), jacobian(b, b.sin(x))),
    {
      shapes: [
        [[3], [3]],
        [
          [2, 3],
          [2, 3],
        ],
      ],
    },
  ),
  identity(
    "where(c, diag(d), 0) = diag(where(c, d, 0))",
    "where",
    (b, [condition, x, y], node) => {
      if (isFilled(y!, 0)) return onDiagonal(b, node, x!, condition, (d, c) => b.where(c, d, 0));
      return isFilled(x!, 0) ? onDiagonal(b, node, y!, condition, (d, c) => b.where(c, 0, d)) : undefined;
    },
    (b, x, y) => b.add(b.where(y, jacobian(b, x), 0), b.where(b.greater(y, 0), 0, jacobian(b, b.sin(x)))),
    twoHalves,
  ),
  identity(
    "sum of the rows or of the columns of diag(d) = d",
    "sum",
    (b, [x], node) => {
      const found = jacobianOf(x!);
      if (found === undefined) return undefined;
      const rank = found.half.length;
      const axes = numbersOf(node, "axes");
      const isHalf =
        axes.length === rank && (axes.every((axis) => axis >= -rank) || axes.every((axis) => axis < -rank));
      return isHalf ? b.reshape(found.elements, node.shape) : undefined;
    },
    (b, x) => {
      const rank = x.shape.length;
      const axes = x.shape.map((_, axis) => axis);
      return b.mul(
        b.sum(jacobian(b, x), axes),
        b.sum(
          jacobian(b, b.sin(x)),
          axes.map((axis) => axis + rank),
        ),
      );
    },
    {
      ...twoHalves,
      difference: { ulps: 0, structuralZeros: true, because: "only a −0 in d becomes 0 beside other zeros" },
    },
  ),
  identity(
    "transpose of diag(d) = diag(d) with rows and columns exchanged",
    "transpose",
    (b, [x], node) => {
      const elements = operandOf(x!, "embed_diagonal");
      const rank = node.shape.length;
      const isExchange = numbersOf(node, "permutation").every(
        (from, to) => from === (to < rank - 2 ? to : 2 * rank - 3 - to),
      );
      return elements !== undefined && isExchange
        ? b.embedDiagonal(elements, node.shape[rank - 2]!, node.shape[rank - 1]!)
        : undefined;
    },
    (b, x) => b.matrixTranspose(b.embedDiagonal(x, 3, 4)),
    { shapes: [...vectors.shapes, [[2, 3], []]] },
  ),
  identity(
    "diag(d) @ y = d * y by rows",
    "matmul",
    (b, [x, y]) => {
      const found = diagonalOf(x!);
      if (found === undefined || !sameShape(x!.shape, [found.size, found.size])) return undefined;
      return b.mul(column(b, found), y!);
    },
    (b, x, y) => b.matmul(b.embedDiagonal(y, 3, 3), b.add(x, 0)),
    { ...structural, shapes: [[[2, 3, 4], [3]]] },
  ),
  identity(
    "x @ diag(d) = x * d by columns",
    "matmul",
    (b, [x, y]) => {
      const found = diagonalOf(y!);
      if (found === undefined || !sameShape(y!.shape, [found.size, found.size])) return undefined;
      return b.mul(x!, found.elements);
    },
    (b, x) => b.matmul(x, eye(b, 3)),
    { ...structural, shapes: [[[2, 4, 3], []]] },
  ),
  identity(
    "x @ each column of diag(d) = the columns of x * d, one after another",
    "matmul",
    (b, [x, y], node) => {
      const found = diagonalOf(y!);
      if (found === undefined || x!.shape.length !== 2 || !sameShape(y!.shape, [found.size, found.size, 1]))
        return undefined;
      return b.reshape(b.mul(b.matrixTranspose(x!), column(b, found)), node.shape);
    },
    (b, x, y) => b.matmul(x, b.reshape(b.embedDiagonal(y, 3, 3), [3, 3, 1])),
    { ...structural, shapes: [[[2, 3], [3]]] },
  ),
  identity(
    "each row of diag(d) @ y = the rows of d * y, one after another",
    "matmul",
    (b, [x, y], node) => {
      const found = diagonalOf(x!);
      if (found === undefined || y!.shape.length !== 2 || !sameShape(x!.shape, [found.size, 1, found.size]))
        return undefined;
      return b.reshape(b.mul(column(b, found), y!), node.shape);
    },
    (b, x, y) => b.matmul(b.reshape(b.embedDiagonal(y, 3, 3), [3, 1, 3]), x),
    { ...structural, shapes: [[[3, 2], [3]]] },
  ),
];
