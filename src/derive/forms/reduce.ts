import type { OperatorNode } from "../../graph/node.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { isFilled } from "../../rewrite/identity.js";
import { type Chain, chainOf, type Link } from "./chain.js";
import { joined, ofNode, type Product } from "./product.js";

const isSame = (x: Link, y: Link) => x.base === y.base && x.turned === y.turned;

const times = (product: Product, node: OperatorNode, exponent: number): Product =>
  joined(product, { coefficient: 1, factors: new Map([[node, exponent]]) });

const determinant = (b: Calculus, a: OperatorNode) => b.apply("det", [a, b.apply("lu", [a])]);

/** The matrix of which a link is the matrix of cofactors. */
const cofactored = ({ base, inverse }: Link): OperatorNode | undefined =>
  base.op.name === "cofactors" && !inverse ? base.inputs[0] : undefined;

/**
 * A chain without neighbours that cancel: A @ inv(A) = 1 and A' @ cofactors(A) = det(A), where cofactors and inverses of
 * products of square matrices are the products of theirs. Applied where something cancels only. `undefined`: nothing does.
 */
export function reducedChain(b: Calculus, chain: Chain): Chain | undefined {
  const isKnown = chain.links.some((link) => link.inverse || cofactored(link) !== undefined);
  if (!isKnown) return undefined;
  const asInverse = cofactorsAsInverse(chain);
  const own = asInverse ?? chain;
  const spread = { scalars: own.scalars, links: own.links.flatMap((link) => apart(b, link)) };
  return cancelled(b, spread) ?? cancelled(b, own) ?? asInverse;
}

/** cofactors(A) / det(A) = inv(A)'. */
function cofactorsAsInverse({ scalars, links }: Chain): Chain | undefined {
  for (const [base, exponent] of scalars.factors) {
    if (base.op.name !== "det" || exponent >= 0) continue;
    const at = links.findIndex((link) => cofactored(link) === base.inputs[0]);
    if (at < 0) continue;
    const link: Link = { base: base.inputs[0]!, turned: !links[at]!.turned, inverse: true };
    return { scalars: times(scalars, base, 1), links: links.with(at, link) };
  }
  return undefined;
}

/** A link of a product of square matrices as the links of its factors. */
function apart(b: Calculus, link: Link): readonly Link[] {
  const matrix = link.inverse ? link.base : cofactored(link);
  const inner = matrix?.op.name === "matmul" ? chainOf(b, matrix) : undefined;
  if (inner === undefined || inner.scalars.factors.size > 0 || inner.scalars.coefficient !== 1) return [link];
  const isSquare = inner.links.every(
    ({ base, inverse }) => base.shape.length === 2 && base.shape[0] === base.shape[1] && !inverse,
  );
  if (!isSquare) return [link];
  // (AB)⁻¹ = B⁻¹A⁻¹, but the cofactors of AB are those of A times those of B.
  const isReversed = link.inverse !== link.turned;
  const order = isReversed ? inner.links.toReversed() : inner.links;
  return order.map(({ base, turned }): Link => {
    const own = link.inverse ? base : b.apply("cofactors", [base, b.apply("lu", [base])]);
    return { base: own, turned: turned !== link.turned, inverse: link.inverse };
  });
}

function cancelled(b: Calculus, { scalars, links }: Chain): Chain | undefined {
  const left: Link[] = [];
  let factor = scalars;
  for (const link of links) {
    const before = left.at(-1);
    if (before !== undefined && before.inverse !== link.inverse && isSame(before, link)) {
      left.pop();
      continue;
    }
    const a = before && determinantOf(before, link);
    if (a !== undefined) {
      left.pop();
      factor = times(factor, determinant(b, a), 1);
      continue;
    }
    left.push(link);
  }
  return left.length === links.length || left.length === 0 ? undefined : { scalars: factor, links: left };
}

/** A, of A' @ cofactors(A) and its like. */
function determinantOf(x: Link, y: Link): OperatorNode | undefined {
  for (const [one, other] of [
    [x, y],
    [y, x],
  ] as const) {
    const a = cofactored(one);
    if (a !== undefined && other.base === a && !other.inverse && other.turned !== one.turned) return a;
  }
  return undefined;
}

/** The norm of which a node is 1 where it is 0, and itself elsewhere: what a vector is divided by for its direction. */
export function guardedNorm(node: OperatorNode): OperatorNode | undefined {
  if (node.op.name !== "where") return undefined;
  const [condition, x, y] = node.inputs;
  return condition === x && x!.op.name === "norm" && isFilled(y!, 1) ? x : undefined;
}

/** A product without factors that cancel: norm(x) · x / (norm(x) or 1) = x, and exp(x) / sum(exp(x)) = softmax(x). */
export function reducedProduct(b: Calculus, product: Product): Product {
  let found = product;
  for (const [base, exponent] of product.factors) {
    if (exponent >= 0) continue;
    const norm = guardedNorm(base);
    if (
      norm !== undefined &&
      (found.factors.get(norm) ?? 0) >= 1 &&
      (found.factors.get(norm.inputs[0]!) ?? 0) >= 1
    )
      found = times(times(found, norm, -1), base, 1);
    const terms = base.op.name === "sum" ? base.inputs[0]! : undefined;
    if (terms?.op.name === "exp" && (found.factors.get(terms) ?? 0) >= 1) {
      const own = b.apply("softmax", [terms.inputs[0]!], { axes: base.attributes.axes! });
      if (base.attributes.keepdims === true || base.shape.length === 0)
        found = joined(times(times(found, base, 1), terms, -1), ofNode(own));
    }
  }
  return found;
}
