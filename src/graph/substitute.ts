import type { Builder } from "./builder.js";
import type { OperatorNode } from "./node.js";

/**
 * Makes nodes again that read others in place of some: what each of the nodes (in topological order) becomes, beside the
 * replacements. A node that reads nothing that is replaced stays as it is.
 */
export function substitute(
  builder: Builder,
  nodes: readonly OperatorNode[],
  replacements: ReadonlyMap<OperatorNode, OperatorNode>,
): ReadonlyMap<OperatorNode, OperatorNode> {
  const callerSpan = builder.span;
  const made = new Map(replacements);
  for (const node of nodes) {
    if (made.has(node) || !node.inputs.some((input) => made.has(input))) continue;
    builder.span = node.span;
    const inputs = node.inputs.map((input) => made.get(input) ?? input);
    made.set(node, builder.node(node.op, inputs, node.attributes));
  }
  builder.span = callerSpan;
  return made;
}
