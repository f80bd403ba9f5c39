import { passes } from "../autodiff/reverse.js";
import type { OperatorNode } from "../graph/node.js";
import { isLoop, type LoopOp } from "../ops/loop.js";
import { evaluatePrecisely } from "../precise/evaluate.js";
import { type PreciseTensor, preciseTensor } from "../precise/tensor.js";
import { sizeOf } from "../tensor.js";
import { hasRule } from "./own-rule.js";
import type { Point } from "./rounding.js";

export type LoopNode = OperatorNode & { readonly op: LoopOp };

/** The barriers that a script puts into a graph, there and in the bodies of its loops. */
export interface Barriers {
  readonly nodes: readonly OperatorNode[];
  /** By loop, where there are any. */
  readonly loops: ReadonlyMap<OperatorNode, Barriers>;
}

/** Not those within functions whose own derivative stands for what they do. */
export function barriersOf(
  roots: readonly OperatorNode[],
  isOwn: (barrier: OperatorNode) => boolean = () => true,
): Barriers {
  const reached = new Set(roots);
  const nodes: OperatorNode[] = [];
  const loops = new Map<OperatorNode, Barriers>();
  // A set is walked in the order of insertion, so what comes in on the way is walked too.
  for (const node of reached) {
    if (node.op.name === "stop_gradient" && isOwn(node)) {
      nodes.push(node);
      continue;
    }
    if (isLoop(node)) {
      const inside = barriersOf(node.op.loop.body.results, (barrier) => !standsForOuter(barrier, node));
      if (inside.nodes.length > 0 || inside.loops.size > 0) loops.set(node, inside);
    }
    for (const input of hasRule(node) ? node.inputs.slice(1) : node.inputs) reached.add(input);
  }
  return { nodes, loops };
}

/**
 * Whether it stands in the body of a loop for a node around it that passes no derivative, as the factors of a matrix do:
 * they follow the matrix, and move as it does.
 */
function standsForOuter({ inputs }: OperatorNode, { op: { loop }, inputs: outer }: LoopNode): boolean {
  const place = loop.body.parameters.indexOf(inputs[0]!);
  if (place < loop.carries + loop.sequences) return false;
  const operand = outer[place]!;
  return operand.inputs.length > 0 && !operand.inputs.some((_, k) => passes(operand, k));
}

/** A value behind a barrier, in steps of the loops that it is in. */
interface Found {
  /** Of the loops that are complete, from the outermost one on, and the barrier. */
  readonly key: string;
  readonly steps: readonly number[];
  readonly value: PreciseTensor;
}

const keyOf = (loops: readonly OperatorNode[], barrier: OperatorNode): string =>
  [...loops, barrier].map(({ id }) => id).join(" ");

/** What stands behind barriers at a point: of each in a number of loops, the values of all steps, where slices have them. */
export function valuesBehind(roots: readonly OperatorNode[], point: Point) {
  // By depth: what has been found in loops that are not complete there.
  const pending: Found[][] = [[]];
  evaluatePrecisely(roots, point, {
    visit: (node, _inputs, value, steps) => {
      const own = pending[steps.length] ?? [];
      pending[steps.length] = own;
      if (node.op.name === "stop_gradient") own.push({ key: keyOf([], node), steps: [...steps], value });
      if (!isLoop(node)) return;
      // Nodes of bodies may be shared by loops, but the steps of a loop come right before it.
      const inside = pending[steps.length + 1] ?? [];
      own.push(...inside.map((found) => ({ ...found, key: `${node.id} ${found.key}` })));
      pending[steps.length + 1] = [];
    },
  });
  const byKey = new Map<string, Found[]>();
  for (const found of pending[0]!) {
    const known = byKey.get(found.key);
    if (known === undefined) byKey.set(found.key, [found]);
    else known.push(found);
  }
  return (loops: readonly LoopNode[], barrier: OperatorNode): PreciseTensor => {
    const found = byKey.get(keyOf(loops, barrier)) ?? [];
    return stacked(found, loops, barrier);
  };
}

function stacked(
  found: readonly Found[],
  loops: readonly LoopNode[],
  { shape }: OperatorNode,
): PreciseTensor {
  const size = sizeOf(shape);
  const lengths = loops.map(({ op }) => op.loop.length);
  const all = preciseTensor([...lengths, ...shape]);
  // A loop that goes back begins with the last slice that it has.
  const lasts = new Map<string, number>();
  const outside = (steps: readonly number[], depth: number) => steps.slice(0, depth).join(" ");
  for (const { steps } of found) {
    for (const [depth, step] of steps.entries()) {
      const key = outside(steps, depth);
      lasts.set(`${depth}: ${key}`, Math.max(step, lasts.get(`${depth}: ${key}`) ?? 0));
    }
  }
  for (const { steps, value } of found) {
    const slices = steps.map((step, depth) =>
      loops[depth]!.op.loop.reverse ? lasts.get(`${depth}: ${outside(steps, depth)}`)! - step : step,
    );
    // The condition of a loop is computed once more than its steps.
    if (slices.some((slice, depth) => slice >= lengths[depth]!)) continue;
    const place = slices.reduce((sum, slice, depth) => sum * lengths[depth]! + slice, 0);
    all.hi.set(value.hi, place * size);
    all.lo.set(value.lo, place * size);
  }
  return all;
}
