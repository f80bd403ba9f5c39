import type { OperatorNode } from "../graph/node.js";
import { substitute } from "../graph/substitute.js";
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
  const barriers = barriersOf(outputs);
  if (barriers.length === 0) return { outputs, point };
  // A blank keeps the names apart from those of a script.
  const names = barriers.map((node) => `held ${node.id}`);
  const values = evaluatePrecisely(barriers, point);
  const made = new Map(
    barriers.map((node, k) => [node, b.apply("input", [], { name: names[k]!, shape: node.shape })] as const),
  );
  for (const node of order) {
    if (made.has(node)) continue;
    const inputs = node.inputs.map((input) => made.get(input)!);
    if (hasRule(node)) {
      const operands = node.inputs.slice(1);
      const moving = new Map(operands.map((operand, k) => [operand, inputs[k + 1]!] as const));
      const body = topologicalOrder([node.inputs[0]!]);
      inputs[0] = substitute(b.builder, body, moving).get(node.inputs[0]!) ?? node.inputs[0]!;
    }
    const isSame = inputs.every((input, i) => input === node.inputs[i]);
    made.set(node, isSame ? node : b.builder.node(node.op, inputs, node.attributes));
  }
  return {
    outputs: outputs.map((output) => made.get(output)!),
    point: new Map([...point, ...names.map((name, k) => [name, values[k]!] as const)]),
  };
}

/** Those that a script puts there, not within functions whose own derivative stands for what they do. */
function barriersOf(outputs: readonly OperatorNode[]): OperatorNode[] {
  const reached = new Set(outputs);
  const found: OperatorNode[] = [];
  // A set is walked in the order of insertion, so what comes in on the way is walked too.
  for (const node of reached) {
    if (node.op.name === "stop_gradient") found.push(node);
    else for (const input of hasRule(node) ? node.inputs.slice(1) : node.inputs) reached.add(input);
  }
  return found;
}

/** Whether a node is the call of a function with a derivative of its own. */
const hasRule = ({ op }: OperatorNode) => op.name === "custom";
