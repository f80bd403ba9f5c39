import type { OperatorNode } from "../graph/node.js";
import { substitute } from "../graph/substitute.js";
import { topologicalOrder } from "../graph/topology.js";
import { type Loop, parameter } from "../ops/loop.js";
import type { Calculus } from "../ops/vocabulary.js";
import { type Barriers, barriersOf, type LoopNode, valuesBehind } from "./barriers.js";
import { hasRule } from "./own-rule.js";
import type { Point } from "./rounding.js";

/** Outputs whose barriers do not move, and the point at which they stand. */
export interface Held {
  readonly outputs: readonly OperatorNode[];
  readonly point: Point;
}

/** What stands in the place of a barrier. */
interface Slot {
  readonly barrier: OperatorNode;
  /** In which loops it is, from the outermost on. */
  readonly loops: readonly LoopNode[];
  /** An input for its values: an element of the first axes for each step of these loops. */
  readonly placeholder: OperatorNode;
}

/**
 * Puts the values that stand behind `stop_gradient` at a point in the place of these nodes: the derivative takes them for
 * constants, and so must differences. In a loop each step has a value of its own, and reads it as a slice. The value of a
 * function with a derivative of its own stands behind such a barrier, too, and moves all the same.
 */
export function held(b: Calculus, outputs: readonly OperatorNode[], point: Point): Held {
  const barriers = barriersOf(outputs);
  if (barriers.nodes.length === 0 && barriers.loops.size === 0) return { outputs, point };
  const { roots, slots } = withSlots(b, outputs, barriers);
  const valueAt = valuesBehind(outputs, point);
  return {
    outputs: roots,
    point: new Map([
      ...point,
      ...slots.map(
        ({ barrier, loops, placeholder }) =>
          [placeholder.attributes.name as string, valueAt(loops, barrier)] as const,
      ),
    ]),
  };
}

/** The same graph with placeholders for its barriers, and for those in its loops. */
function withSlots(b: Calculus, roots: readonly OperatorNode[], barriers: Barriers) {
  const slots = barriers.nodes.map(
    (barrier): Slot => ({ barrier, loops: [], placeholder: parameter(b, "held", barrier.shape) }),
  );
  const made = new Map(slots.map(({ barrier, placeholder }) => [barrier, placeholder] as const));
  for (const node of topologicalOrder(roots)) {
    if (made.has(node)) continue;
    const inputs = node.inputs.map((input) => made.get(input)!);
    const inside = barriers.loops.get(node);
    if (inside !== undefined) {
      const loop = loopWithSlots(b, node as LoopNode, inputs, inside);
      slots.push(...loop.slots);
      made.set(node, loop.node);
      continue;
    }
    if (hasRule(node)) {
      const operands = node.inputs.slice(1);
      const moving = new Map(operands.map((operand, k) => [operand, inputs[k + 1]!] as const));
      const body = topologicalOrder([node.inputs[0]!]);
      inputs[0] = substitute(b.builder, body, moving).get(node.inputs[0]!) ?? node.inputs[0]!;
    }
    const isSame = inputs.every((input, i) => input === node.inputs[i]);
    made.set(node, isSame ? node : b.builder.node(node.op, inputs, node.attributes));
  }
  return { roots: roots.map((root) => made.get(root)!), slots };
}

/** A loop whose steps read what stands behind their barriers as slices of further sequences. */
function loopWithSlots(b: Calculus, node: LoopNode, inputs: readonly OperatorNode[], barriers: Barriers) {
  const { loop } = node.op;
  const { parameters, results } = loop.body;
  const inner = withSlots(b, results, barriers);
  const slots = inner.slots.map(
    ({ barrier, loops, placeholder }): Slot => ({
      barrier,
      loops: [node, ...loops],
      placeholder: parameter(b, "held", [loop.length, ...placeholder.shape]),
    }),
  );
  const place = loop.carries + loop.sequences;
  const made: Loop = {
    ...loop,
    body: {
      parameters: parameters.toSpliced(place, 0, ...inner.slots.map(({ placeholder }) => placeholder)),
      results: inner.roots,
    },
    sequences: loop.sequences + slots.length,
  };
  const all = inputs.toSpliced(place, 0, ...slots.map(({ placeholder }) => placeholder));
  return { node: b.builder.node(node.op.withLoop(made), all, node.attributes), slots };
}
