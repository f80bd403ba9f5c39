import { everywhere } from "../autodiff/cotangent.js";
import { identitySeed } from "../autodiff/reverse.js";
import { diagnose, Fault } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import type { Limits } from "../limits.js";
import { suggest } from "../lower/suggest.js";
import { tensorsByName } from "../program/named.js";
import type { Program } from "../program/program.js";
import type { Shape, Tensor } from "../tensor.js";
import type { BackwardPass, Shown, Trace } from "../trace-results.js";
import { type Explained, explain } from "./explain.js";
import { type Flow, flowOf, type Step } from "./flow.js";
import { mostFormulas } from "./local.js";
import { backwardRow, forwardRow, type Pending, Values } from "./rows.js";
import { type Received, type Seed, sweep } from "./sweep.js";

export interface TraceOptions {
  /** Only these nodes, what they read, and what passes between them. Default: all. */
  readonly nodes?: readonly string[];
  /**
   * More steps than these are shown at both ends only, unless nodes are named; and of a step that more than these read, both
   * ends of its contributions. Default: all.
   */
  readonly most?: number;
  readonly limits: Pick<Limits, "memory">;
}

/** A backward pass that is to be shown. */
export interface Pass {
  readonly output: string;
  readonly shape: Shape;
  readonly received: readonly Received[];
  readonly notConnected: readonly string[];
}

/** The forward pass of a program, and the backward pass from each of its outputs. */
export function traceProgram(
  program: Program,
  values: ReadonlyMap<string, Tensor>,
  options: TraceOptions,
): Trace {
  const explained = explain(program, values);
  const { b, lowered } = explained.trace;
  const outputs = tensorsByName(lowered, program.outputs);
  const wrt = tensorsByName(lowered, program.wrt);
  const flow = flowOf(
    outputs.map(([, node]) => node),
    explained.context,
  );
  const wanted = new Set(wrt.map(([, node]) => node));
  const passes = outputs.map(([output, node]): Pass => {
    const cotangent = everywhere(identitySeed(b, node));
    const seeds: Seed[] = [{ node, source: output, cotangent }];
    const received = wanted.size === 0 ? [] : sweep(b, flow, seeds, wanted);
    const reached = new Set(received.map(({ part }) => part.node));
    const notConnected = wrt.flatMap(([name, own]) => (reached.has(own) ? [] : [name]));
    return { output, shape: node.shape, received, notConnected };
  });
  return assemble(explained, flow, passes, options);
}

/** The rows of a trace, with their numbers. */
export function assemble(
  { trace }: Explained,
  flow: Flow,
  passes: readonly Pass[],
  { nodes, most = Number.POSITIVE_INFINITY, limits }: TraceOptions,
): Trace {
  const { b } = trace;
  const values = new Values(trace, limits);
  const chosen = nodes === undefined ? undefined : stepsNamed(nodes, flow, [...trace.lowered.nodes.keys()]);
  const read = new Set(chosen);
  for (const step of chosen ?? [])
    for (const operand of step.operands) if (operand.kind === "step") read.add(operand.step);
  const steps = chosen === undefined ? ends(flow.steps, most) : flow.steps.filter((step) => read.has(step));
  const forward = steps.map((step) => forwardRow(step, values));
  const backward = passes.map(({ output, shape, received, notConnected }): Pending<BackwardPass> => {
    const zero = b.broadcastTo(0, shape);
    const sums = new Map(received.map(({ part, sumGrad }) => [part.node, sumGrad?.value ?? zero]));
    const shown = chosen === undefined ? ends(received, most) : received.filter(({ step }) => read.has(step));
    const context = {
      b,
      formulas: shown.length <= mostFormulas,
      outputShape: shape,
      labelOf: flow.labelOf,
      sumGradOf: (node: OperatorNode) => sums.get(node) ?? zero,
    };
    const rows = shown.flatMap((row) => {
      const isWhole = chosen === undefined || chosen.has(row.step);
      const isShown = (consumer: Step | undefined) =>
        isWhole || (consumer !== undefined && chosen.has(consumer));
      if (!row.contributions.some(({ consumer }) => isShown(consumer))) return [];
      // What very many read would make a row of thousands of lines.
      return [
        backwardRow(row, context, values, (contributions) =>
          ends(
            contributions.filter(({ consumer }) => isShown(consumer)),
            most,
          ),
        ),
      ];
    });
    return (value) => ({
      output,
      outputRank: shape.length,
      steps: rows.map((row) => row(value)),
      notConnected: chosen === undefined ? notConnected : [],
    });
  });
  const value = values.compute();
  const abridged: Shown | undefined =
    steps.length < flow.steps.length && chosen === undefined
      ? { shown: steps.length, total: flow.steps.length }
      : undefined;
  return {
    forward: forward.map((row) => row(value)),
    backward: backward.map((pass) => pass(value)),
    warnings: [...trace.warnings, ...trace.lowered.warnings],
    ...(abridged === undefined ? {} : { abridged }),
  };
}

/** How many entries of a long list are shown at either end. */
const edge = 20;

const ends = <T>(list: readonly T[], most: number): readonly T[] =>
  list.length <= most ? list : [...list.slice(0, edge), ...list.slice(-edge)];

/** The steps that have these names. Throws a `Fault` with all names that none has. */
function stepsNamed(
  names: readonly string[],
  { steps }: Flow,
  defined: readonly string[],
): ReadonlySet<Step> {
  const known = new Map<string, Step>();
  const learn = (name: string, step: Step) => {
    if (!known.has(name)) known.set(name, step);
  };
  // What is shown in the table goes before other names of the same nodes.
  for (const step of steps) for (const { label } of step.parts) learn(label, step);
  for (const step of steps) for (const name of [step.label, ...step.names]) learn(name, step);
  const wanted = names.map((name) => name.normalize("NFC"));
  const unknown = wanted.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Fault(
      unknown.map((name) =>
        defined.includes(name)
          ? diagnose("node-apart", { name })
          : diagnose("unknown-node", { name, suggestion: suggest(name, known.keys()) }),
      ),
    );
  }
  return new Set(wanted.map((name) => known.get(name)!));
}
