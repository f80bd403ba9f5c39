import type { OperatorNode } from "./node.js";

/**
 * Every node that the roots need, each after its inputs. A depth-first order (rather than the order of making)
 * keeps values near their use, so fewer are alive at a time. Iterative: a graph may be a million nodes deep. What is
 * behind a leaf is left out.
 */
export function topologicalOrder(
  roots: readonly OperatorNode[],
  isLeaf: (node: OperatorNode) => boolean = () => false,
): OperatorNode[] {
  const order: OperatorNode[] = [];
  const seen = new Uint8Array(1 + roots.reduce((most, root) => Math.max(most, root.id), -1));
  const stack: OperatorNode[] = [];
  const next: number[] = [];
  const enter = (node: OperatorNode) => {
    if (seen[node.id] === 1) return;
    seen[node.id] = 1;
    stack.push(node);
    next.push(0);
  };
  for (const root of roots) {
    enter(root);
    while (stack.length > 0) {
      const top = stack.length - 1;
      const node = stack[top]!;
      const position = next[top]!;
      if (position < node.inputs.length && !(position === 0 && isLeaf(node))) {
        next[top] = position + 1;
        enter(node.inputs[position]!);
      } else {
        stack.pop();
        next.pop();
        order.push(node);
      }
    }
  }
  return order;
}
