import { everywhere } from "../../autodiff/cotangent.js";
import { identitySeed } from "../../autodiff/reverse.js";
import { diagnose, Fault } from "../../diagnostics.js";
import type { OperatorNode } from "../../graph/node.js";
import type { Calculus } from "../../ops/vocabulary.js";
import { tensorsByName } from "../../program/named.js";
import type { Program } from "../../program/program.js";
import { sizeOf, type Tensor } from "../../tensor.js";
import { explain } from "../explain.js";
import { type Flow, flowOf, type Step } from "../flow.js";
import { localFormula } from "../local.js";
import { type Pending, Values } from "../rows.js";
import { type Received, sweep } from "../sweep.js";
import { Opening } from "./open.js";
import type { DetailPass, TitleOf } from "./pass.js";
import { draw } from "./picture.js";
import type { PictureAnswer, PictureRequest } from "./request.js";

/** Elements of all sum_grads of a tensor output, beyond which none of them are computed. */
const mostElements = 1_000_000;
/** More outputs than these have no passes of their own. */
const mostPasses = 12;

/** The graph of a script, with values and backward passes. */
export function forwardPicture(
  program: Program,
  inputs: ReadonlyMap<string, Tensor>,
  { title, depth, isComputed, limits }: Omit<PictureRequest, "isBackward">,
): PictureAnswer {
  const { trace, context } = explain(program, inputs);
  const { b, lowered } = trace;
  const outputs = tensorsByName(lowered, program.outputs);
  const flow = flowOf(
    outputs.map(([, node]) => node),
    context,
  );
  const opening = new Opening(context, trace.evaluate);
  const boxOf = opening.script(flow);
  const detail = opening.detail;
  const wrt = tensorsByName(lowered, program.wrt).map(([, node]) => node);
  const above = dependents(flow, wrt);
  const elements = above.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const derived = isComputed && wrt.length > 0 ? outputs.slice(0, mostPasses) : [];
  const isLarge = ({ shape }: OperatorNode) => shape.length > 0 && elements * sizeOf(shape) > mostElements;
  const left = derived.flatMap(([of, node]) => (isLarge(node) ? [of] : []));
  const values = new Values(trace, limits);
  for (const { node } of detail.boxes) if (node !== undefined) values.ask(node);
  const pending = derived.flatMap(([of, node]) => {
    if (isLarge(node)) return [];
    const seed = { node, source: of, cotangent: everywhere(identitySeed(b, node)) };
    const received = sweep(b, flow, [seed], new Set(above));
    return [passOf(of, node, received, { b, flow, boxOf, values })];
  });
  const { value, problems } = isComputed ? numbers(values) : nothing;
  const picture = draw(detail, {
    title,
    view: "forward",
    depth,
    valueOf: value,
    passes: value === undefined ? [] : pending.map((pass) => pass(value)),
  });
  return {
    picture,
    diagnostics: [
      ...trace.warnings,
      ...lowered.warnings,
      ...problems,
      ...(left.length === 0 ? [] : [diagnose("picture-without-pass", { names: left })]),
    ],
  };
}

const nothing = { value: undefined, problems: [] };

/** Everything in one run; nothing, and the reason, where it cannot be computed. */
function numbers(values: Values) {
  try {
    return { value: values.compute(), problems: [] };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const reasons = error.diagnostics.map(({ message }) => message);
    const [first] = error.diagnostics;
    return { value: undefined, problems: [diagnose("picture-not-computed", { reasons }, first?.span)] };
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

interface PassContext {
  readonly b: Calculus;
  readonly flow: Flow;
  readonly boxOf: ReadonlyMap<Step, number>;
  readonly values: Values;
}

/** A pass by boxes: what one step passes to a part of another. */
function passOf(
  of: string,
  output: OperatorNode,
  received: readonly Received[],
  { b, flow, boxOf, values }: PassContext,
): Pending<DetailPass> {
  const sumGrads = received.map(({ part: { node }, sumGrad }) => {
    const value = sumGrad?.value ?? b.broadcastTo(0, [...output.shape, ...node.shape]);
    values.askDerivative(value);
    return [node, value] as const;
  });
  const titled = (titleOf: TitleOf) => (node: OperatorNode) => {
    const step = flow.stepOf(node);
    // Of several values that leave a box, each has a name of its own.
    return step?.parts.length === 1 ? titleOf(boxOf.get(step)!) : flow.labelOf(node);
  };
  const contributions = received.flatMap(({ step, part: { node }, contributions }) =>
    contributions.flatMap(({ consumer, passed }) => {
      // Where the pass begins there is no edge, and what passes nothing has none to show.
      if (consumer === undefined || passed === null) return [];
      values.askDerivative(passed.value);
      const [from, to] = [boxOf.get(consumer)!, boxOf.get(step)!];
      const isScalar = consumer.parts.length === 1 && consumer.shape.length === 0;
      const formula = (titleOf: TitleOf) => localFormula(consumer, node, { b, labelOf: titled(titleOf) });
      return [{ from, to, node, passed: passed.value, isScalar, formula }];
    }),
  );
  return (value) => ({
    of,
    from: boxOf.get(flow.stepOf(output)!)!,
    sumGrads: new Map(sumGrads.map(([node, sum]) => [node, value(sum)])),
    contributions: contributions.map(({ passed, ...rest }) => ({ ...rest, value: value(passed) })),
  });
}
