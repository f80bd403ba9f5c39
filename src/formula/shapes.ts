import type { Expression, Subscript } from "../../grammar/ast.js";
import type { OperatorNode } from "../graph/node.js";
import type { TensorOpName } from "../ops/registry.js";
import { type Shape, sameShape, sizeOf } from "../tensor.js";
import { filledOf, tensorOf } from "./numbers.js";
import { pieceOf } from "./pieces.js";
import { productOf, solutionOf } from "./products.js";
import {
  fillOf,
  type Look,
  numbersOf,
  operandOf,
  type Spelling,
  type Spelt,
  seen,
  spelt,
} from "./spelling.js";
import { at, call, list, literal, nowhere, numbers, subscripted, transposed, tuple } from "./terms.js";

const sizes = (shape: Shape) => shape.map(literal);

/** A cut of one axis as a subscript. */
function rangeOf(start: number, step: number, count: number, size: number): Subscript {
  const bound = (value: number, otherwise: number) => (value === otherwise ? {} : { value: literal(value) });
  if (count === 0) return { kind: "slice", stop: literal(0), span: nowhere };
  if (count === 1 && size > 1)
    return { kind: "slice", start: literal(start), stop: literal(start + 1), span: nowhere };
  const last = start + (count - 1) * step;
  const first = bound(start, step > 0 ? 0 : size - 1).value;
  const stop =
    step > 0 ? bound(Math.min(last + 1, size), size).value : last === 0 ? undefined : literal(last - 1);
  return {
    kind: "slice",
    ...(first === undefined ? {} : { start: first }),
    ...(stop === undefined ? {} : { stop }),
    ...(step === 1 ? {} : { step: literal(step) }),
    span: nowhere,
  };
}

const isWhole = (subscript: Subscript) =>
  subscript.kind === "slice" &&
  subscript.start === undefined &&
  subscript.stop === undefined &&
  subscript.step === undefined;

/** Without the whole axes at the end. */
function withoutRest(subscripts: readonly Subscript[]): readonly Subscript[] {
  let { length } = subscripts;
  while (length > 1 && isWhole(subscripts[length - 1]!)) length -= 1;
  return subscripts.slice(0, length);
}

/** The subscripts of a slice, of which `dropped` axes are single indices. */
function cutsOf(slice: OperatorNode, dropped: ReadonlySet<number>): readonly Subscript[] {
  const { shape } = slice.inputs[0]!;
  const [starts, steps, counts] = ["starts", "steps", "counts"].map((name) => numbersOf(slice, name));
  const whole = shape.length - counts!.length;
  const cuts = shape.map((size, axis): Subscript => {
    if (axis < whole) return { kind: "slice", span: nowhere };
    const i = axis - whole;
    return dropped.has(axis) ? at(literal(starts![i]!)) : rangeOf(starts![i]!, steps![i]!, counts![i]!, size);
  });
  return withoutRest(cuts);
}

/** A slice of which a reshaping drops axes of size 1: `x[i]`. */
function elementOf(node: OperatorNode, look: Look): Spelt | undefined {
  const slice = seen(node.inputs[0], "slice", look);
  if (slice === undefined) return undefined;
  const before = slice.inputs[0]!.shape;
  const cut = slice.shape.flatMap((size, axis) => (size === 1 && before[axis] !== 1 ? [axis] : []));
  const single = slice.shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  for (const dropped of [cut, single]) {
    const rest = slice.shape.filter((_, axis) => !dropped.includes(axis));
    if (dropped.length > 0 && sameShape(rest, node.shape))
      return spelt([slice.inputs[0]!], ([x]) => subscripted(x!, cutsOf(slice, new Set(dropped))));
  }
  return undefined;
}

const reshape: Spelling = (node, look) => {
  const [x] = node.inputs;
  const found =
    pieceOf(node, look) ?? productOf(node, look) ?? solutionOf(node, look) ?? elementOf(node, look);
  if (found !== undefined) return found;
  const { shape } = node;
  if (shape.length === 1) return spelt([x!], ([a]) => call("ravel", [a!]));
  const added = shape.findIndex((size, axis) => size === 1 && sameShape(shape.toSpliced(axis, 1), x!.shape));
  if (added >= 0) return spelt([x!], ([a]) => call("expand_dims", [a!, literal(added)]));
  if (
    sameShape(
      shape,
      x!.shape.filter((size) => size !== 1),
    )
  )
    return spelt([x!], ([a]) => call("squeeze", [a!]));
  return spelt([x!], ([a]) => call("reshape", [a!, ...sizes(shape)]));
};

const transpose: Spelling = (node) => {
  const order = numbersOf(node, "permutation");
  const isReversed = order.every((from, to) => from === order.length - 1 - to);
  return spelt(node.inputs, ([x]) => (isReversed ? transposed(x!) : call("transpose", [x!, numbers(order)])));
};

const broadcastTo: Spelling = (node, look) => {
  const fill = fillOf(node, look);
  if (fill !== undefined) return spelt([], () => filledOf(fill, node.shape));
  return spelt(node.inputs, ([x]) => call("broadcast_to", [x!, list(sizes(node.shape))]));
};

const slice: Spelling = (node, look) =>
  pieceOf(node, look) ?? spelt(node.inputs, ([x]) => subscripted(x!, cutsOf(node, new Set())));

/** Zeros around x: `pad`; where there are zeros between its elements, they are added to places along each axis. */
const embed: Spelling = (node) => {
  const [x] = node.inputs;
  const [starts, steps] = ["starts", "steps"].map((name) => numbersOf(node, name));
  const rank = node.shape.length;
  const first = rank - starts!.length;
  const isSpread = (axis: number) =>
    axis >= first && Math.abs(steps![axis - first]!) > 1 && x!.shape[axis]! > 1;
  const isTurned = (axis: number) => axis >= first && steps![axis - first] === -1 && x!.shape[axis]! > 1;
  return spelt([x!], ([a]) => {
    let made = a!;
    const axes = node.shape.map((_, axis) => axis);
    for (const axis of axes.filter(isSpread)) {
      const places = Array.from(
        { length: x!.shape[axis]! },
        (_, i) => starts![axis - first]! + i * steps![axis - first]!,
      );
      made = segments(made, numbers(places), node.shape[axis]!, axis);
    }
    const turned = axes.filter(isTurned);
    if (turned.length > 0)
      made = call("flip", [made], { axis: turned.length === 1 ? literal(turned[0]!) : numbers(turned) });
    const widths = axes.map((axis): [number, number] => {
      if (axis < first || isSpread(axis)) return [0, 0];
      const count = x!.shape[axis]!;
      const start = starts![axis - first]! - (isTurned(axis) ? count - 1 : 0);
      return [start, node.shape[axis]! - start - count];
    });
    if (widths.every(([before, after]) => before === 0 && after === 0)) return made;
    const pairs = widths.map((pair) => numbers(pair));
    return call("pad", [made, pairs.length === 1 ? pairs[0]! : list(pairs)]);
  });
};

const segments = (x: Expression, places: Expression, count: number, axis: number) =>
  call("segment_sum", [x, places, literal(count)], { axis: axis === 0 ? undefined : literal(axis) });

const axisOf = (node: OperatorNode) => node.inputs[0]!.shape.length + (node.attributes.axis as number);

/** The parts as they were before each got a new axis of size 1, where all are of that kind. */
function stackedParts(node: OperatorNode, axis: number, look: Look): readonly OperatorNode[] | undefined {
  const parts = node.inputs.map((part) => {
    const inner = part.shape[axis] === 1 ? operandOf(part, "reshape", look) : undefined;
    return inner !== undefined && sameShape(inner.shape, part.shape.toSpliced(axis, 1)) ? inner : undefined;
  });
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

const concatenate: Spelling = (node, look) => {
  const axis = axisOf(node);
  const keyword = axis === 0 ? undefined : literal(axis);
  const parts = stackedParts(node, axis, look);
  if (parts !== undefined)
    return spelt(parts, (all) => (axis === 0 ? list(all) : call("stack", [tuple(all)], { axis: keyword })));
  return spelt(node.inputs, (all) => call("concatenate", [tuple(all)], { axis: keyword }));
};

const diagonal: Spelling = (node) => {
  const { shape } = node.inputs[0]!;
  if (shape.length === 2) return spelt(node.inputs, ([x]) => call("diag", [x!]));
  const size = node.shape.at(-1)!;
  const isSquare = shape.at(-1) === size && shape.at(-2) === size;
  const range: Subscript = { kind: "slice", stop: literal(size), span: nowhere };
  return spelt(node.inputs, ([x]) => {
    const square = isSquare ? x! : subscripted(x!, [{ kind: "ellipsis", span: nowhere }, range, range]);
    return call("einsum", [{ kind: "string", value: "...ii->...i", span: nowhere }, square]);
  });
};

const embedDiagonal: Spelling = (node, look) => {
  const [x] = node.inputs;
  const [rows, columns] = node.shape.slice(-2);
  const identity = () =>
    call("eye", rows === columns ? [literal(rows!)] : [literal(rows!), literal(columns!)]);
  if (x!.shape.length === 1 && fillOf(x!, look) === 1) return spelt([], identity);
  if (x!.shape.length === 1 && rows === columns) return spelt([x!], ([a]) => call("diag", [a!]));
  // Not a product, in which 0 times an infinity would be NaN.
  const axis = rows === x!.shape.at(-1) ? x!.shape.length : x!.shape.length - 1;
  return spelt([x!], ([a]) =>
    call("where", [identity(), call("expand_dims", [a!, literal(axis)]), literal(0)]),
  );
};

/** Indices, as whole numbers in a list. */
const gather: Spelling = (node) => {
  const axis = axisOf(node);
  const whole: Subscript = { kind: "slice", span: nowhere };
  return spelt(node.inputs, ([x, index]) =>
    subscripted(x!, [...Array<Subscript>(axis).fill(whole), at(index!)]),
  );
};

const scatterAdd: Spelling = (node) =>
  spelt(node.inputs, ([x, index]) => segments(x!, index!, node.attributes.size as number, axisOf(node)));

const constant: Spelling = ({ attributes }) => {
  const { value } = attributes;
  return spelt([], () => {
    if (typeof value === "number") return tensorOf({ shape: [], data: Float64Array.of(value) });
    const tensor = value as Parameters<typeof tensorOf>[0];
    const [first] = tensor.data;
    const isFilled = sizeOf(tensor.shape) > 3 && tensor.data.every((one) => Object.is(one, first));
    return isFilled ? filledOf(first!, tensor.shape) : tensorOf(tensor);
  });
};

const random: Spelling = ({ attributes, shape }) =>
  spelt([], () => {
    const { distribution, seed } = attributes as { distribution: string; seed: number };
    return call(distribution === "uniform" ? "rand" : "randn", sizes(shape), { seed: literal(seed) });
  });

type ShapeOpName =
  | "input"
  | "constant"
  | "iota"
  | "random"
  | "named"
  | "reshape"
  | "transpose"
  | "broadcast_to"
  | "slice"
  | "embed"
  | "concatenate"
  | "diagonal"
  | "embed_diagonal"
  | "gather"
  | "scatter_add";

/** Leaves, and operations that move elements. */
export const shapeSpellings = {
  input: ({ attributes }) =>
    spelt([], () => ({ kind: "name", name: attributes.name as string, span: nowhere })),
  constant,
  iota: ({ attributes }) => spelt([], () => call("arange", [literal(attributes.count as number)])),
  random,
  named: (node) => spelt(node.inputs, ([x]) => x!),
  reshape,
  transpose,
  broadcast_to: broadcastTo,
  slice,
  embed,
  concatenate,
  diagonal,
  embed_diagonal: embedDiagonal,
  gather,
  scatter_add: scatterAdd,
} satisfies Readonly<Record<ShapeOpName & TensorOpName, Spelling>>;
