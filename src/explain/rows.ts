import { everywhere } from "../autodiff/cotangent.js";
import { Engine } from "../engine/engine.js";
import type { OperatorNode } from "../graph/node.js";
import type { Limits } from "../limits.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { ProgramTrace } from "../program/program.js";
import { optimise } from "../rewrite/optimise.js";
import type { Shape, Tensor } from "../tensor.js";
import type { BackwardStep, Contribution, ForwardStep } from "../trace-results.js";
import type { Operand, Step } from "./flow.js";
import { type LocalOptions, localFormula } from "./local.js";
import { dependsInside, passBack, type Received, type StepContribution } from "./sweep.js";

/** A row whose numbers are nodes until everything is computed in one run. */
export type Pending<Row> = (value: (node: OperatorNode) => Tensor) => Row;

/** Collects the nodes that rows show, and computes them together. */
export class Values {
  readonly #trace: ProgramTrace;
  readonly #limits: Pick<Limits, "memory">;
  readonly #values = new Set<OperatorNode>();
  readonly #derivatives = new Set<OperatorNode>();

  constructor(trace: ProgramTrace, limits: Pick<Limits, "memory">) {
    this.#trace = trace;
    this.#limits = limits;
  }

  ask(node: OperatorNode): void {
    this.#values.add(node);
  }

  askDerivative(node: OperatorNode): void {
    this.#derivatives.add(node);
  }

  /** Throws a `Fault` where a kernel has no result. */
  compute(): (node: OperatorNode) => Tensor {
    const { b, evaluate, values } = this.#trace;
    const [primal, derived] = [[...this.#values], [...this.#derivatives]];
    const simple = optimise(b, { values: primal, derivatives: derived }, { evaluate });
    const engine = new Engine([...simple.values, ...simple.derivatives], this.#limits);
    const results = engine.run(values);
    const found = new Map<OperatorNode, Tensor>();
    // What is both is shown as the script has it.
    derived.forEach((node, i) => {
      found.set(node, results[primal.length + i]!);
    });
    primal.forEach((node, i) => {
      found.set(node, results[i]!);
    });
    return (node) => found.get(node)!;
  }
}

const operandText = (operand: Operand): string => {
  const text = operand.kind === "step" ? operand.part.label : operand.text;
  return operand.keyword === undefined ? text : `${operand.keyword}=${text}`;
};

/** A step of the forward pass. */
export function forwardRow(step: Step, values: Values): Pending<ForwardStep> {
  for (const { node } of step.parts) values.ask(node);
  return (value) => ({
    step: step.number,
    node: step.label,
    op: step.op,
    inputs: step.operands.map(operandText),
    outputs: step.parts.map(({ label, node }) => ({ name: label, shape: node.shape, value: value(node) })),
  });
}

export interface BackwardContext {
  readonly b: Calculus;
  /** The axes of the output. */
  readonly outputShape: Shape;
  /** What has been accumulated at a part of a step. */
  readonly sumGradOf: (node: OperatorNode) => OperatorNode;
  readonly labelOf: LocalOptions["labelOf"];
  /** Whether local derivatives are written out. */
  readonly formulas: boolean;
}

/** A node of the backward pass; `choose` tells which of its contributions are shown. */
export function backwardRow(
  { step, part, contributions, sumGrad }: Received,
  context: BackwardContext,
  values: Values,
  choose: (contributions: readonly StepContribution[]) => readonly StepContribution[],
): Pending<BackwardStep> {
  const { b, outputShape } = context;
  const zero = b.broadcastTo(0, [...outputShape, ...part.node.shape]);
  const total = sumGrad?.value ?? zero;
  values.askDerivative(total);
  const shown = choose(contributions);
  const pending = shown.map((one) => contributionRow(one, part.node, zero, context, values));
  return (value) => ({
    step: step.number,
    node: part.label,
    contributions: pending.map((row) => row(value)),
    omitted: contributions.length - shown.length,
    sumGrad: value(total),
  });
}

function contributionRow(
  { consumer, source, passed }: StepContribution,
  node: OperatorNode,
  zero: OperatorNode,
  context: BackwardContext,
  values: Values,
): Pending<Contribution> {
  const amount = passed?.value ?? zero;
  values.askDerivative(amount);
  if (consumer === undefined) return (value) => ({ from: source!, isStep: false, value: value(amount) });
  const { b, labelOf } = context;
  const formula = formulaFor();
  const [own] = consumer.parts;
  const through = formula === undefined && context.formulas ? { through: consumer.op } : {};
  const isScalar = consumer.parts.length === 1 && own!.node.shape.length === 0;
  if (!isScalar) {
    const text = formula === undefined ? through : { formula };
    return (value) => ({ from: consumer.label, isStep: true, ...text, value: value(amount) });
  }
  const local = localDerivative(consumer, node, context) ?? b.broadcastTo(0, node.shape);
  values.askDerivative(local);
  const received = context.sumGradOf(own!.node);
  values.askDerivative(received);
  return (value) => ({
    from: consumer.label,
    isStep: true,
    ...through,
    local: { ...(formula === undefined ? {} : { formula }), sumGrad: value(received), value: value(local) },
    value: value(amount),
  });

  function formulaFor(): string | undefined {
    if (!context.formulas) return undefined;
    return passed === null ? "0" : localFormula(consumer!, node, { b, labelOf });
  }
}

/** The derivative of a scalar step by a node that it reads. */
function localDerivative(step: Step, node: OperatorNode, { b }: BackwardContext): OperatorNode | undefined {
  const depends = { has: dependsInside(step.nodes, new Set([node])) };
  const sums = new Map([[step.parts[0]!.node, everywhere(b.node(1))]]);
  return passBack(b, step.nodes, sums, depends).get(node)?.value;
}
