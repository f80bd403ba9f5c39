import type { OperatorNode } from "../graph/node.js";
import type { Op } from "../ops/op.js";
import { alignTangent } from "../ops/tangents.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { Journal } from "./journal.js";

/**
 * The results of a body for all slices at once: each operation runs over whole sequences, with their first axis in front
 * of its own. `slices` says which sequence a parameter stands for a slice of. `undefined` where an operation cannot do
 * that; then the steps are made one by one.
 */
export function vectorise(
  b: Calculus,
  results: readonly OperatorNode[],
  slices: ReadonlyMap<OperatorNode, OperatorNode>,
  length: number,
  journal?: Journal,
): OperatorNode[] | undefined {
  const callerSpan = b.builder.span;
  const made = new Map(slices);
  for (const node of dependents(results, slices)) {
    b.builder.span = node.span;
    const batched = over(b, node, made, length);
    if (batched === undefined) return undefined;
    made.set(node, batched);
    journal?.remade(node, batched);
  }
  b.builder.span = callerSpan;
  return results.map((node) => made.get(node) ?? b.broadcastTo(node, [length, ...node.shape]));
}

/** The nodes between the parameters and the results, by id. */
function dependents(
  results: readonly OperatorNode[],
  slices: ReadonlyMap<OperatorNode, OperatorNode>,
): OperatorNode[] {
  const first = Math.min(...[...slices.keys()].map(({ id }) => id));
  const found = new Set(results.filter(({ id }) => id >= first));
  // A set is walked in the order of insertion, so nodes that come in on the way are walked too.
  for (const { inputs } of found) for (const input of inputs) if (input.id >= first) found.add(input);
  const inner = new Set(slices.keys());
  return [...found]
    .sort((p, q) => p.id - q.id)
    .filter((node) => {
      if (!node.inputs.some((input) => inner.has(input))) return false;
      inner.add(node);
      return true;
    });
}

/** A node over sequences of some of its inputs. */
function over(
  b: Calculus,
  node: OperatorNode,
  made: ReadonlyMap<OperatorNode, OperatorNode>,
  length: number,
): OperatorNode | undefined {
  const op = node.op as Op;
  const batch = [length];
  const rank = node.shape.length;
  // Inputs that meet others, or axes that are new, do so by their last axes.
  const meets = node.inputs.length > 1 || (op.kind === "tensor" && op.stretches);
  const aligned = node.inputs.map((input) => {
    const batched = made.get(input);
    if (batched === undefined) return input;
    return meets ? alignTangent(b, batched, input.shape, rank) : batched;
  });
  if (op.kind === "scalar") {
    const value = b.builder.node(op, aligned, node.attributes);
    return b.broadcastTo(value, [...batch, ...node.shape]);
  }
  if (op.batch === null) return undefined;
  const attributes = op.batch === undefined ? node.attributes : op.batch(node, batch);
  // What stands side by side is in all slices, whether it changes or not.
  const inputs = op.alike
    ? aligned.map((input, i) =>
        made.has(node.inputs[i]!) ? input : b.broadcastTo(input, [...batch, ...input.shape]),
      )
    : aligned;
  return b.builder.node(op, inputs, attributes);
}
