import { type Diagnostic, diagnose, Fault } from "../diagnostics.js";
import type { StatedSpread } from "../sensitivity-results.js";
import { elementName, formatShape, sameShape, sizeOf, type Tensor } from "../tensor.js";
import { negativeRow, tolerance } from "./semidefinite.js";

/** Inputs that are correlated among themselves, and with no other. */
export interface Block {
  readonly names: readonly string[];
  /** Elements of these inputs, one input after the other. */
  readonly size: number;
  /** Standard deviations of the elements. */
  readonly sigmas: Float64Array;
  /** size × size; absent where the elements are independent. */
  readonly covariance?: Float64Array;
}

/**
 * How far the inputs may be off, as stated; each input is in one block. Throws a `Fault` with everything that does not fit
 * the values.
 */
export function blocksOf(stated: readonly StatedSpread[], values: ReadonlyMap<string, Tensor>): Block[] {
  const problems: Diagnostic[] = [];
  const known = new Set<string>();
  for (const { names, span } of stated) {
    for (const name of names) {
      if (known.has(name)) problems.push(diagnose("spread-twice", { name }, span));
      known.add(name);
    }
  }
  const blocks = stated.flatMap((one) => {
    const made = one.kind === "sigma" ? independent(one, values, problems) : joint(one, values, problems);
    return made === undefined ? [] : [made];
  });
  if (problems.length > 0) throw new Fault(problems);
  return blocks;
}

function independent(
  { names, tensor, span }: StatedSpread,
  values: ReadonlyMap<string, Tensor>,
  problems: Diagnostic[],
): Block | undefined {
  const name = names[0]!;
  const { shape } = values.get(name)!;
  const isOne = tensor.shape.length === 0;
  if (!isOne && !sameShape(tensor.shape, shape)) {
    const [actual, expected] = [formatShape(tensor.shape), formatShape(shape)];
    problems.push(diagnose("sigma-shape", { name, actual, expected }, span));
    return undefined;
  }
  const bad = tensor.data.findIndex((value) => !(value >= 0 && Number.isFinite(value)));
  if (bad >= 0) {
    const element = isOne ? name : elementName(name, shape, bad);
    problems.push(diagnose("sigma-value", { element, value: tensor.data[bad]! }, span));
    return undefined;
  }
  const size = sizeOf(shape);
  return { names, size, sigmas: isOne ? new Float64Array(size).fill(tensor.data[0]!) : tensor.data };
}

function joint(
  { names, tensor, span }: StatedSpread,
  values: ReadonlyMap<string, Tensor>,
  problems: Diagnostic[],
): Block | undefined {
  const size = names.reduce((sum, name) => sum + sizeOf(values.get(name)!.shape), 0);
  // The covariance of a single number may stand there as a number.
  const isNumber = size === 1 && tensor.shape.length === 0;
  if (!isNumber && !sameShape(tensor.shape, [size, size])) {
    const parts = names.map((name) => `\`${name}\``).join(", ");
    problems.push(diagnose("covariance-shape", { parts, actual: formatShape(tensor.shape), size }, span));
    return undefined;
  }
  const problem = problemOf(size, tensor.data, (at) => elementAt(names, values, at));
  if (problem !== undefined) {
    problems.push({ ...problem, ...(span === undefined ? {} : { span }) });
    return undefined;
  }
  const sigmas = Float64Array.from({ length: size }, (_, i) => Math.sqrt(tensor.data[i * size + i]!));
  return { names, size, sigmas, covariance: tensor.data };
}

function elementAt(names: readonly string[], values: ReadonlyMap<string, Tensor>, at: number): string {
  let from = 0;
  for (const name of names) {
    const { shape } = values.get(name)!;
    const size = sizeOf(shape);
    if (at < from + size) return elementName(name, shape, at - from);
    from += size;
  }
  throw new Error(`there is no element ${at}`);
}

/** Why a matrix is no covariance. Its size does not matter: it is judged by its correlations. */
function problemOf(size: number, data: Float64Array, name: (at: number) => string): Diagnostic | undefined {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  const pair = (i: number, j: number) => ({ first: name(i), second: name(j) });
  if (bad >= 0) {
    const [i, j] = [Math.floor(bad / size), bad % size];
    return diagnose("covariance-value", { ...pair(i, j), value: data[bad]! });
  }
  const scale = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const value = data[i * size + i]!;
    if (value < 0) return diagnose("variance-negative", { element: name(i), value });
    scale[i] = Math.sqrt(value);
  }
  const correlations = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    correlations[i * size + i] = scale[i] === 0 ? 0 : 1;
    for (let j = 0; j < i; j++) {
      const [value, other] = [data[i * size + j]!, data[j * size + i]!];
      const unit = scale[i]! * scale[j]!;
      const isUnlike = Math.abs(value - other) > tolerance * Math.max(unit, Math.abs(value), Math.abs(other));
      if (isUnlike) return diagnose("covariance-symmetric", { ...pair(i, j), value, other });
      const correlation = value === 0 && other === 0 ? 0 : (value / 2 + other / 2) / unit;
      if (!(Math.abs(correlation) <= 1 + tolerance))
        return diagnose("covariance-correlation", { ...pair(i, j), correlation });
      correlations[i * size + j] = correlation;
      correlations[j * size + i] = correlation;
    }
  }
  const negative = negativeRow(size, correlations);
  if (negative === undefined) return undefined;
  return diagnose("covariance-indefinite", { element: name(negative.row), rest: negative.rest });
}
