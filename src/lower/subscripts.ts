import type { Span } from "../diagnostics.js";
import { fault } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { formatShape, scalar, type Tensor } from "../tensor.js";
import { type Context, constantOf } from "./context.js";
import { gatherVectors } from "./index-vectors.js";

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
  /** Several indices, to be chosen after the others have cut. */
  readonly index?: Tensor;
}

/** NumPy's indexing: integers, vectors of integers, slices and one `...`; axes without a subscript stay whole. */
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
          ? at(context, subscript, axis, shape[axis]!)
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
  if (cuts.some(({ index }) => index !== undefined)) {
    // Beside vectors, a single index counts as one more of them.
    const indices = cuts.flatMap(({ index, drops }, axis) => {
      if (index !== undefined) return [{ axis, index }];
      return drops ? [{ axis, index: scalar(0) }] : [];
    });
    return gatherVectors(context.b, sliced, indices, span);
  }
  return context.b.reshape(
    sliced,
    cuts.flatMap(({ count, drops }) => (drops ? [] : [count])),
  );
}

function integersOf(context: Context, node: OperatorNode, span: Span): Tensor {
  const index = constantOf(context, node, "an index", span);
  const other = index.data.find((value) => !Number.isSafeInteger(value));
  if (other !== undefined) throw fault("subscript", { reason: `is ${other}, not a whole number` }, span);
  return index;
}

/** The end of a slice. */
function integerOf(context: Context, node: OperatorNode, span: Span): number {
  const { shape, data } = integersOf(context, node, span);
  if (shape.length > 0) throw fault("subscript", { reason: "has a vector in a slice" }, span);
  return data[0]!;
}

/** One index or several along an axis. */
function at(
  context: Context,
  { index: node, span }: { index: OperatorNode; span: Span },
  axis: number,
  size: number,
): Cut {
  const { shape, data } = integersOf(context, node, span);
  const places = data.map((index) => {
    if (index < -size || index >= size) throw fault("index-range", { index, axis, size }, span);
    return index < 0 ? index + size : index;
  });
  if (shape.length === 0) return { start: places[0]!, step: 1, count: 1, drops: true };
  return { start: 0, step: 1, count: size, drops: false, index: { shape, data: places } };
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
