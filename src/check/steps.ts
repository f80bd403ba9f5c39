import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import { evaluatePrecisely, type Visit } from "../precise/evaluate.js";
import type { PreciseTensor } from "../precise/tensor.js";
import { operandName } from "./alone.js";
import type { LoopNode } from "./barriers.js";
import { randomSource } from "./directions.js";

type Values = ReadonlyMap<OperatorNode, PreciseTensor>;

/** How many steps of a loop compute all of some nodes of its body: the condition is computed once more than the rest. */
export function countOf(
  b: Calculus,
  node: LoopNode,
  operands: readonly PreciseTensor[],
  nodes: readonly OperatorNode[],
): number {
  const counts = new Map(nodes.map((one) => [one, 0]));
  running(b, node, operands, (one, _inputs, _value, steps) => {
    const known = counts.get(one);
    if (steps.length === 1 && known !== undefined) counts.set(one, known + 1);
  });
  return [...counts.values()].reduce((least, count) => Math.min(least, count), Number.POSITIVE_INFINITY);
}

/** What nodes of a loop's body have for values, in each of these steps. */
export function valuesIn(
  b: Calculus,
  node: LoopNode,
  operands: readonly PreciseTensor[],
  chosenSteps: readonly number[],
  nodes: readonly OperatorNode[],
): Values[] {
  const wanted = new Set(nodes);
  const found = new Map(chosenSteps.map((step) => [step, new Map<OperatorNode, PreciseTensor>()]));
  running(b, node, operands, (one, _inputs, value, steps) => {
    if (steps.length === 1 && wanted.has(one)) found.get(steps[0]!)?.set(one, value);
  });
  return [...found.values()];
}

/** Runs a loop out of its graph, so that no other one that shares nodes of the body is met. */
function running(b: Calculus, node: LoopNode, operands: readonly PreciseTensor[], visit: Visit): void {
  const placeholders = operands.map(({ shape }, k) =>
    b.apply("input", [], { name: operandName(k), shape: [...shape] }),
  );
  const own = b.builder.node(node.op, placeholders, node.attributes);
  evaluatePrecisely([own], new Map(operands.map((operand, k) => [operandName(k), operand])), { visit });
}

/** All steps, or the first, the last, and one at random from each of as many equal parts between as there is room for. */
export function chosen(count: number, most: number, seed: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, step) => step);
  const random = randomSource(seed);
  const start = (part: number) => 1 + Math.floor((part * (count - 2)) / (most - 2));
  const between = Array.from(
    { length: most - 2 },
    (_, part) => start(part) + Math.floor(random() * (start(part + 1) - start(part))),
  );
  return [0, ...between, count - 1];
}
