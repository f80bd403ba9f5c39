import { type Diagnostic, Fault } from "../../diagnostics.js";
import type { OperatorNode } from "../../graph/node.js";
import type { Picture } from "../../graph-results.js";
import type { Limits } from "../../limits.js";
import { tensorsByName } from "../../program/named.js";
import type { Program, ProgramTrace } from "../../program/program.js";
import type { Tensor } from "../../tensor.js";
import { explain } from "../explain.js";
import { type Flow, flowOf, type Step } from "../flow.js";
import { type NodePass, passOver, valuesOf } from "./numbers.js";
import { Opening } from "./open.js";
import type { DetailPass } from "./pass.js";
import { draw } from "./picture.js";

export interface PictureOptions {
  readonly title: string;
  readonly depth: number | undefined;
  /** Whether the inputs have values that were given, so that there is something to compute. */
  readonly isComputed: boolean;
  readonly limits: Limits;
}

/** A picture, and why it has no numbers where it should have some. */
export interface Pictured {
  readonly picture: Picture;
  readonly problems: readonly Diagnostic[];
}

/** More outputs than these have no passes of their own. */
const mostPasses = 12;

/** The graph of a script, with values and backward passes. */
export function forwardPicture(
  program: Program,
  inputs: ReadonlyMap<string, Tensor>,
  { title, depth, isComputed, limits }: PictureOptions,
): Pictured {
  const { trace, context } = explain(program, inputs);
  const outputs = tensorsByName(trace.lowered, program.outputs);
  const flow = flowOf(
    outputs.map(([, node]) => node),
    context,
  );
  const opening = new Opening(context, trace.evaluate);
  const boxOf = opening.script(flow);
  const detail = opening.detail;
  const parts = flow.steps.flatMap((step) => step.parts.map(({ node }) => node));
  const wrt = tensorsByName(trace.lowered, program.wrt).map(([, node]) => node);
  const above = new Set(dependents(flow, wrt));
  const passes =
    !isComputed || wrt.length === 0
      ? []
      : outputs.slice(0, mostPasses).flatMap(([of, node]) => {
          const pass = passOver(
            trace,
            node,
            parts.filter((part) => above.has(part)),
          );
          return pass === undefined ? [] : [{ of, pass }];
        });
  const shown = detail.boxes.flatMap(({ node }) => node ?? []);
  const { values, problems } = isComputed
    ? numbers(
        trace,
        shown,
        passes.map(({ pass }) => pass),
        inputs,
        limits,
      )
    : nothing;
  const readPasses =
    values === undefined ? [] : passes.map(({ of, pass }) => readPass(of, pass, flow, boxOf, values));
  const picture = draw(detail, {
    title,
    view: "forward",
    depth,
    values: values ?? new Map(),
    passes: readPasses,
  });
  return { picture, problems };
}

const nothing = { values: undefined, problems: [] };

/** Everything in one run; nothing, and the reason, where it cannot be computed. */
function numbers(
  trace: ProgramTrace,
  shown: readonly OperatorNode[],
  passes: readonly NodePass[],
  inputs: ReadonlyMap<string, Tensor>,
  limits: Limits,
): {
  readonly values: ReadonlyMap<OperatorNode, Tensor> | undefined;
  readonly problems: readonly Diagnostic[];
} {
  const derivatives = passes.flatMap(({ sumGrads, passed }) => [
    ...sumGrads.values(),
    ...passed.map(({ value }) => value),
  ]);
  try {
    return { values: valuesOf(trace, { values: shown, derivatives }, inputs, limits), problems: [] };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { values: undefined, problems: error.diagnostics };
  }
}

/** The parts that depend on these nodes, themselves among them. */
function dependents(flow: Flow, wrt: readonly OperatorNode[]): OperatorNode[] {
  const asked = new Set(wrt);
  const found = new Set<Step>();
  const parts: OperatorNode[] = [];
  for (const step of flow.steps) {
    const depends = step.operands.some((operand) => operand.kind === "step" && found.has(operand.step));
    if (!depends && !step.parts.some(({ node }) => asked.has(node))) continue;
    found.add(step);
    parts.push(...step.parts.map(({ node }) => node));
  }
  return parts;
}

/** A pass by boxes: what one step passes to a part of another. */
function readPass(
  of: string,
  { output, sumGrads, passed }: NodePass,
  flow: Flow,
  boxOf: ReadonlyMap<Step, number>,
  values: ReadonlyMap<OperatorNode, Tensor>,
): DetailPass {
  const box = (node: OperatorNode) => boxOf.get(flow.stepOf(node)!)!;
  return {
    of,
    from: box(output),
    sumGrads: new Map([...sumGrads].map(([node, sum]) => [node, values.get(sum)!])),
    contributions: passed.flatMap(({ to, from, value }) => {
      if (flow.partOf(to) === undefined || flow.stepOf(from) === undefined) return [];
      const ends = { from: box(from), to: box(to) };
      return ends.from === ends.to ? [] : [{ ...ends, node: to, value: values.get(value)! }];
    }),
  };
}
