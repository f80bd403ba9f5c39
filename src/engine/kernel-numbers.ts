import { type ScalarOpName, scalarRegistry } from "../ops/registry.js";
import { cumprod, cumsum } from "./kernels/cumulative.js";
import { type LinalgKernelName, linalgKernels } from "./kernels/linalg.js";
import { type DistributionName, randomKernels } from "./kernels/random.js";
import { max, min, norm, prod, sum } from "./kernels/reduce.js";
import { type ScalarKernel, scalarKernels } from "./kernels/scalar.js";
import { log_softmax, logsumexp, softmax } from "./kernels/softmax.js";
import { ownStrips, type Strip2, strip2 } from "./kernels/strips.js";

/** n elements to one. */
const reducers = { sum, max, min, logsumexp, prod, norm } as const;
/** n elements to n. */
const axisKernels = { softmax, log_softmax, cumsum, cumprod } as const;

/** By the name of a reduction: the elementwise kernel that joins two of its results; `null` where there is none. */
const joins: Readonly<Record<ReducerName, ScalarOpName | null>> = {
  sum: "add",
  max: "maximum",
  min: "minimum",
  prod: "mul",
  logsumexp: null,
  norm: null,
};

/** As `joins`; `undefined` for what is no reduction. */
export const joinOf = (name: string): ScalarOpName | null | undefined =>
  Object.hasOwn(joins, name) ? joins[name as ReducerName] : undefined;

export type ReducerName = keyof typeof reducers;
export type AxisKernelName = keyof typeof axisKernels;

/** Operations that share most of their work on one operand: a function, and what its derivative reads. */
export const pairs = [
  ["sigmoid", "sigmoid_slope"],
  ["tanh", "sech_squared"],
] as const satisfies readonly (readonly [ScalarOpName, ScalarOpName])[];

const numbering = (names: readonly string[]): ((name: string) => number) => {
  const numbers = new Map(names.map((name, i) => [name, i]));
  return (name) => numbers.get(name)!;
};

const scalarNames = Object.keys(scalarRegistry) as ScalarOpName[];

/** The number by which an instruction names its kernel. */
export const kernelNumbers = {
  scalar: numbering(scalarNames),
  reducer: numbering(Object.keys(reducers)) as (name: ReducerName) => number,
  axis: numbering(Object.keys(axisKernels)) as (name: AxisKernelName) => number,
  linalg: numbering(Object.keys(linalgKernels)) as (name: LinalgKernelName) => number,
  random: numbering(Object.keys(randomKernels)) as (name: DistributionName) => number,
};

const byName = (kernels: object) => Object.fromEntries(Object.keys(kernels).map((name, i) => [name, i]));

/** Numbers by the names of kernels. */
export const kernelNames = { reducer: byName(reducers), axis: byName(axisKernels) };

/** Names of the kernels on matrices, by number. */
export const linalgNames: readonly string[] = Object.keys(linalgKernels);

/** The kernels by number. */
export const kernelTables = {
  scalar: scalarNames.map((name): ScalarKernel => scalarKernels[name]),
  /** How many operands each elementwise kernel reads. */
  arity: scalarNames.map((name) => scalarRegistry[name].args.length),
  strip2: scalarNames.map((name): Strip2 => ownStrips[name] ?? strip2),
  pairs: pairs.map(([first, second]) => [kernelNumbers.scalar(first), kernelNumbers.scalar(second)] as const),
  reducer: Object.values(reducers),
  axis: Object.values(axisKernels),
  linalg: Object.values(linalgKernels),
  random: Object.values(randomKernels),
};
