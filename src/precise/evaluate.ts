import { failureFault } from "../engine/failures.js";
import type { Failure } from "../engine/interpreter/failures.js";
import type { OperatorNode } from "../graph/node.js";
import type { Op } from "../ops/op.js";
import type { TensorOpName } from "../ops/registry.js";
import { elementwise } from "./elementwise.js";
import type { PreciseRun, PreciseScalars } from "./kernel.js";
import { preciseKernels } from "./kernels/index.js";
import { preciseScalars } from "./scalars.js";
import { type Schedule, scheduleOf } from "./schedule.js";
import type { PreciseTensor } from "./tensor.js";

/**
 * Called for every node that is computed, leaves and the parameters of loops' bodies included. `steps` are the numbers of
 * the steps that it is computed in, from the outermost loop to the innermost, each counted from 0 in the order in which
 * the steps are made. Loops may share nodes of their bodies: one that goes back reads what one that went forward has read.
 */
export type Visit = (
  node: OperatorNode,
  inputs: readonly PreciseTensor[],
  value: PreciseTensor,
  steps: readonly number[],
) => void;

export interface PreciseOptions {
  readonly visit?: Visit;
  /** What becomes of a value that an operation has just computed, as by rounding: all that reads it reads this. */
  readonly change?: (
    node: OperatorNode,
    inputs: readonly PreciseTensor[],
    value: PreciseTensor,
  ) => PreciseTensor;
  /** The elementwise operations. */
  readonly scalars?: PreciseScalars;
}

/** What all steps of an evaluation share. */
interface Evaluation {
  readonly scalars: PreciseScalars;
  readonly inputs: ReadonlyMap<string, PreciseTensor>;
  readonly visit: Visit | undefined;
  readonly change: PreciseOptions["change"];
  readonly failures: Failure[];
  /** By number of the failure. */
  readonly failed: Map<number, OperatorNode>;
}

class Run implements PreciseRun {
  readonly scalars: PreciseScalars;
  readonly inputs: ReadonlyMap<string, PreciseTensor>;
  readonly #evaluation: Evaluation;
  readonly #steps: readonly number[];

  constructor(evaluation: Evaluation, steps: readonly number[]) {
    this.scalars = evaluation.scalars;
    this.inputs = evaluation.inputs;
    this.#evaluation = evaluation;
    this.#steps = steps;
  }

  get failureCount(): number {
    return this.#evaluation.failures.length;
  }

  fail(node: OperatorNode, turn: number, status: number): void {
    const { failures, failed } = this.#evaluation;
    // A number of its own stands for the place in a plan, by which the engine knows the node.
    failed.set(failures.length, node);
    failures.push({ pc: failures.length, turn, status });
  }

  inStep(step: number): PreciseRun {
    return new Run(this.#evaluation, [...this.#steps, step]);
  }

  compute(
    { order, released }: Schedule,
    from: number,
    to: number,
    values: Map<OperatorNode, PreciseTensor>,
  ): void {
    const { visit, change } = this.#evaluation;
    for (let place = from; place < to; place++) {
      const node = order[place]!;
      const inputs = node.inputs.map((input) => values.get(input)!);
      let value = values.get(node);
      if (value === undefined) {
        value = this.#valueOf(node, inputs);
        if (change !== undefined) value = change(node, inputs, value);
        values.set(node, value);
      }
      visit?.(node, inputs, value, this.#steps);
      for (const read of released[place]!) values.delete(read);
    }
  }

  #valueOf(node: OperatorNode, inputs: readonly PreciseTensor[]): PreciseTensor {
    const op = node.op as Op;
    return op.kind === "scalar"
      ? elementwise(op, node.shape, inputs, this.scalars)
      : preciseKernels[op.name as TensorOpName](node, inputs, this);
  }
}

/**
 * The values of nodes, in double-double arithmetic, by what their operations mean: a reference for what the engine
 * computes. It goes through the graph node by node and shares nothing with plans, in which values share memory and
 * instructions compute several nodes at once. `inputs` are the values of the inputs by name.
 *
 * Throws a `Fault`, as the engine does, where an operation has no result.
 */
export function evaluatePrecisely(
  roots: readonly OperatorNode[],
  inputs: ReadonlyMap<string, PreciseTensor>,
  { visit, change, scalars = preciseScalars }: PreciseOptions = {},
): PreciseTensor[] {
  const evaluation: Evaluation = { scalars, inputs, visit, change, failures: [], failed: new Map() };
  const schedule = scheduleOf(roots);
  const values = new Map<OperatorNode, PreciseTensor>();
  new Run(evaluation, []).compute(schedule, 0, schedule.order.length, values);
  if (evaluation.failures.length > 0) throw failureFault(evaluation.failures, evaluation.failed);
  return roots.map((root) => values.get(root)!);
}
