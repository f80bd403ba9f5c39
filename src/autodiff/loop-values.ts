import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import { barrier } from "../ops/families/barrier.js";
import { comparison } from "../ops/families/comparison.js";
import { indexing } from "../ops/families/indexing.js";
import { leaves } from "../ops/families/leaves.js";
import { shaping } from "../ops/families/shaping.js";
import { isLoop, type Loop } from "../ops/loop.js";
import type { Cotangent } from "../ops/op.js";
import { sizeOf } from "../tensor.js";

/** Operations that cost no more than to read what they gave: these are computed again. */
const cheap: ReadonlySet<string> = new Set([
  ...[barrier, comparison, indexing, leaves, shaping].flatMap((family) => Object.keys(family)),
  ...["neg", "add", "sub", "mul", "div", "square", "reciprocal", "sqrt", "abs", "sign"],
  ...["maximum", "minimum", "floor", "ceil", "round", "relu", "leaky_relu", "one_minus_square"],
]);

/** So many times the elements that a step reads may be kept beside them; loops stay linear in memory, and close to it. */
const mostTimes = 8;
const alwaysKept = 64;

/**
 * The values of a step that its pullback reads and that took work to compute, such as products of matrices and
 * exponentials: kept from the way forward, they need not be computed again on the way back. Small ones first, as far as
 * room goes.
 */
export function worthKeeping(
  { body, carries, sequences }: Loop,
  cotangents: readonly Cotangent[],
  isIncoming: (node: OperatorNode) => boolean,
): OperatorNode[] {
  const roots = cotangents.flatMap(({ value, mask }) => (mask === null ? [value] : [value, mask]));
  const read = body.parameters.slice(0, carries + sequences);
  const order = topologicalOrder(roots);
  const dependents = (begins: (node: OperatorNode) => boolean) => {
    const found = new Set<OperatorNode>();
    for (const node of order)
      if (begins(node) || node.inputs.some((input) => found.has(input))) found.add(node);
    return found;
  };
  const pulled = dependents(isIncoming);
  const steps = new Set(read);
  const varying = dependents((node) => steps.has(node));
  const isValue = (node: OperatorNode) => varying.has(node) && !pulled.has(node);

  // From where the pullback begins to read values, back through what is cheap to compute.
  const edge = [...roots, ...order.filter((node) => pulled.has(node)).flatMap(({ inputs }) => inputs)];
  const stack = edge.filter(isValue);
  const seen = new Set(stack);
  const found: OperatorNode[] = [];
  /** Of loops in the step: which parts are read. */
  const partsOf = new Map<OperatorNode, OperatorNode[]>();
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (!cheap.has(node.op.name)) {
      found.push(node);
      continue;
    }
    for (const input of node.inputs) {
      if (!isValue(input)) continue;
      if (isLoop(input) && node.op.name === "slice") {
        const parts = partsOf.get(input);
        if (parts === undefined) partsOf.set(input, [node]);
        else parts.push(node);
        continue;
      }
      if (seen.has(input)) continue;
      seen.add(input);
      stack.push(input);
    }
  }
  // One copy of a loop's value is cheaper than many of its parts, unless they are few.
  for (const [loop, parts] of partsOf) {
    if (seen.has(loop)) continue;
    const size = parts.reduce((sum, part) => sum + sizeOf(part.shape), 0);
    if (size * 2 > sizeOf(loop.shape)) found.push(loop);
    else found.push(...parts);
  }
  let room = alwaysKept + mostTimes * read.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return found
    .toSorted((a, b) => sizeOf(a.shape) - sizeOf(b.shape) || a.id - b.id)
    .filter(({ shape }) => {
      room -= sizeOf(shape);
      return room >= 0;
    });
}
