import { derivatives } from "../../src/autodiff/reverse.js";
import type { OperatorNode } from "../../src/graph/node.js";
import { scalarRegistry } from "../../src/ops/registry.js";
import type { Calculus } from "../../src/ops/vocabulary.js";
import { evaluator, inputNode, newCalculus } from "../support/graph.js";
import { errorInUlps, type Real, Reals, real } from "./decimal.js";
import { references } from "./reference.js";
import type { Point } from "./samples.js";

/** What is measured of an operation: its value, or the derivative by the argument of that index. */
export type Part = "value" | number;

/** A point with what holds there exactly. */
export interface Sample {
  readonly at: Point;
  readonly x: readonly Real[];
  readonly value: Real;
  /** Of the part that is measured: the value, or a derivative. */
  readonly exact: Real;
}

/** Points at which the error is measured against something else than the exact result, or the bound is another. */
export interface Region {
  readonly of: Part;
  /** Where, in a few words; regions of one name share a row of the table. */
  readonly name: string;
  readonly when: (sample: Sample) => boolean;
  /** The error counts in units of the last place of this number, if it is larger than the exact result. */
  readonly scale?: (sample: Sample) => Real;
  /** The size that is promised instead of the exact result. */
  readonly instead?: number;
  /** Why. */
  readonly reason: string;
}

export interface Subject {
  readonly op: keyof typeof scalarRegistry;
  /** The name in the table, where it is not that of the operation. */
  readonly name?: string;
  readonly points: (n: number) => readonly Point[];
  /** Values of the last arguments that are constants of the graph, not inputs. */
  readonly constants?: readonly number[];
  readonly regions?: readonly Region[];
}

export interface Row {
  readonly name: string;
  /** `value` or `∂x`, and where. */
  readonly what: string;
  readonly points: number;
  readonly worst: number;
  readonly at: Point | undefined;
  readonly bound: number;
  readonly reason: string | undefined;
}

export const isOk = ({ worst, bound, points }: Row) => points > 0 && worst <= bound;

/** The promise, in units of the last place. */
export const bounds = { value: 2, derivative: 4 };

const boundOf = (part: Part) => (part === "value" ? bounds.value : bounds.derivative);

/** Values and derivatives as the engine computes them, each for all points at once. */
function compute({ op, constants = [] }: Subject, points: readonly Point[]): Float64Array[] {
  const b = newCalculus();
  const { args } = scalarRegistry[op];
  const shape = [points.length];
  const inputs = args.slice(0, args.length - constants.length).map((arg) => inputNode(b, arg, shape));
  const output = b.apply(op, [...inputs, ...constants.map((value) => b.node(value))]);
  const outputs: OperatorNode[] = [output, ...slopes(b, output, inputs)];
  const values = new Map(
    inputs.map((_, i) => [args[i]!, { shape, data: Float64Array.from(points, (point) => point[i]!) }]),
  );
  return evaluator(outputs)(values).map(({ data }) =>
    data.length === 1 ? new Float64Array(points.length).fill(data[0]!) : data,
  );
}

/** The derivative of the sum by each input: every element's own. */
function slopes(b: Calculus, output: OperatorNode, inputs: readonly OperatorNode[]): OperatorNode[] {
  return derivatives(b, b.sum(output, null), inputs).map(
    (node, i) => node ?? b.broadcastTo(0, inputs[i]!.shape),
  );
}

const overflow = real(2 ** 1023).times(2);

/** Whether the rounded result is a finite double. */
const isRepresentable = (value: Real) =>
  value.isFinite() && value.abs().lt(overflow) && Number.isFinite(value.toNumber());

function errorOf(computed: number, sample: Sample, region: Region | undefined): number {
  if (region?.instead !== undefined)
    return Math.abs(computed) === region.instead ? 0 : Number.POSITIVE_INFINITY;
  const { exact } = sample;
  return errorInUlps(computed, exact, Reals.max(exact.abs(), region?.scale?.(sample).abs() ?? 0));
}

/** One row for the value and for each derivative, and one for each region. */
export function measure(subject: Subject, n: number): Row[] {
  const { op, constants = [] } = subject;
  const { value, partials } = references.get(op)!;
  const samples = subject
    .points(n)
    .map((at) => {
      const x = [...at, ...constants].map(real);
      return { at, x, value: value(...x) };
    })
    .filter((sample) => isRepresentable(sample.value));
  const points = samples.map(({ at }) => at);
  const [values, ...gradient] = compute(subject, points);
  return [
    ...measurePart(subject, "value", samples, values!, ({ value }) => value),
    ...gradient.flatMap((slope, i) => {
      const formula = partials[i]!;
      return formula === null ? [] : measurePart(subject, i, samples, slope, ({ x }) => formula(...x));
    }),
  ];
}

function measurePart(
  subject: Subject,
  part: Part,
  samples: readonly Omit<Sample, "exact">[],
  computed: Float64Array,
  exactly: (sample: Omit<Sample, "exact">) => Real,
): Row[] {
  const regions = (subject.regions ?? []).filter(({ of }) => of === part);
  const title = part === "value" ? "value" : `∂${scalarRegistry[subject.op].args[part]}`;
  const rows = new Map<Region | undefined, Row>(
    [undefined, ...regions].map((region) => [
      region,
      {
        name: subject.name ?? subject.op,
        what: region === undefined ? title : `${title}, ${region.name}`,
        points: 0,
        worst: 0,
        at: undefined,
        bound: boundOf(part),
        reason: region?.reason,
      },
    ]),
  );
  samples.forEach((sample, i) => {
    const exact = exactly(sample);
    // An infinite derivative is a convention, which test/ops/conventions.test.ts checks.
    if (!exact.isFinite()) return;
    const whole = { ...sample, exact };
    const region = regions.find(({ when }) => when(whole));
    const row = rows.get(region)!;
    const error = errorOf(computed[i]!, whole, region);
    const worst = row.at === undefined || error > row.worst ? { worst: error, at: sample.at } : {};
    rows.set(region, { ...row, points: row.points + 1, ...worst });
  });
  // A region without a point does not occur.
  return [...rows.values()].filter(({ points, reason }) => points > 0 || reason === undefined);
}
