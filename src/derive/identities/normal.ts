import type { OperatorNode } from "../../graph/node.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { fillOf, type Identity, identity } from "../../rewrite/identity.js";
import { sameShape } from "../../tensor.js";
import { chainNode, chainOf } from "../forms/chain.js";
import { factorsOf, productNode, scalarsOf } from "../forms/product.js";
import { reducedChain, reducedProduct } from "../forms/reduce.js";
import { shortestSum } from "../forms/sum.js";

const rounding = { ulps: 1e6, because: "it reads better" } as const;

/** The node that a candidate stands for, or would become; `undefined` where a rewriting gives just that. */
function unlessSame(b: Calculus, node: OperatorNode, better: OperatorNode): OperatorNode | undefined {
  return b.builder.node(node.op, node.inputs, node.attributes) === better ? undefined : better;
}

/** Sums, products and products of matrices in the one form in which they are written. */
export const normalForms: readonly Identity[] = [
  identity(
    "terms of a sum: equal ones collected, what they share in front",
    ["add", "sub"],
    (b, _inputs, node) => {
      const sum = shortestSum(b, node);
      return sum === undefined ? undefined : unlessSame(b, node, sum);
    },
    (b, x, y) => b.add(b.mul(x, y), b.sub(b.mul(b.sin(x), y), b.mul(2, b.mul(x, y)))),
    { difference: rounding },
  ),
  identity(
    "factors of a product: powers of one base merged, numbers and scalars in front",
    ["mul", "div", "neg", "square", "reciprocal", "pow"],
    (b, _inputs, node) => {
      if (node.inputs.some((input) => fillOf(input) === 0)) return undefined;
      const factors = factorsOf(b, node);
      if (factors.isCut) return undefined;
      const product = reducedProduct(b, factors);
      const { scalars, tensors } = scalarsOf(product);
      if (node.shape.length === 2 && tensors.length === 1 && tensors[0]![1] === 1) {
        const [[base]] = tensors as readonly [readonly [OperatorNode, number]];
        const chain = sameShape(base.shape, node.shape) ? chainOf(b, base) : undefined;
        const own = chain && reducedChain(b, { scalars, links: chain.links });
        if (own !== undefined) return unlessSame(b, node, chainNode(b, own, node.shape));
      }
      return unlessSame(b, node, productNode(b, product, node.shape));
    },
    (b, x, y) => b.mul(b.div(x, b.add(1, b.square(y))), b.mul(b.neg(b.square(x)), 3)),
    { difference: rounding },
  ),
  identity(
    "products of matrices: grouped from the left, transposes at the factors, scalars in front",
    ["matmul", "transpose", "solve", "reshape"],
    (b, _inputs, node) => {
      if (node.shape.length > 2 || node.inputs[0]!.shape.length > 2) return undefined;
      const source = node.op.name === "reshape" ? node.inputs[0]! : node;
      if (node.op.name === "reshape" && (node.shape.length === 2 || source.shape.length !== 2))
        return undefined;
      const chain = chainOf(b, node);
      if (chain === undefined) return undefined;
      if (node.op.name !== "reshape" && chain.links.length === 1 && chain.links[0]!.base === node)
        return undefined;
      if (chain.links.length === 0) return undefined;
      const own = reducedChain(b, chain) ?? chain;
      return unlessSame(b, node, chainNode(b, own, node.shape));
    },
    (b, x, y) => b.matmul(b.matrixTranspose(b.matmul(x, y)), b.mul(2, x)),
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
];
