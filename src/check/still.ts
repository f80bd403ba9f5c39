import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Calculus } from "../ops/vocabulary.js";
import { evaluatePrecisely } from "../precise/evaluate.js";
import type { Held } from "./held.js";

/**
 * The same outputs while only some inputs move: what does not depend on these is computed once, and its value put in the
 * place of the nodes that moving ones read.
 */
export function stillBut(b: Calculus, { outputs, point }: Held, names: ReadonlySet<string>): Held {
  const order = topologicalOrder(outputs);
  const moving = new Set<OperatorNode>();
  const read = new Set(outputs);
  for (const node of order) {
    const isMoving =
      node.inputs.length === 0
        ? names.has(node.attributes.name as string)
        : node.inputs.some((input) => moving.has(input));
    if (!isMoving) continue;
    moving.add(node);
    for (const input of node.inputs) read.add(input);
  }
  // Leaves cost nothing as they are.
  const still = [...read].filter((node) => !moving.has(node) && node.inputs.length > 0);
  if (still.length === 0) return { outputs, point };
  const values = evaluatePrecisely(still, point);
  // A blank keeps the names apart from those of a script.
  const made = new Map(
    still.map(
      (node) => [node, b.apply("input", [], { name: `still ${node.id}`, shape: node.shape })] as const,
    ),
  );
  for (const node of order) {
    if (made.has(node) || !moving.has(node)) continue;
    const inputs = node.inputs.map((input) => made.get(input) ?? input);
    const isSame = inputs.every((input, i) => input === node.inputs[i]);
    made.set(node, isSame ? node : b.builder.node(node.op, inputs, node.attributes));
  }
  return {
    outputs: outputs.map((output) => made.get(output) ?? output),
    point: new Map([...point, ...still.map((node, k) => [`still ${node.id}`, values[k]!] as const)]),
  };
}
