import type { Span } from "../diagnostics.js";
import { fault } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { formatShape } from "../tensor.js";
import { type Context, constantOf } from "./context.js";

/** A subscript with its expressions lowered. */
export type LoweredSubscript =
  | { readonly kind: "at"; readonly index: OperatorNode; readonly span: Span }
  | { readonly kind: "ellipsis"; readonly span: Span }
  | {
      readonly kind: "slice";
      readonly start: OperatorNode | undefined;
      readonly stop: OperatorNode | undefined;
      readonly step: OperatorNode | undefined;
      readonly span: Span;
    };

interface Cut {
  readonly start: number;
  readonly step: number;
  readonly count: number;
  /** A single index, whose axis goes away. */
  readonly drops: boolean;
}

/** NumPy's basic indexing: integers, slices and one `...`; axes without a subscript stay whole. */
export function lowerSubscripts(
  context: Context,
  x: OperatorNode,
  subscripts: readonly LoweredSubscript[],
  span: Span,
): OperatorNode {
  const { shape } = x;
  const given = subscripts.filter(({ kind }) => kind !== "ellipsis").length;
  const ellipses = subscripts.filter(({ kind }) => kind === "ellipsis");
  if (ellipses.length > 1)
    throw fault("subscript", { reason: "is a second `...`; one is enough" }, ellipses[1]!.span);
  if (given > shape.length) throw fault("too-many-subscripts", { given, shape: formatShape(shape) }, span);

  const whole = (axis: number): Cut => ({ start: 0, step: 1, count: shape[axis]!, drops: false });
  const cuts: Cut[] = [];
  for (const subscript of subscripts) {
    const axis = cuts.length;
    if (subscript.kind === "ellipsis") {
      for (let i = 0; i < shape.length - given; i++) cuts.push(whole(axis + i));
    } else {
      cuts.push(
        subscript.kind === "at"
          ? single(context, subscript, axis, shape[axis]!)
          : range(context, subscript, shape[axis]!),
      );
    }
  }
  while (cuts.length < shape.length) cuts.push(whole(cuts.length));

  const isWhole = cuts.every(
    ({ start, step, count }, axis) => start === 0 && step === 1 && count === shape[axis],
  );
  const sliced = isWhole
    ? x
    : context.b.apply("slice", [x], {
        starts: cuts.map(({ start }) => start),
        steps: cuts.map(({ step }) => step),
        counts: cuts.map(({ count }) => count),
      });
  return context.b.reshape(
    sliced,
    cuts.flatMap(({ count, drops }) => (drops ? [] : [count])),
  );
}

function integerOf(context: Context, node: OperatorNode, span: Span): number {
  const { shape, data } = constantOf(context, node, "an index", span);
  if (shape.length > 0) throw fault("not-supported-yet", { what: "indexing by a vector" }, span);
  const [value] = data;
  if (!Number.isSafeInteger(value))
    throw fault("subscript", { reason: `is ${value}, not a whole number` }, span);
  return value!;
}

function single(
  context: Context,
  { index: node, span }: { index: OperatorNode; span: Span },
  axis: number,
  size: number,
): Cut {
  const index = integerOf(context, node, span);
  if (index < -size || index >= size) throw fault("index-range", { index, axis, size }, span);
  return { start: index < 0 ? index + size : index, step: 1, count: 1, drops: true };
}

/** Python's rule for `start:stop:step` on an axis of a given size. */
function range(context: Context, slice: Extract<LoweredSubscript, { kind: "slice" }>, size: number): Cut {
  const value = (node: OperatorNode | undefined) =>
    node === undefined ? undefined : integerOf(context, node, slice.span);
  const step = value(slice.step) ?? 1;
  if (step === 0) throw fault("subscript", { reason: "has a step of 0" }, slice.span);
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (bound: number | undefined, otherwise: number) =>
    bound === undefined ? otherwise : Math.min(most, Math.max(least, bound < 0 ? bound + size : bound));
  const start = clamp(value(slice.start), step > 0 ? least : most);
  const stop = clamp(value(slice.stop), step > 0 ? most : least);
  const count = Math.max(0, Math.ceil((stop - start) / step));
  return { start: count === 0 ? 0 : start, step, count, drops: false };
}
