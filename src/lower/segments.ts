import type { OperatorNode } from "../graph/node.js";
import { type Body, type Loop, parameter, unpack } from "../ops/loop.js";
import type { Context } from "./context.js";

/** A loop and its inputs. */
export interface Steps {
  readonly body: Body;
  readonly condition: OperatorNode | null;
  readonly carries: readonly OperatorNode[];
  readonly sequences: readonly OperatorNode[];
  readonly invariants: readonly OperatorNode[];
  readonly length: number;
}

const loopOf = ({ body, condition, carries, sequences, length }: Steps): Loop => ({
  body,
  carries: carries.length,
  sequences: sequences.length,
  length,
  reverse: false,
  counted: false,
  condition,
});

/** What a loop gives: the carries at the end, then what is stacked. */
export function runSteps(context: Context, steps: Steps): OperatorNode[] {
  const { b, checkpoint } = context;
  // How many steps a condition allows is known only when they are made. Loops inside others are run again with them.
  const isWhole = steps.condition !== null || steps.carries.length === 0 || context.openLoops.count > 0;
  if (checkpoint === undefined || isWhole || steps.length <= checkpoint) {
    const loop = loopOf(steps);
    const inputs = [...steps.carries, ...steps.sequences, ...steps.invariants];
    return unpack(b, context.differentiation.loop(b, loop, inputs), loop);
  }
  return inSegments(context, steps, checkpoint);
}

/**
 * The loop as one over so many segments, of which each is a loop over its steps, and one over the steps that are left. Its
 * derivative in reverse keeps the carries at the beginnings of the segments, and those of one segment at a time, which is
 * run again for that (Griewank 1992, two levels).
 */
function inSegments(context: Context, steps: Steps, segments: number): OperatorNode[] {
  const { b } = context;
  const { sequences } = steps;
  const size = Math.floor(steps.length / segments);
  const whole = size * segments;
  const cut = (x: OperatorNode, start: number, count: number) =>
    b.apply("slice", [x], {
      starts: x.shape.map((_, axis) => (axis === 0 ? start : 0)),
      steps: x.shape.map(() => 1),
      counts: x.shape.map((length, axis) => (axis === 0 ? count : length)),
    });
  const inner = (label: string, nodes: readonly OperatorNode[], cutTo?: number) =>
    nodes.map(({ shape }) => parameter(b, label, cutTo === undefined ? shape : [cutTo, ...shape.slice(1)]));
  const own = {
    carries: inner("carry", steps.carries),
    sequences: inner("segment", sequences, size),
    invariants: inner("invariant", steps.invariants),
  };
  const segment = loopOf({ ...steps, length: size });
  const results = unpack(
    b,
    context.differentiation.loop(b, segment, [...own.carries, ...own.sequences, ...own.invariants]),
    segment,
  );
  const outer = loopOf({
    ...steps,
    body: { parameters: [...own.carries, ...own.sequences, ...own.invariants], results },
    length: segments,
  });
  const gives = unpack(
    b,
    context.differentiation.loop(b, outer, [
      ...steps.carries,
      ...sequences.map((x) => b.reshape(cut(x, 0, whole), [segments, size, ...x.shape.slice(1)])),
      ...steps.invariants,
    ]),
    outer,
  );
  const count = steps.carries.length;
  const stacked = gives.slice(count).map((x) => b.reshape(x, [whole, ...x.shape.slice(2)]));
  const left = steps.length - whole;
  if (left === 0) return [...gives.slice(0, count), ...stacked];
  const rest = loopOf({ ...steps, length: left });
  const last = unpack(
    b,
    context.differentiation.loop(b, rest, [
      ...gives.slice(0, count),
      ...sequences.map((x) => cut(x, whole, left)),
      ...steps.invariants,
    ]),
    rest,
  );
  return [...last.slice(0, count), ...stacked.map((x, i) => b.concatenate([x, last[count + i]!], 0))];
}
