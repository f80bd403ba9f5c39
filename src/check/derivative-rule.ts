import { pushforward } from "../autodiff/forward.js";
import { derivatives, pullback } from "../autodiff/reverse.js";
import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import { evaluatePrecisely } from "../precise/evaluate.js";
import { type PreciseTensor, preciseTensor } from "../precise/tensor.js";
import { sizeOf } from "../tensor.js";
import type { Point } from "./rounding.js";

/**
 * The derivatives of an output by some inputs, in double-doubles, by reverse accumulation: of the shape
 * `shape(output) + shape(input)`, 0 where there is no dependence.
 */
export function ruleAt(
  b: Calculus,
  output: OperatorNode,
  inputs: readonly OperatorNode[],
  point: Point,
): PreciseTensor[] {
  const nodes = derivatives(b, output, inputs);
  const values = evaluatePrecisely(
    nodes.filter((node) => node !== null),
    point,
  );
  let next = 0;
  return nodes.map((node, k) =>
    node === null ? preciseTensor([...output.shape, ...inputs[k]!.shape]) : values[next++]!,
  );
}

/** Weights times the derivatives, by one cotangent: of the shapes of the inputs. */
export function weighedRuleAt(
  b: Calculus,
  output: OperatorNode,
  weights: Float64Array,
  inputs: readonly OperatorNode[],
  point: Point,
): PreciseTensor[] {
  const cotangent = b.constant({ shape: output.shape, data: weights });
  const found = pullback(b, output, cotangent, inputs);
  const present = inputs.filter((input) => found.has(input));
  const values = evaluatePrecisely(
    present.map((input) => found.get(input)!),
    point,
  );
  return inputs.map((input) =>
    found.has(input) ? values[present.indexOf(input)]! : preciseTensor(input.shape),
  );
}

/** How an output changes as an input moves along a direction, by forward accumulation: of the shape of the output. */
export function forwardRuleAt(
  b: Calculus,
  output: OperatorNode,
  input: OperatorNode,
  speeds: Float64Array,
  point: Point,
): PreciseTensor {
  const seed = b.constant({ shape: input.shape, data: speeds });
  const [tangent] = pushforward(b, [output], new Map([[input, seed]]));
  return tangent === null ? preciseTensor(output.shape) : evaluatePrecisely([tangent!], point)[0]!;
}

export const sizeOfPair = (output: OperatorNode, input: OperatorNode): number =>
  sizeOf(output.shape) * sizeOf(input.shape);
