import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Calculus } from "../ops/vocabulary.js";
import { evaluatePrecisely } from "../precise/evaluate.js";
import type { Point } from "./rounding.js";

/** Outputs whose barriers do not move, and the point at which they stand. */
export interface Held {
  readonly outputs: readonly OperatorNode[];
  readonly point: Point;
}

/**
 * Puts the values that stand behind `stop_gradient` at a point in the place of these nodes: the derivative takes them for
 * constants, and so must differences. The value of a function with a derivative of its own stands behind such a barrier,
 * too, and moves all the same.
 */
export function held(b: Calculus, outputs: readonly OperatorNode[], point: Point): Held {
  const order = topologicalOrder(outputs);
  const roots = new Set(outputs);
  const barriers = new Set(order.filter((node) => isBarrier(node) && roots.has(node)));
  for (const node of order) {
    for (const [k, input] of node.inputs.entries())
      if (isBarrier(input) && !ownsValue(node, k)) barriers.add(input);
  }
  if (barriers.size === 0) return { outputs, point };
  const list = [...barriers];
  // A blank keeps the names apart from those of a script.
  const names = list.map((node) => `held ${node.id}`);
  const values = evaluatePrecisely(list, point);
  const fixed = new Map(
    list.map((node, k) => [node, b.apply("input", [], { name: names[k]!, shape: node.shape })] as const),
  );
  const made = new Map<OperatorNode, OperatorNode>();
  for (const node of order) {
    const inputs = node.inputs.map(
      (input, k) => (ownsValue(node, k) ? undefined : fixed.get(input)) ?? made.get(input)!,
    );
    const isSame = inputs.every((input, i) => input === node.inputs[i]);
    made.set(node, isSame ? node : b.builder.node(node.op, inputs, node.attributes));
  }
  return {
    outputs: outputs.map((output) => fixed.get(output) ?? made.get(output)!),
    point: new Map([...point, ...names.map((name, k) => [name, values[k]!] as const)]),
  };
}

const isBarrier = ({ op }: OperatorNode) => op.name === "stop_gradient";

/** Whether an operand is the value of a function with a derivative of its own. */
const ownsValue = ({ op }: OperatorNode, index: number) => op.name === "custom" && index === 0;
