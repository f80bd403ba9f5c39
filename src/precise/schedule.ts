import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";

/** The order in which nodes are computed, and when their values are no longer needed. */
export interface Schedule {
  readonly order: readonly OperatorNode[];
  /** By place in the order: the nodes that are read there for the last time, roots excepted. */
  readonly released: readonly (readonly OperatorNode[])[];
}

export function scheduleOf(roots: readonly OperatorNode[]): Schedule {
  const order = topologicalOrder(roots);
  const isDone = new Set(roots);
  const released: OperatorNode[][] = new Array(order.length);
  for (let place = order.length - 1; place >= 0; place--) {
    const last: OperatorNode[] = [];
    for (const input of order[place]!.inputs) {
      if (isDone.has(input)) continue;
      isDone.add(input);
      last.push(input);
    }
    released[place] = last;
  }
  return { order, released };
}
