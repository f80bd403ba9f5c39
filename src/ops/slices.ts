import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "./vocabulary.js";

/** `count` elements of x from `start` on along one axis (negative), every step-th. */
export function sliceAxis(
  b: Calculus,
  x: OperatorNode,
  axis: number,
  start: number,
  count: number,
  step = 1,
): OperatorNode {
  if (start === 0 && step === 1 && count === x.shape.at(axis)) return x;
  const trailing = x.shape.slice(axis);
  return b.apply("slice", [x], {
    starts: trailing.map((_, i) => (i === 0 ? start : 0)),
    steps: trailing.map((_, i) => (i === 0 ? step : 1)),
    counts: trailing.map((size, i) => (i === 0 ? count : size)),
  });
}

/** The elements along one axis (negative) in reverse order. */
export function flipAxis(b: Calculus, x: OperatorNode, axis: number): OperatorNode {
  const size = x.shape.at(axis)!;
  return size < 2 ? x : sliceAxis(b, x, axis, size - 1, size, -1);
}

/** The elements moved on by one place along an axis (negative): the last one drops out, `first` comes in front. */
export function shiftAxis(b: Calculus, x: OperatorNode, axis: number, first: number): OperatorNode {
  const size = x.shape.at(axis)!;
  if (size === 0) return x;
  const front = x.shape.map((length, i) => (i - x.shape.length === axis ? 1 : length));
  return b.concatenate([b.broadcastTo(first, front), sliceAxis(b, x, axis, 0, size - 1)], axis);
}
