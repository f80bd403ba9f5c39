import { loopNode } from "../../autodiff/loops.js";
import type { OperatorNode } from "../../graph/node.js";
import { type Loop, type LoopOp, unpack } from "../../ops/loop.js";
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
