import type { OperatorNode } from "../graph/node.js";
import type { ScalarOpName } from "../ops/registry.js";
import type { PreciseScalar } from "./scalars.js";
import type { Schedule } from "./schedule.js";
import type { PreciseTensor } from "./tensor.js";

/** The elementwise operations, by name. */
export type PreciseScalars = Readonly<Partial<Record<ScalarOpName, PreciseScalar>>>;

export function scalarOf(scalars: PreciseScalars, name: ScalarOpName): PreciseScalar {
  const found = scalars[name];
  if (found === undefined) throw new Error(`${name} is not known in double-double arithmetic`);
  return found;
}

/** What a kernel may ask of the evaluation that it is part of. */
export interface PreciseRun {
  readonly scalars: PreciseScalars;
  readonly inputs: ReadonlyMap<string, PreciseTensor>;
  /** How many things have failed so far. */
  readonly failureCount: number;
  /** Notes that a node has no result for the matrix with this number, or after so many steps, and why. */
  fail(node: OperatorNode, turn: number, status: number): void;
  /** The same evaluation within a step of a loop. */
  inStep(step: number): PreciseRun;
  /** Computes the nodes at the places from `from` to before `to`, except those that have a value already. */
  compute(schedule: Schedule, from: number, to: number, values: Map<OperatorNode, PreciseTensor>): void;
}

/** The value of a node from those of its inputs, which it does not change. */
export type PreciseKernel = (
  node: OperatorNode,
  inputs: readonly PreciseTensor[],
  run: PreciseRun,
) => PreciseTensor;
