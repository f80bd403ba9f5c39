import type { OperatorNode } from "../../graph/node.js";
import { sizeOf } from "../../tensor.js";
import type { Calculus } from "../vocabulary.js";
import { readSubscripts } from "./subscripts.js";

/** A tensor whose axes have names, each of them once. */
export interface Labelled {
  readonly node: OperatorNode;
  readonly labels: readonly string[];
}

/**
 * NumPy's `einsum`: operands are contracted pairwise from left to right, each pair by a matrix product; built from
 * transposes, diagonals, products and sums, so its derivatives follow. Throws a `Fault` for subscripts that do not fit.
 */
export function einsum(b: Calculus, text: string, operands: readonly OperatorNode[]): OperatorNode {
  const { operands: labels, output } = readSubscripts(
    text,
    operands.map(({ shape }) => shape),
    b.builder.span,
  );
  const [first, ...others] = operands.map((node, i) => takeDiagonals(b, node, labels[i]!));
  let result = first!;
  others.forEach((next, i) => {
    const needed = new Set([...output, ...others.slice(i + 1).flatMap((x) => x.labels)]);
    result = contract(b, result, next, needed, output);
  });
  return arrange(b, keepOnly(b, result, new Set(output)), output).node;
}

/** Axes that share a label become one: a diagonal. */
function takeDiagonals(b: Calculus, node: OperatorNode, labels: readonly string[]): Labelled {
  let current: Labelled = { node, labels };
  for (;;) {
    const { labels: now } = current;
    const second = now.findIndex((label, i) => now.indexOf(label) < i);
    if (second < 0) return current;
    const first = now.indexOf(now[second]!);
    const rest = now.map((_, i) => i).filter((i) => i !== first && i !== second);
    const moved = b.transpose(current.node, [...rest, first, second]);
    current = { node: b.diagonal(moved), labels: [...rest.map((i) => now[i]!), now[second]!] };
  }
}

/** Sums over the axes that are not needed. */
function keepOnly(b: Calculus, { node, labels }: Labelled, needed: ReadonlySet<string>): Labelled {
  const dropped = labels.flatMap((label, i) => (needed.has(label) ? [] : [i]));
  if (dropped.length === 0) return { node, labels };
  return { node: b.sum(node, dropped), labels: labels.filter((label) => needed.has(label)) };
}

const sizeAt = ({ node, labels }: Labelled, label: string) => node.shape[labels.indexOf(label)]!;

/** Axes of size 1 that broadcast against `other` are left out: the product repeats them. */
function withoutRepeated(b: Calculus, x: Labelled, other: Labelled): Labelled {
  const labels = x.labels.filter(
    (label) => sizeAt(x, label) !== 1 || !other.labels.includes(label) || sizeAt(other, label) === 1,
  );
  const shape = labels.map((label) => sizeAt(x, label));
  return { node: b.reshape(x.node, shape), labels };
}

/**
 * The sum of x·y over the labels that only these two have and nobody needs later. What stands first in `order` comes from
 * rows rather than from columns, so that the result lies as it is read; the sums are the same either way.
 */
export function contract(
  b: Calculus,
  left: Labelled,
  right: Labelled,
  needed: ReadonlySet<string>,
  order: readonly string[],
): Labelled {
  const inX = keepOnly(b, withoutRepeated(b, left, right), new Set([...needed, ...right.labels]));
  const inY = keepOnly(b, withoutRepeated(b, right, left), new Set([...needed, ...left.labels]));
  // A label whose axis of size 1 was left out is in one operand only, and may be summed there.
  const first = keepOnly(b, inX, new Set([...needed, ...inY.labels]));
  const second = keepOnly(b, inY, new Set([...needed, ...inX.labels]));
  const shared = first.labels.filter((label) => second.labels.includes(label));
  const batch = shared.filter((label) => needed.has(label));
  const summed = shared.filter((label) => !needed.has(label));
  const ownOf = (from: Labelled) => from.labels.filter((label) => !shared.includes(label));
  const outermost = order.find((label) => [first, second].some((one) => ownOf(one).includes(label)));
  const isInOrder = outermost === undefined || ownOf(first).includes(outermost);
  const [x, y] = isInOrder ? [first, second] : [second, first];
  const [rows, columns] = [ownOf(x), ownOf(y)];
  const labels = [...batch, ...rows, ...columns];
  if (summed.length === 0) return { node: multiply(b, x, y, labels), labels };

  const sizes = (from: Labelled, names: readonly string[]) => names.map((label) => sizeAt(from, label));
  const ofBatch = sizes(x, batch);
  const depth = sizeOf(sizes(x, summed));
  const a = b.reshape(arrange(b, x, [...batch, ...rows, ...summed]).node, [
    ...ofBatch,
    sizeOf(sizes(x, rows)),
    depth,
  ]);
  const c = b.reshape(arrange(b, y, [...batch, ...summed, ...columns]).node, [
    ...ofBatch,
    depth,
    sizeOf(sizes(y, columns)),
  ]);
  const node = b.reshape(b.matmul(a, c), [...ofBatch, ...sizes(x, rows), ...sizes(y, columns)]);
  return { node, labels };
}

/** Elementwise, over all labels. */
function multiply(b: Calculus, x: Labelled, y: Labelled, labels: readonly string[]): OperatorNode {
  const aligned = (from: Labelled) => {
    const { node } = arrange(
      b,
      from,
      labels.filter((label) => from.labels.includes(label)),
    );
    return b.reshape(
      node,
      labels.map((label) => (from.labels.includes(label) ? sizeAt(from, label) : 1)),
    );
  };
  return b.mul(aligned(x), aligned(y));
}

/** The axes in this order of labels. */
export const arrange = (b: Calculus, { node, labels }: Labelled, order: readonly string[]): Labelled => ({
  node: b.transpose(
    node,
    order.map((label) => labels.indexOf(label)),
  ),
  labels: order,
});
