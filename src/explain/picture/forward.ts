import { type Diagnostic, diagnose, Fault } from "../../diagnostics.js";
import type { OperatorNode } from "../../graph/node.js";
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
import type { PictureAnswer, PictureRequest } from "./request.js";

/** More outputs than these have no passes of their own. */
const mostPasses = 12;

/** The graph of a script, with values and backward passes. */
export function forwardPicture(
  program: Program,
  inputs: ReadonlyMap<string, Tensor>,
  { title, depth, isComputed, limits }: Omit<PictureRequest, "isBackward">,
): PictureAnswer {
  const { trace, context } = explain(program, inputs);
  const outputs = tensorsByName(trace.lowered, program.outputs);
  const flow = flowOf(
    outputs.map(([, node]) => node),
    context,
  );
  const opening = new Opening(context, trace.evaluate);
  const boxOf = opening.script(flow);
  const detail = opening.detail;
  const wrt = tensorsByName(trace.lowered, program.wrt).map(([, node]) => node);
  const above = dependents(flow, wrt);
  const isDerived = isComputed && wrt.length > 0;
  const found = isDerived
    ? outputs.slice(0, mostPasses).map(([of, node]) => ({ of, pass: passOver(trace, node, above) }))
    : [];
  const passes = found.flatMap(({ of, pass }) => (pass === undefined ? [] : [{ of, pass }]));
  const left = found.flatMap(({ of, pass }) => (pass === undefined ? [of] : []));
  const shown = detail.boxes.flatMap(({ node }) => node ?? []);
  const nodePasses = passes.map(({ pass }) => pass);
  const { values, problems } = isComputed ? numbers(trace, shown, nodePasses, limits) : nothing;
  const readPasses =
    values === undefined ? [] : passes.map(({ of, pass }) => readPass(of, pass, flow, boxOf, values));
  const picture = draw(detail, {
    title,
    view: "forward",
    depth,
    values: values ?? new Map(),
    passes: readPasses,
  });
  return {
    picture,
    diagnostics: [
      ...trace.warnings,
      ...trace.lowered.warnings,
      ...problems,
      ...(left.length === 0 ? [] : [diagnose("picture-without-pass", { names: left })]),
    ],
  };
}

const nothing = { values: undefined, problems: [] };

/** Everything in one run; nothing, and the reason, where it cannot be computed. */
function numbers(
  trace: ProgramTrace,
  shown: readonly OperatorNode[],
  passes: readonly NodePass[],
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
    return { values: valuesOf(trace, { values: shown, derivatives }, limits), problems: [] };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const reasons = error.diagnostics.map(({ message }) => message);
    const [first] = error.diagnostics;
    return { values: undefined, problems: [diagnose("picture-not-computed", { reasons }, first?.span)] };
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
