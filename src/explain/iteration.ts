import { everywhere } from "../autodiff/cotangent.js";
import { identitySeed, pullbackMasked } from "../autodiff/reverse.js";
import { fault } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { substitute } from "../graph/substitute.js";
import { topologicalOrder } from "../graph/topology.js";
import { suggest } from "../lower/suggest.js";
import { tensorsByName } from "../program/named.js";
import type { Program } from "../program/program.js";
import type { Tensor } from "../tensor.js";
import type { Trace } from "../trace-results.js";
import type { StepKind } from "./context.js";
import { type Explained, explain } from "./explain.js";
import { type Flow, flowOf, type LoopNode, type Step } from "./flow.js";
import { parameterLabels } from "./repeats.js";
import { type SplitLoop, splitLoop } from "./split.js";
import { type Seed, sweep } from "./sweep.js";
import { assemble, type Pass, type TraceOptions } from "./trace.js";

/** A step of a loop: the loop's name, which may be left out where there is only one, and a number; negative from the end. */
export interface IterationChoice {
  readonly loop: string | undefined;
  readonly index: number;
}

/** Where a chosen step stands, once it has been taken out of its loop. */
interface Place {
  readonly step: Step;
  readonly node: LoopNode;
  readonly split: SplitLoop;
  readonly flow: Flow;
  readonly index: number;
  readonly count: number;
}

/**
 * One step of a loop: its forward pass with the carries that it begins with, and its backward pass with what the steps after
 * it, and others, hand back. The step is taken out of its loop, so what is shown is computed by the rules of any graph;
 * `choices` go from a loop to the loops inside its body.
 */
export function traceIteration(
  program: Program,
  values: ReadonlyMap<string, Tensor>,
  choices: readonly IterationChoice[],
  options: TraceOptions,
): Trace {
  const explained = explain(program, values);
  const { b, lowered } = explained.trace;
  const named = tensorsByName(lowered, program.outputs);
  let outputs = named.map(([, node]) => node);
  let flow = flowOf(outputs, explained.context);
  const path: string[] = [];
  let place: Place | undefined;
  for (const choice of choices) {
    place = take(explained, flow, choice);
    const { node, split } = place;
    const made = substitute(
      b.builder,
      topologicalOrder(outputs),
      new Map([[node as OperatorNode, split.packed]]),
    );
    outputs = outputs.map((output) => made.get(output) ?? output);
    flow = place.flow;
    path.push(choice === choices.at(-1) ? place.step.label : `${place.step.label}[${place.index}]`);
  }
  const { step, split, index, count } = place!;
  const wanted = tensorsByName(lowered, program.wrt).map(([, node]) => node);
  const wrt = varying(place!, outputs, wanted);
  const passes = named.map(([output], i): Pass => {
    const node = outputs[i]!;
    const seed = new Map([[node, everywhere(identitySeed(b, node))]]);
    const found = pullbackMasked(b, seed, split.given);
    const seeds = split.given.flatMap((given, k): Seed[] => {
      const cotangent = found.get(given);
      const source = sourceOf(place!, k);
      return cotangent === undefined ? [] : [{ node: split.results[k]!, source, cotangent }];
    });
    return { output, shape: node.shape, received: sweep(b, flow, seeds, wrt), notConnected: [] };
  });
  const trace = assemble(explained, flow, passes, options);
  return { ...trace, iteration: { loop: path.join(" › "), op: step.op, index, count } };
}

/** What a step begins with that may depend on what is asked for: carries, which steps before it have made, and others. */
function varying(
  { split, flow }: Place,
  outputs: readonly OperatorNode[],
  wanted: readonly OperatorNode[],
): ReadonlySet<OperatorNode> {
  const depends = new Set(wanted);
  for (const node of topologicalOrder(outputs))
    if (node.inputs.some((input) => depends.has(input))) depends.add(node);
  const isCarry = (node: OperatorNode) => flow.stepOf(node)?.kind === "carry";
  return new Set(split.parameters.filter((node) => isCarry(node) || depends.has(node)));
}

/** Who hands back what a step gives. */
function sourceOf({ step, node, index, count }: Place, k: number): string {
  if (step.op === "if") return step.label;
  if (k < node.op.loop.carries) return index + 1 < count ? `iteration ${index + 1}` : "the end of the loop";
  return `row ${index} of what is stacked`;
}

function take(
  { trace, context }: Explained,
  flow: Flow,
  { loop: name, index: wanted }: IterationChoice,
): Place {
  const step = loopNamed(flow, name);
  const nodes = step.loops.map((node) => ({ node, count: countOf(trace, node) }));
  // Of the two sides of a branch, the one that is taken makes a step.
  const { node, count } = nodes.find((one) => one.count > 0) ?? nodes[0]!;
  const index = wanted < 0 ? wanted + count : wanted;
  if (index < 0 || index >= count)
    throw fault("no-iteration", { index: wanted, count, loop: step.label, op: step.op }, step.span);
  const split = splitLoop(trace.b, node, index, count, context.journal);
  const { labels, kinds } = parameterLabels(node, flow, context);
  const leaves = new Map(
    split.parameters.map((parameter, i): [OperatorNode, StepKind] => [parameter, kinds[i]!]),
  );
  const names = new Map(split.parameters.map((parameter, i) => [parameter, labels[i]!]));
  const roots = split.condition === null ? split.results : [...split.results, split.condition];
  const body = flowOf(roots, {
    ...context,
    leaves,
    leafName: (leaf) => names.get(leaf) ?? context.leafName?.(leaf),
  });
  return { step, node, split, flow: body, index, count };
}

/** How many steps a loop makes. */
function countOf({ b, evaluate, values }: Explained["trace"], node: LoopNode): number {
  const { loop } = node.op;
  if (loop.counted) return evaluate(node.inputs.at(-1)!, values).data[0]!;
  if (loop.condition === null) return loop.length;
  // It stands first in what a loop with a condition gives.
  const first = b.apply("slice", [node], { starts: [0], steps: [1], counts: [1] });
  return evaluate(first, values).data[0]!;
}

function loopNamed({ steps }: Flow, name: string | undefined): Step {
  const loops = steps.filter((step) => step.loops.length > 0);
  const labels = loops.map(({ label }) => label);
  if (loops.length === 0) throw fault("no-loop", {});
  if (name === undefined) {
    if (loops.length > 1) throw fault("which-loop", { loops: labels });
    return loops[0]!;
  }
  const wanted = name.normalize("NFC");
  const isCalled = ({ label, names, parts }: Step) =>
    label === wanted || names.includes(wanted) || parts.some((part) => part.label === wanted);
  const found = loops.find(isCalled);
  if (found !== undefined) return found;
  const other = steps.find(isCalled);
  const suggestion = suggest(wanted, labels);
  throw fault("unknown-loop", { name, suggestion, loops: labels, op: other?.op });
}
