import { Fault, fault } from "../../diagnostics.js";
import type { OperatorNode } from "../../graph/node.js";
import type { Limits } from "../../limits.js";
import { tensorsByName } from "../../program/named.js";
import type { Program } from "../../program/program.js";
import type { InputValue } from "../../program/values.js";
import type { Gradient } from "../../results.js";
import { formatShape, indexAt, type Shape, sizeOf, type Tensor } from "../../tensor.js";
import type { Cause, Why } from "../../why-results.js";
import { type Explained, explain } from "../explain.js";
import { nonFiniteCause } from "./backward.js";
import { type Found, followNonFinite, followZero, valueCause } from "./forward.js";
import { Pullback } from "./pullback.js";
import { roundingCause } from "./rounding.js";
import { Situation } from "./situation.js";
import type { NamedElement } from "./target.js";
import { Zeros } from "./zeros.js";

export interface WhyOptions {
  readonly limits: Pick<Limits, "memory">;
  /** Loops that would make more nodes than this are looked into part by part. */
  readonly mostNodes?: number;
}

const mostNodes = 30_000;
/** More causes than these are counted only. */
const mostCauses = 5;

/** Why a value of the program, which was compiled for it alone, is what it is. */
export function whyValue(
  program: Program,
  values: ReadonlyMap<string, InputValue>,
  { name, index }: NamedElement,
  options: WhyOptions,
): Why {
  const { explained, inputs, evaluation } = prepared(program, values);
  const { tensor } = evaluation.outputs.find((output) => output.name === name)!;
  const asked = index === undefined ? undefined : positionOf(name, index, tensor.shape);
  const { element, count } = chosen(tensor, asked);
  const value = tensor.data[element];
  const isZero = value === 0;
  const result = {
    name,
    index: value === undefined ? [] : indexAt(element, tensor.shape),
    outputRank: tensor.shape.length,
    shape: tensor.shape,
    value: value ?? Number.NaN,
    count,
    span: explained.trace.lowered.nodes.get(name)?.span,
  };
  if (value === undefined || (Number.isFinite(value) && !isZero))
    return { ...result, causes: [], omitted: 0 };
  const causes = refined(explained, inputs, [name], options, (situation) => {
    const place = { node: situation.nodeNamed(name), element };
    situation.compute(situation.order);
    return [
      valueCause(
        situation,
        isZero ? followZero(situation, place) : followNonFinite(situation, place),
        isZero,
      ),
    ];
  });
  return { ...result, causes, omitted: 0 };
}

/** Why a derivative of the program, which was compiled for it, is what it is. Of several outputs, the first that is not as it should be. */
export function whyDerivative(
  program: Program,
  values: ReadonlyMap<string, InputValue>,
  of: NamedElement | undefined,
  by: NamedElement,
  options: WhyOptions,
): Why {
  const { explained, inputs, evaluation } = prepared(program, values);
  const gradients = evaluation.gradients.filter(({ input }) => input === by.name);
  const gradient = gradients.toSorted((p, q) => severity(q) - severity(p))[0]!;
  const { output, input, outputRank, tensor } = gradient;
  const { nodes } = explained.trace.lowered;
  const outputShape = nodes.get(output)!.shape;
  const inputShape = nodes.get(input)!.shape;
  const row = of?.index === undefined ? undefined : positionOf(output, of.index, outputShape);
  const column = by.index === undefined ? undefined : positionOf(input, by.index, inputShape);
  const { element, count } = chosenIn(gradient, outputShape, inputShape, row, column);
  const width = sizeOf(inputShape);
  const value = tensor.data[element];
  const result = {
    name: `∂${output}/∂${input}`,
    output,
    input,
    index: value === undefined ? [] : indexAt(element, tensor.shape),
    outputRank,
    shape: tensor.shape,
    value: value ?? Number.NaN,
    count,
    span: nodes.get(input)?.span,
  };
  if (value === undefined) return { ...result, causes: [], omitted: 0 };
  const causes = refined(explained, inputs, [output, input], options, (situation) => {
    const [target, source] = [situation.nodeNamed(output), situation.nodeNamed(input)];
    const pullback = new Pullback(situation, target, Math.floor(element / width), source);
    const at = element % width;
    const own = pullback.sumGradOf(source)?.data[at] ?? 0;
    if (!Number.isFinite(own)) return [nonFiniteCause(situation, pullback, at)];
    if (own === 0) return new Zeros(situation, pullback).causesFor(at, { output, input });
    return roundingCause(situation, pullback, at);
  });
  return { ...result, causes: causes.slice(0, mostCauses), omitted: Math.max(0, causes.length - mostCauses) };
}

function prepared(program: Program, values: ReadonlyMap<string, InputValue>) {
  const bound = program.bind(values);
  if (!bound.ok) throw new Fault(bound.diagnostics);
  const run = bound.bound.run(bound.bound.values);
  if (!run.ok) throw new Fault(run.diagnostics);
  const explained = explain(program, bound.bound.values);
  tensorsByName(explained.trace.lowered, [...program.outputs, ...program.wrt]);
  return { explained, inputs: bound.bound.values, evaluation: run.evaluation };
}

/** Looks again with smaller parts of loops as long as something enters within a part that is a loop itself. */
function refined(
  explained: Explained,
  inputs: ReadonlyMap<string, Tensor>,
  names: readonly string[],
  options: WhyOptions,
  find: (situation: Situation) => Found[],
): Cause[] {
  const first = explained.trace.b.builder.size;
  const focus = new Map<OperatorNode, readonly [number, number]>();
  for (;;) {
    const situation = new Situation(explained, inputs, names, {
      limits: options.limits,
      mostNodes: options.mostNodes ?? mostNodes,
      focus,
      first,
    });
    const found = find(situation);
    const inside = found
      .map(({ origin }) => (origin === undefined ? undefined : situation.unrolled.parts.get(origin)))
      .find((part) => part !== undefined);
    const known = inside === undefined ? undefined : focus.get(inside.loop);
    const isNarrower =
      inside !== undefined && (known === undefined || inside.to - inside.from < known[1] - known[0]);
    if (!isNarrower) return found.map(({ cause }) => cause);
    focus.set(inside.loop, [inside.from, inside.to]);
  }
}

/** Not finite before 0 before anything else. */
function severity({ tensor, outputRank }: Gradient): number {
  if (tensor.data.some((value) => !Number.isFinite(value))) return 2;
  return outputRank === 0 && tensor.data.includes(0) ? 1 : 0;
}

function positionOf(name: string, index: readonly number[], shape: Shape): number {
  const isInside = index.length === shape.length && index.every((at, axis) => at < shape[axis]!);
  if (!isInside)
    throw fault("why-index", { name, index: `[${index.join(", ")}]`, shape: formatShape(shape) });
  return index.reduce((position, at, axis) => position * shape[axis]! + at, 0);
}

/** The element that is asked for, or the first that is not finite, or the first that is 0, or the first. */
function chosen({ data }: Tensor, asked: number | undefined): Choice {
  const isBad = (value: number) => !Number.isFinite(value);
  const isZero = (value: number) => value === 0;
  const found = asked ?? [data.findIndex(isBad), data.findIndex(isZero), 0].find((at) => at >= 0)!;
  const value = data[found] ?? 1;
  const isSame = isBad(value)
    ? isBad
    : isZero(value)
      ? isZero
      : (other: number) => !isBad(other) && !isZero(other);
  return { element: found, count: { affected: data.filter(isSame).length, total: data.length } };
}

interface Choice {
  readonly element: number;
  readonly count: { readonly affected: number; readonly total: number };
}

/**
 * The same of a derivative. Of a tensor's derivative most zeros are as they should be: one counts where a whole input element
 * or a whole output element has nothing but zeros.
 */
function chosenIn(
  { tensor, outputRank }: Gradient,
  outputShape: Shape,
  inputShape: Shape,
  row: number | undefined,
  column: number | undefined,
): Choice {
  const { data } = tensor;
  const [rows, columns] = [sizeOf(outputShape), sizeOf(inputShape)];
  const isAsked = (at: number) =>
    (row === undefined || Math.floor(at / columns) === row) &&
    (column === undefined || at % columns === column);
  const first = (test: (at: number) => boolean) => {
    for (let at = 0; at < data.length; at++) if (isAsked(at) && test(at)) return at;
    return -1;
  };
  const isZeroColumn = (at: number) => {
    for (let i = at % columns; i < data.length; i += columns) if (data[i] !== 0) return false;
    return true;
  };
  const isZeroRow = (at: number) => {
    const start = Math.floor(at / columns) * columns;
    for (let i = start; i < start + columns; i++) if (data[i] !== 0) return false;
    return true;
  };
  const isWhole = outputRank === 0 || rows === 1 || (row !== undefined && column !== undefined);
  const bad = first((at) => !Number.isFinite(data[at]!));
  const zero = first((at) => data[at] === 0 && (isWhole || isZeroColumn(at) || isZeroRow(at)));
  const other = first((at) => data[at] !== 0);
  const element = [bad, zero, other, first(() => true)].find((at) => at >= 0) ?? 0;
  const value = data[element] ?? 1;
  const isSame = !Number.isFinite(value)
    ? (one: number) => !Number.isFinite(one)
    : value === 0
      ? (one: number) => one === 0
      : (one: number) => Number.isFinite(one) && one !== 0;
  return { element, count: { affected: data.filter(isSame).length, total: data.length } };
}
