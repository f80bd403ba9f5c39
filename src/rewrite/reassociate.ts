import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import { arrange, contract, type Labelled } from "../ops/einsum/contract.js";
import type { Calculus } from "../ops/vocabulary.js";
import { cheapestOrder } from "./contraction-order.js";
import { type Contraction, contractionOf, isLeaf, type Leaf, type Tree } from "./contraction-tree.js";
import type { Roots } from "./simplify.js";

/** No product takes more nodes than this. */
const roomForOne = 128;

/**
 * The same roots, with products of several matrices taken in the cheapest order. A script states the order that suits
 * its values; a Jacobian takes each product along for every direction, where it is better to multiply first, and once,
 * what does not depend on the direction. Another order rounds otherwise, so only derivatives are rewritten: a value is
 * computed as the script says.
 */
export function reassociate(b: Calculus, { values, derivatives }: Roots): Roots {
  const order = topologicalOrder(derivatives);
  if (order.filter(isProduct).length < 2) return { values, derivatives };
  const ofValues = new Set(topologicalOrder(values));
  const better = betterOrders(order, ofValues, new Set(derivatives));
  if (better.size === 0) return { values, derivatives };

  const callerSpan = b.builder.span;
  const replaced = new Map<OperatorNode, OperatorNode>();
  const after = (node: OperatorNode) => replaced.get(node) ?? node;
  for (const node of order) {
    if (ofValues.has(node) || b.builder.room < roomForOne) continue;
    b.builder.span = node.span;
    const write = better.get(node);
    if (write !== undefined) replaced.set(node, write(b, after));
    else if (node.inputs.some((input) => replaced.has(input)))
      replaced.set(node, b.builder.node(node.op, node.inputs.map(after), node.attributes));
  }
  b.builder.span = callerSpan;
  return { values, derivatives: derivatives.map(after) };
}

const isProduct = ({ op }: OperatorNode) => op.name === "matmul";

type Write = (b: Calculus, after: (node: OperatorNode) => OperatorNode) => OperatorNode;

/** By the last node of a product: how to write it in a cheaper order. */
function betterOrders(
  order: readonly OperatorNode[],
  ofValues: ReadonlySet<OperatorNode>,
  roots: ReadonlySet<OperatorNode>,
): ReadonlyMap<OperatorNode, Write> {
  const readers = new Map<OperatorNode, number>();
  for (const node of order)
    for (const input of node.inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
  const isInner = (node: OperatorNode) => !ofValues.has(node) && !roots.has(node) && readers.get(node) === 1;
  const within = new Set<OperatorNode>();
  const better = new Map<OperatorNode, Write>();
  for (const node of order.toReversed()) {
    if (!isProduct(node) || ofValues.has(node) || within.has(node)) continue;
    const contraction = contractionOf(node, isInner);
    if (contraction === undefined) continue;
    for (const inner of contraction.products) within.add(inner);
    const tree = contraction.products.length > 1 ? cheapestOrder(contraction) : undefined;
    if (tree !== undefined) better.set(node, (b, after) => written(b, contraction, tree, after));
  }
  return better;
}

/** A contraction in this order. */
function written(
  b: Calculus,
  { labels, axes }: Contraction,
  tree: Tree,
  after: (node: OperatorNode) => OperatorNode,
): OperatorNode {
  const namesOf = (list: readonly number[]) => labels.resolved(list).map(String);
  const sizesOf = (list: readonly number[]) => labels.resolved(list).map((label) => labels.size(label));
  const output = namesOf(axes.flat());
  const write = (part: Tree, needed: readonly string[]): Labelled => {
    if (isLeaf(part)) {
      const own = part.axes.flat();
      return { node: b.reshape(after(part.node), sizesOf(own)), labels: namesOf(own) };
    }
    const outside = (other: Tree) => [
      ...needed,
      ...leavesOf(other).flatMap((leaf) => namesOf(leaf.axes.flat())),
    ];
    const left = write(part.left, outside(part.right));
    const right = write(part.right, outside(part.left));
    return contract(b, left, right, new Set(needed), output);
  };
  const whole = arrange(b, write(tree, output), output).node;
  return b.reshape(
    whole,
    axes.map((axis) => sizesOf(axis).reduce((product, size) => product * size, 1)),
  );
}

const leavesOf = (tree: Tree): Leaf[] =>
  isLeaf(tree) ? [tree] : [...leavesOf(tree.left), ...leavesOf(tree.right)];
