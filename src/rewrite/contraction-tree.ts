import type { OperatorNode } from "../graph/node.js";
import { type Shape, sizeOf } from "../tensor.js";
import { numbersOf } from "./identity.js";

/** An axis in the whole of a product of many tensors: two axes that are summed together, or are one, are one label. */
type Label = number;

/** A tensor of a product, axis by axis: the labels that an axis is made of, the outermost first; none for size 1. */
export interface Leaf {
  readonly node: OperatorNode;
  readonly axes: readonly (readonly Label[])[];
}

interface Product {
  readonly left: Tree;
  readonly right: Tree;
}

export type Tree = Leaf | Product;

export const isLeaf = (tree: Tree): tree is Leaf => "node" in tree;

/** A product of matrices of products, and so on, as one sum over labels: what `einsum` takes. */
export interface Contraction {
  /** The order in which it stands. */
  readonly tree: Tree;
  readonly leaves: readonly Leaf[];
  /** Its own nodes. */
  readonly products: readonly OperatorNode[];
  /** The result, axis by axis. */
  readonly axes: readonly (readonly Label[])[];
  readonly labels: Labels;
}

/** More than this many operands of one product are not looked at together. */
const mostLeaves = 8;
/** So many reshapes and transposes may lie between two products. */
const mostViews = 16;

/** The sizes of labels, and what those are made of that turned out to be several axes under another shape. */
export class Labels {
  readonly #sizes: number[] = [];
  readonly #parts: (readonly [Label, Label] | undefined)[] = [];

  /** An axis of this size as a whole. */
  axis(size: number): Label[] {
    if (size === 1) return [];
    this.#sizes.push(size);
    return [this.#sizes.length - 1];
  }

  size(label: Label): number {
    return this.#sizes[label]!;
  }

  /** What stands for these labels after all splits. */
  resolved(labels: readonly Label[]): Label[] {
    return labels.flatMap((label) => {
      const parts = this.#parts[label];
      return parts === undefined ? [label] : this.resolved(parts);
    });
  }

  /** Labels of one shape as axes of another; `undefined` where an axis would take a part that is no axis. */
  reshaped(labels: readonly Label[], shape: Shape): Label[][] | undefined {
    const queue = this.resolved(labels);
    let next = 0;
    const axes: Label[][] = [];
    for (const size of shape) {
      const own: Label[] = [];
      for (let left = size; left > 1; ) {
        let label = queue[next]!;
        if (this.size(label) > left) {
          const outer = this.#split(label, left);
          if (outer === undefined) return undefined;
          queue.splice(next, 1, ...outer);
          label = outer[0];
        }
        if (left % this.size(label) !== 0) return undefined;
        own.push(label);
        left /= this.size(label);
        next += 1;
      }
      axes.push(own);
    }
    return axes;
  }

  #split(label: Label, outer: number): readonly [Label, Label] | undefined {
    const size = this.size(label);
    if (size % outer !== 0) return undefined;
    const parts = [this.axis(outer)[0]!, this.axis(size / outer)[0]!] as const;
    this.#parts[label] = parts;
    return parts;
  }
}

/** The product that ends in this node; `isInner` says of a node whether nobody reads it but the next in the product. */
export function contractionOf(
  top: OperatorNode,
  isInner: (node: OperatorNode) => boolean,
): Contraction | undefined {
  const labels = new Labels();
  const axes = top.shape.map((size) => labels.axis(size));
  const leaves: Leaf[] = [];
  const products: OperatorNode[] = [];

  const read = (node: OperatorNode, own: readonly (readonly Label[])[]): Tree => {
    const below = throughViews(node, own);
    // Each product makes two of one.
    if (below !== undefined && products.length < mostLeaves - 1) return product(below.node, below.axes);
    const leaf = { node, axes: own };
    leaves.push(leaf);
    return leaf;
  };

  /** The product that a node is a view of. */
  const throughViews = (node: OperatorNode, own: readonly (readonly Label[])[]): Leaf | undefined => {
    let at: Leaf = { node, axes: own };
    for (let count = 0; count <= mostViews; count++) {
      if (!isInner(at.node)) return undefined;
      if (at.node.op.name === "matmul") return at;
      const [input] = at.node.inputs;
      const below = inputAxes(at);
      if (below === undefined) return undefined;
      at = { node: input!, axes: below };
    }
    return undefined;
  };

  const inputAxes = ({ node, axes: own }: Leaf): (readonly Label[])[] | undefined => {
    const { shape } = node.inputs[0] ?? node;
    if (node.op.name === "transpose") {
      const below: (readonly Label[])[] = [];
      numbersOf(node, "permutation").forEach((from, to) => {
        below[from] = own[to]!;
      });
      return below;
    }
    return node.op.name === "reshape" ? labels.reshaped(own.flat(), shape) : undefined;
  };

  const product = (node: OperatorNode, own: readonly (readonly Label[])[]): Product => {
    products.push(node);
    const [x, y] = node.inputs;
    const inner = labels.axis(x!.shape.at(-1)!);
    const batch = own.slice(0, -2);
    const ofBatch = ({ shape }: OperatorNode) =>
      shape.slice(0, -2).map((size, i) => (size === 1 ? [] : batch[batch.length - (shape.length - 2) + i]!));
    return {
      left: read(x!, [...ofBatch(x!), own.at(-2)!, inner]),
      right: read(y!, [...ofBatch(y!), inner, own.at(-1)!]),
    };
  };

  if (sizeOf(top.shape) === 0) return undefined;
  const tree = product(top, axes);
  return leaves.some(({ node }) => sizeOf(node.shape) === 0)
    ? undefined
    : { tree, leaves, products, axes, labels };
}
