import { loopNode } from "../../autodiff/loops.js";
import type { OperatorNode } from "../../graph/node.js";
import { topologicalOrder } from "../../graph/topology.js";
import { isLoop, type Loop, type LoopOp, unpack } from "../../ops/loop.js";
import type { Calculus } from "../../ops/vocabulary.js";

/** A part of a loop's steps. */
export interface Segment {
  readonly made: OperatorNode;
  /** After its last step. */
  readonly carries: readonly OperatorNode[];
  /** One row a step. */
  readonly stacked: readonly OperatorNode[];
}

/** The steps from `from` to below `to` of a loop that makes `steps`, as a loop of its own that begins with these carries. */
export function cutLoop(
  b: Calculus,
  node: OperatorNode & { readonly op: LoopOp },
  inputs: readonly OperatorNode[],
  carries: readonly OperatorNode[],
  from: number,
  to: number,
  steps: number,
): Segment {
  const { loop } = node.op;
  const count = to - from;
  const first = loop.reverse ? steps - to : from;
  const rows = (sequence: OperatorNode) => {
    if (first === 0 && sequence.shape[0] === count) return sequence;
    const rest = sequence.shape.slice(1);
    return b.apply("slice", [sequence], {
      starts: [first, ...rest.map(() => 0)],
      steps: sequence.shape.map(() => 1),
      counts: [count, ...rest],
    });
  };
  // How many steps are made is known.
  const part: Loop = { ...loop, length: count, counted: false, condition: null };
  const end = loop.body.parameters.length;
  const made = loopNode(b, part, [
    ...carries,
    ...inputs.slice(loop.carries, loop.carries + loop.sequences).map(rows),
    ...inputs.slice(loop.carries + loop.sequences, end),
  ]);
  const gives = unpack(b, made, part);
  return { made, carries: gives.slice(0, loop.carries), stacked: gives.slice(loop.carries) };
}

/** Into so many parts the steps of interest are cut. */
const mostParts = 32;

/**
 * The parts that the steps of a loop are cut into, in order: single steps where these make no more than so many nodes, else
 * few parts of the steps of interest, and what is before and behind these as one part each.
 */
export function partsOf(
  loop: Loop,
  steps: number,
  mostNodes: number,
  focus: readonly [from: number, to: number] = [0, steps],
): (readonly [from: number, to: number])[] {
  const isSmall = steps * sizeOfStep(loop) <= mostNodes;
  const [first, last] = isSmall ? [0, steps] : focus;
  const parts = isSmall ? steps : Math.min(mostParts, last - first);
  const ends = [0, first];
  for (let part = 1; part <= parts; part++) ends.push(first + Math.round(((last - first) * part) / parts));
  ends.push(steps);
  return ends.flatMap((to, i) => (i > 0 && to > ends[i - 1]! ? [[ends[i - 1]!, to] as const] : []));
}

/** A loop within a loop is asked for at every step. */
const sizes = new WeakMap<Loop, number>();

/** About how many nodes a step makes; those of loops inside count as often as they can be made. */
function sizeOfStep(loop: Loop): number {
  let size = sizes.get(loop);
  if (size === undefined) {
    size = topologicalOrder(loop.body.results).reduce(
      (sum, node) => sum + (isLoop(node) ? sizeOfStep(node.op.loop) * node.op.loop.length : 1),
      0,
    );
    sizes.set(loop, size);
  }
  return size;
}
