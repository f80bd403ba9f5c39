import { pullback } from "../../src/autodiff/reverse.js";
import type { OperatorNode } from "../../src/graph/node.js";
import type { Pullback } from "../../src/ops/op.js";
import { unbroadcast } from "../../src/ops/unbroadcast.js";
import type { Calculus } from "../../src/ops/vocabulary.js";

/**
 * The tangent of a node's output (batch + its shape) from the tangents of its inputs, by its reverse rule alone: a
 * pullback is linear in the cotangent, and its transpose is the pushforward. So the pullback of a placeholder is
 * differentiated in reverse by that placeholder, of which nothing is left in the result.
 */
export function transposedPullback(
  b: Calculus,
  vjp: Pullback,
  tangents: readonly (OperatorNode | null)[],
  node: OperatorNode,
): OperatorNode | null {
  // The size of the graph makes the name new; a blank keeps it apart from names of a script.
  const cotangent = b.apply("input", [], { name: `cotangent ${b.builder.size}`, shape: node.shape });
  let sum: OperatorNode | null = null;
  tangents.forEach((tangent, index) => {
    if (tangent === null) return;
    const pulled = unbroadcast(b, vjp(b, cotangent, node, index, null), node.inputs[index]!.shape, 0);
    const pushed = pullback(b, pulled, tangent, [cotangent]).get(cotangent);
    if (pushed !== undefined) sum = sum === null ? pushed : b.add(sum, pushed);
  });
  return sum;
}
