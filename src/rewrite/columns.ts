import type { Builder } from "../graph/builder.js";
import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Calculus } from "../ops/vocabulary.js";
import { sizeOf } from "../tensor.js";
import { columnRuleOf, isNarrow, sliceOf } from "./column-rules.js";

/**
 * The same roots, with tensors of many short rows (points in space, say) taken apart into their columns wherever that
 * spares more than it costs. Strips of columns are loaded and computed several elements at a time; those of short rows
 * are put together element by element as soon as something is broadcast along rows, or summed, cut or gathered in them.
 */
export function byColumns(b: Calculus, roots: readonly OperatorNode[]): OperatorNode[] {
  if (!hasRows(b.builder)) return [...roots];
  const order = topologicalOrder(roots);
  const split = worthSplitting(order, roots);
  if (split.size === 0 || b.builder.room < room(order, split)) return [...roots];
  const callerSpan = b.builder.span;
  const columns = new Map<OperatorNode, readonly OperatorNode[]>();
  const wholes = new Map<OperatorNode, OperatorNode>();
  const wholeOf = (node: OperatorNode): OperatorNode => {
    const known = wholes.get(node);
    if (known !== undefined) return known;
    const parts = columns.get(node)!;
    const whole = isNarrow(node.shape) ? joined(b, parts) : parts[0]!;
    wholes.set(node, whole);
    return whole;
  };
  const columnsOf = (node: OperatorNode): readonly OperatorNode[] => {
    const known = columns.get(node) ?? allOf(b, wholeOf(node));
    columns.set(node, known);
    return known;
  };
  for (const node of order) {
    b.builder.span = node.span;
    if (split.has(node)) {
      columns.set(node, columnRuleOf(node)!.columns(b, node, { columnsOf, wholeOf }));
      continue;
    }
    const inputs = node.inputs.map(wholeOf);
    const isSame = inputs.every((input, i) => input === node.inputs[i]);
    wholes.set(node, isSame ? node : b.builder.node(node.op, inputs, node.attributes));
  }
  b.builder.span = callerSpan;
  return roots.map(wholeOf);
}

/** Whether there is anything to take apart at all: most graphs, and all of the largest, are told from it at once. */
function hasRows(builder: Builder): boolean {
  for (let id = 0; id < builder.size; id++) {
    const { shape } = builder.at(id);
    if (isNarrow(shape) && shape.at(-1)! > 1) return true;
  }
  return false;
}

/** Each column takes a few nodes. */
const room = (order: readonly OperatorNode[], split: ReadonlySet<OperatorNode>) =>
  order.length + 4 * [...split].reduce((sum, { shape }) => sum + (shape.at(-1) ?? 1), 0);

/** Columns as one tensor. */
const joined = (b: Calculus, columns: readonly OperatorNode[]) =>
  b.concatenate(
    columns.map((column) => b.reshape(column, [...column.shape, 1])),
    -1,
  );

/** The columns of a tensor that is there as a whole. */
const allOf = (b: Calculus, whole: OperatorNode) =>
  Array.from({ length: whole.shape.at(-1)! }, (_, k) => sliceOf(b, whole, k));

/** What is to be spared must be more than this times what is copied at the borders. */
const worthwhile = 1;

/** The nodes to be taken apart: those that hang together are, or none of them. */
function worthSplitting(
  order: readonly OperatorNode[],
  roots: readonly OperatorNode[],
): ReadonlySet<OperatorNode> {
  const fitting = new Set(order.filter((node) => columnRuleOf(node)?.fits(node)));
  if (fitting.size === 0) return fitting;
  const groups = new Groups();
  /** What is put together again for others. */
  const read = new Set(roots.filter((root) => fitting.has(root)));
  const border: [inside: OperatorNode, size: number][] = [];
  const asked = new Set<OperatorNode>();
  for (const node of order) {
    const isInside = fitting.has(node);
    for (const input of node.inputs) {
      // A single column is no other than the whole.
      if (!isNarrow(input.shape) || input.shape.at(-1) === 1) continue;
      if (isInside && fitting.has(input)) groups.join(node, input);
      else if (isInside && !asked.has(input)) {
        asked.add(input);
        border.push([node, sizeOf(input.shape)]);
      } else if (fitting.has(input)) read.add(input);
    }
  }
  const balance = new Map<OperatorNode, number>();
  const add = (node: OperatorNode, amount: number) => {
    const group = groups.of(node);
    balance.set(group, (balance.get(group) ?? 0) + amount);
  };
  for (const node of fitting) add(node, columnRuleOf(node)!.spared(node));
  for (const [node, size] of border) add(node, -worthwhile * size);
  for (const node of read) if (isNarrow(node.shape)) add(node, -worthwhile * sizeOf(node.shape));
  return new Set([...fitting].filter((node) => balance.get(groups.of(node))! > 0));
}

/** Disjoint sets of nodes (Tarjan 1975, with path halving). */
class Groups {
  readonly #parents = new Map<OperatorNode, OperatorNode>();

  of(node: OperatorNode): OperatorNode {
    let at = node;
    for (let up = this.#parents.get(at); up !== undefined; up = this.#parents.get(at)) {
      const next = this.#parents.get(up);
      if (next !== undefined) this.#parents.set(at, next);
      at = up;
    }
    return at;
  }

  join(one: OperatorNode, other: OperatorNode): void {
    const [p, q] = [this.of(one), this.of(other)];
    if (p !== q) this.#parents.set(p, q);
  }
}
