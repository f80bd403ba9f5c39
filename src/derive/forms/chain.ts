import type { OperatorNode } from "../../graph/node.js";
import { identity as identityMatrix } from "../../ops/matrices.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { isFilled, operandOf } from "../../rewrite/identity.js";
import { sameShape, sizeOf } from "../../tensor.js";
import { factorsOf, joined, ofNode, one, type Product, productNode, scalarsOf } from "./product.js";
import { turnedNode } from "./turned.js";

/** A factor of a product of matrices: a matrix, its inverse, or a vector as a column; turned, its transpose. */
export interface Link {
  readonly base: OperatorNode;
  readonly turned: boolean;
  readonly inverse: boolean;
}

/** scalars · link · link · … */
export interface Chain {
  readonly scalars: Product;
  readonly links: readonly Link[];
}

export const sizesOf = ({ base, turned }: Link): readonly [rows: number, columns: number] => {
  const [rows, columns] = [base.shape[0]!, base.shape[1] ?? 1];
  return turned ? [columns, rows] : [rows, columns];
};

const isVector = ({ base }: Link) => base.shape.length === 1;

const turnedLink = (link: Link): Link => ({ ...link, turned: !link.turned });

export const turnedLinks = (links: readonly Link[]): readonly Link[] => links.toReversed().map(turnedLink);

/** Whether a node is a square identity matrix. */
export const isIdentity = (node: OperatorNode): boolean => {
  const elements = operandOf(node, "embed_diagonal");
  return (
    elements !== undefined &&
    elements.shape.length === 1 &&
    node.shape[0] === node.shape[1] &&
    isFilled(elements, 1)
  );
};

type Item = { readonly node: OperatorNode; readonly turned: boolean } | { readonly link: Link };

/** A base in the way in which it is written with the fewest transposes. */
function linkOf(b: Calculus, node: OperatorNode, turned: boolean, inverse = false): Link {
  const { shape } = node;
  if (shape.length === 2 && !inverse && (shape[0] === 1 || shape[1] === 1)) {
    const vector = b.reshape(node, [sizeOf(shape)]);
    return { base: vector, turned: shape[1] === 1 ? turned : !turned, inverse };
  }
  const other = turned && shape.length === 2 ? turnedNode(b, node) : undefined;
  return other === undefined ? { base: node, turned, inverse } : { base: other, turned: false, inverse };
}

/** The links of a matrix, or of a vector as a column. `undefined` for other ranks. */
export function chainOf(b: Calculus, node: OperatorNode): Chain | undefined {
  if (node.shape.length !== 1 && node.shape.length !== 2) return undefined;
  let scalars: Product = one;
  const links: Link[] = [];
  const waiting: Item[] = [{ node, turned: false }];
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    if ("link" in item) {
      links.push(item.link);
      continue;
    }
    const parts = takenApart(b, item.node, item.turned);
    if (parts === undefined) links.push(linkOf(b, item.node, item.turned));
    else {
      scalars = joined(scalars, parts.scalars);
      waiting.push(...parts.items.toReversed());
    }
  }
  return { scalars, links };
}

interface Parts {
  readonly scalars: Product;
  readonly items: readonly Item[];
}

const items = (...list: readonly Item[]): Parts => ({ scalars: one, items: list });

/** What a matrix is the product of, in order; `undefined` where it is a factor itself. */
function takenApart(b: Calculus, node: OperatorNode, turned: boolean): Parts | undefined {
  const { op, inputs, shape, attributes } = node;
  const [x, y] = inputs;
  switch (op.name) {
    case "matmul":
      return turned
        ? items({ node: y!, turned }, { node: x!, turned })
        : items({ node: x!, turned }, { node: y!, turned });
    case "transpose":
      return items({ node: x!, turned: !turned });
    case "embed_diagonal":
      return isIdentity(node) ? items() : undefined;
    case "solve": {
      const inverse = { link: linkOf(b, x!, turned !== (attributes.transposed as boolean), true) };
      return turned ? items({ node: y!, turned }, inverse) : items(inverse, { node: y!, turned });
    }
    case "reshape": {
      if (x!.shape.length !== 1 && x!.shape.length !== 2) return undefined;
      if (sizeOf(shape) === 1) return { scalars: ofScalar(b, node), items: [] };
      const isColumn = (list: readonly number[]) => list.length === 1 || list[1] === 1;
      const isLine = (list: readonly number[]) => isColumn(list) || list[0] === 1;
      if (!isLine(shape) || !isLine(x!.shape)) return undefined;
      return items({ node: x!, turned: isColumn(shape) === isColumn(x!.shape) ? turned : !turned });
    }
    case "mul":
    case "div":
    case "neg":
    case "broadcast_to":
      return productParts(b, node, turned);
    default:
      return undefined;
  }
}

const ofScalar = (b: Calculus, node: OperatorNode): Product => factorsOf(b, b.reshape(node, []));

/** A product of scalars and one matrix, or of scalars, a column and a row. */
function productParts(b: Calculus, node: OperatorNode, turned: boolean): Parts | undefined {
  const { scalars, tensors } = scalarsOf(factorsOf(b, node));
  if (tensors.some(([, exponent]) => exponent !== 1)) return undefined;
  const bases = tensors.map(([base]) => base);
  const [first, second] = bases;
  if (bases.length === 1 && first !== node && sameShape(first!.shape, node.shape))
    return { scalars, items: [{ node: first!, turned }] };
  if (bases.length !== 2 || node.shape.length !== 2) return undefined;
  const isColumn = ({ shape }: OperatorNode) => shape.length === 2 && shape[1] === 1;
  const column = isColumn(first!) ? first! : isColumn(second!) ? second! : undefined;
  const row = column === first ? second! : first!;
  if (column === undefined || isColumn(row) || sizeOf(row.shape) !== row.shape.at(-1)) return undefined;
  const line = row.shape.length === 1 ? b.reshape(row, [1, row.shape[0]!]) : row;
  const list = [
    { node: column, turned },
    { node: line, turned },
  ];
  return { scalars, items: turned ? list.toReversed() : list };
}

/** A link as a node; a vector as a column or a row. */
const nodeOf = (b: Calculus, { base, turned }: Link): OperatorNode => {
  if (base.shape.length === 1) return shaped(b, base, turned ? [1, base.shape[0]!] : [base.shape[0]!, 1]);
  return turned ? b.matrixTranspose(base) : base;
};

const inverted = (b: Calculus, link: Link, right: OperatorNode) => {
  const matrix = nodeOf(b, link);
  return b.apply("solve", [matrix, right, b.apply("lu", [matrix])], { transposed: false });
};

/** The product of links of which no inner size is 1, as a matrix: inverses solve for what is on their right. */
function matrixOf(b: Calculus, links: readonly Link[]): OperatorNode {
  const first = links.findIndex(({ inverse }) => inverse);
  const left = first < 0 ? links : links.slice(0, first);
  const product =
    left.length === 0 ? undefined : left.map((link) => nodeOf(b, link)).reduce((x, y) => b.matmul(x, y));
  if (first < 0) return product!;
  const solved = links.slice(first).reduceRight<OperatorNode | undefined>((right, link) => {
    const size = sizesOf(link)[0];
    if (link.inverse && right !== undefined) return inverted(b, link, right);
    if (link.inverse) {
      const own = inverted(b, { ...link, turned: false }, identityMatrix(b, size));
      return link.turned ? b.matrixTranspose(own) : own;
    }
    return right === undefined ? nodeOf(b, link) : b.matmul(nodeOf(b, link), right);
  }, undefined)!;
  return product === undefined ? solved : b.matmul(product, solved);
}

/** Links from a matrix to a column, as a vector. */
function vectorOf(b: Calculus, links: readonly Link[]): OperatorNode {
  const [last] = links.slice(-1);
  return links.slice(0, -1).reduceRight<OperatorNode>((vector, link) => {
    const column = columnOf(b, vector);
    const product = link.inverse ? inverted(b, link, column) : b.matmul(nodeOf(b, link), column);
    return b.reshape(product, [sizesOf(link)[0]]);
  }, last!.base);
}

const turns = (links: readonly Link[]) => links.filter((link) => link.turned && !isVector(link)).length;

/** Links from a row to a column, as a scalar, in the direction with the fewest transposes. */
function scalarOf(b: Calculus, links: readonly Link[]): OperatorNode {
  const other = turnedLinks(links);
  const difference = turns(links) - turns(other);
  const isOther = difference > 0 || (difference === 0 && links.at(-1)!.base.id < links[0]!.base.id);
  const own = isOther ? other : links;
  const product = own.some(({ inverse }) => inverse)
    ? b.matmul(nodeOf(b, own[0]!), columnOf(b, vectorOf(b, own.slice(1))))
    : own.map((link) => nodeOf(b, link)).reduce((x, y) => b.matmul(x, y));
  return b.reshape(product, []);
}

const columnOf = (b: Calculus, vector: OperatorNode) => shaped(b, vector, [vector.shape[0]!, 1]);

/** The same elements under a shape, of what they had been reshaped from. */
function shaped(b: Calculus, node: OperatorNode, shape: readonly number[]): OperatorNode {
  return b.reshape(operandOf(node, "reshape") ?? node, shape);
}

/** Links between places where the inner size is 1. */
function segmentsOf(links: readonly Link[]): readonly (readonly Link[])[] {
  const segments: Link[][] = [];
  links.forEach((link, i) => {
    if (i === 0 || sizesOf(link)[0] === 1) segments.push([link]);
    else segments.at(-1)!.push(link);
  });
  return segments;
}

/** The tensors that links amount to: scalars, and none, a matrix, or a column and a row of which either may be missing. */
export function tensorsOf(b: Calculus, links: readonly Link[]): Product {
  let value: Product = one;
  const multiply = (node: OperatorNode) => {
    value = joined(value, ofNode(node));
  };
  for (const segment of segmentsOf(links)) {
    const [rows] = sizesOf(segment[0]!);
    const [, columns] = sizesOf(segment.at(-1)!);
    const isColumn = columns === 1 && isVector(segment.at(-1)!);
    const isRow = rows === 1 && isVector(segment[0]!);
    if (rows === 1 && columns === 1 && isColumn && isRow && segment.length > 1)
      multiply(scalarOf(b, segment));
    else if (isColumn) multiply(columnOf(b, vectorOf(b, segment)));
    else if (isRow) {
      const vector = vectorOf(b, turnedLinks(segment));
      multiply(shaped(b, vector, [1, vector.shape[0]!]));
    } else multiply(matrixOf(b, segment));
  }
  return value;
}

/** A chain as a node of this shape: a matrix, or a vector for a column or a row. */
export function chainNode(b: Calculus, { scalars, links }: Chain, shape: readonly number[]): OperatorNode {
  const value = tensorsOf(b, links);
  if (shape.length === 2) return productNode(b, joined(scalars, value), shape);
  // A vector: what is a column becomes one.
  const { scalars: more, tensors } = scalarsOf(value);
  const flat = new Map(tensors.map(([base, exponent]) => [shaped(b, base, shape), exponent]));
  return productNode(b, joined(scalars, more, { coefficient: 1, factors: flat }), shape);
}
