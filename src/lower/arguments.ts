import type { CallExpression } from "../../grammar/index.js";
import { fault, type Span } from "../diagnostics.js";
import type { ArgumentKind, ArgumentTypes, AxesOfTwo, Builtin } from "../ops/builtin.js";
import { formatShape, sameShape, type Tensor } from "../tensor.js";
import { type Context, constantOf, nodeOf } from "./context.js";
import { requireMatch } from "./signature.js";
import { describeValue, type Value } from "./value.js";

/** An argument of a call, evaluated. */
export interface Given {
  readonly value: Value;
  readonly span: Span;
}

interface Slot {
  readonly context: Context;
  /** Names for messages. */
  readonly name: string;
  readonly argument: string;
}

type Converter<K extends ArgumentKind> = (slot: Slot, given: readonly Given[]) => ArgumentTypes[K];

const reject = ({ name, argument }: Slot, expected: string, actual: string, span: Span) =>
  fault("argument-kind", { name, argument, expected, actual }, span);

/** What is expected where a number is not one that counts: a fraction, or more than a double counts up to. */
const wholeNumbers = (value: number) =>
  Number.isInteger(value) ? "whole numbers up to 2^53" : "whole numbers";

function constant(slot: Slot, { value, span }: Given): Tensor {
  return constantOf(
    slot.context,
    nodeOf(value, span),
    `the argument \`${slot.argument}\` of \`${slot.name}\``,
    span,
  );
}

function number(slot: Slot, given: Given): number {
  const { shape, data } = constant(slot, given);
  if (shape.length > 0) throw reject(slot, "a number", `a tensor of shape ${formatShape(shape)}`, given.span);
  return data[0]!;
}

function integer(slot: Slot, given: Given): number {
  const value = number(slot, given);
  if (!Number.isSafeInteger(value)) throw reject(slot, "a whole number", `${value}`, given.span);
  return value;
}

/** One integer, a list or a tuple of integers, or (where the arguments may go on) several of any of them. */
function integers(slot: Slot, given: readonly Given[]): number[] {
  return given.flatMap((one): number[] => {
    if (one.value.kind === "tuple") {
      return one.value.elements.map((value) => integer(slot, { ...one, value }));
    }
    const { shape, data } = constant(slot, one);
    if (shape.length > 1)
      throw reject(slot, "a list of whole numbers", `a tensor of shape ${formatShape(shape)}`, one.span);
    for (const value of data) {
      if (!Number.isSafeInteger(value)) throw reject(slot, wholeNumbers(value), `${value}`, one.span);
    }
    return [...data];
  });
}

function tensors({ context: { b }, ...slot }: Slot, [given]: readonly Given[]): ArgumentTypes["tensors"] {
  const { value, span } = given!;
  if (value.kind === "tuple") {
    if (value.elements.length > 0) return value.elements.map((element) => nodeOf(element, span));
    throw fault("empty-list", {}, span);
  }
  const node = nodeOf(value, span);
  const count = node.shape[0];
  if (count === undefined || count === 0) {
    throw fault(
      "argument-kind",
      { ...slot, expected: "a tuple or a list of tensors", actual: describeValue(value) },
      span,
    );
  }
  // A list has become one tensor already; its elements are the slices along the first axis.
  const rest = node.shape.slice(1);
  return Array.from({ length: count }, (_, i) => {
    const part = b.apply("slice", [node], {
      starts: [i, ...rest.map(() => 0)],
      steps: node.shape.map(() => 1),
      counts: [1, ...rest],
    });
    return b.reshape(part, rest);
  });
}

function text(slot: Slot, [given]: readonly Given[]): string {
  const { value, span } = given!;
  if (value.kind !== "string") throw reject(slot, "a string", describeValue(value), span);
  return value.text;
}

/** A number of axes, or two axes, or two lists of axes: `2`, `(0, 1)`, `([0, 1], [1, 0])`. */
function axesOfTwo(slot: Slot, [given]: readonly Given[]): AxesOfTwo {
  const { value, span } = given!;
  const expected = "a whole number or a pair of lists of axes";
  if (value.kind === "tuple") {
    if (value.elements.length !== 2) throw reject(slot, expected, describeValue(value), span);
    const [x, y] = value.elements.map((element) => integers(slot, [{ value: element, span }]));
    return [x!, y!];
  }
  const axes = constant(slot, given!);
  if (axes.shape.length === 0) return integer(slot, given!);
  if (axes.shape[0] !== 2 || axes.shape.length > 2) throw reject(slot, expected, describeValue(value), span);
  const half = axes.data.length / 2;
  return [[...axes.data.subarray(0, half)], [...axes.data.subarray(half)]];
}

/** Whole numbers of any shape; a tuple counts as a list. */
function wholeTensor(slot: Slot, given: Given): Tensor {
  if (given.value.kind === "tuple") {
    const parts = given.value.elements.map((value) => wholeTensor(slot, { ...given, value }));
    const inner = parts[0]?.shape ?? [];
    if (parts.some(({ shape }) => !sameShape(shape, inner)))
      throw reject(slot, "whole numbers", "a tuple whose elements have different shapes", given.span);
    return {
      shape: [parts.length, ...inner],
      data: Float64Array.from(parts.flatMap(({ data }) => [...data])),
    };
  }
  const tensor = constant(slot, given);
  const other = tensor.data.find((value) => !Number.isSafeInteger(value));
  if (other !== undefined) throw reject(slot, wholeNumbers(other), `${other}`, given.span);
  return tensor;
}

const converters: { readonly [K in ArgumentKind]: Converter<K> } = {
  tensor: (_slot, [given]) => nodeOf(given!.value, given!.span),
  tensors,
  integer: (slot, [given]) => integer(slot, given!),
  number: (slot, [given]) => number(slot, given!),
  flag: (slot, [given]) => number(slot, given!) !== 0,
  axes: integers,
  sizes: integers,
  operands: (_slot, given) => given.map(({ value, span }) => nodeOf(value, span)),
  text,
  axesOfTwo,
  integers: (slot, [given]) => wholeTensor(slot, given!),
};

/** The values that a built-in's parameters get from a call. Every mismatch is a fault at its argument. */
export function convertArguments(
  context: Context,
  { parameters }: Builtin,
  name: string,
  call: CallExpression,
  given: readonly Given[],
): ReadonlyMap<string, unknown> {
  const matched = requireMatch(name, parameters, call);
  return new Map(
    [...parameters].map(([argument, parameter]) => {
      const positions = matched.get(argument);
      if (positions === undefined) return [argument, parameter.default];
      const own = positions.map((position) => given[position]!);
      return [argument, converters[parameter.kind]({ context, name, argument }, own)];
    }),
  );
}
