import { pushforward } from "../autodiff/forward.js";
import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import { add, type DoubleDouble, mulNumber, zero } from "../precise/double-double.js";
import { evaluatePrecisely } from "../precise/evaluate.js";
import { elementOf, type PreciseTensor } from "../precise/tensor.js";
import { sizeOf } from "../tensor.js";
import { weighedRuleAt } from "./derivative-rule.js";
import { along, everywhere, randomSource, scalesOf } from "./directions.js";
import { type Judged, judgeElement } from "./element.js";
import { ruleTolerance } from "./judge.js";
import { referencesAlong } from "./ladder.js";
import { alone, operandName } from "./locate.js";
import { Motion } from "./motion.js";
import type { Point } from "./rounding.js";

/** What came of a `derivative` rule for one argument, in one of the ways in which it is used. */
export interface RuleResult {
  readonly function: string;
  readonly argument: number;
  /** Forward, as a jvp, or in reverse, as a vjp. */
  readonly mode: "jvp" | "vjp";
  readonly judged: Judged;
}

/**
 * Compares the rules of all functions that state their own derivative, at each call between the inputs and the outputs,
 * with differences of the function: the arguments move alone, in a random direction, and the results are weighed at
 * random.
 */
export function checkRules(
  b: Calculus,
  outputs: readonly OperatorNode[],
  point: Point,
  seed: number,
): RuleResult[] {
  const calls = new Map<OperatorNode, Map<OperatorNode, PreciseTensor>>();
  evaluatePrecisely(outputs, point, {
    visit: (node, inputs, value) => {
      // Of a call in a loop, the first step stands for all.
      if (node.op.name !== "custom" || calls.has(node)) return;
      const values = new Map([[node, value]]);
      for (const [k, input] of node.inputs.entries()) values.set(input, inputs[k]!);
      calls.set(node, values);
    },
  });
  return [...calls].flatMap(([node, values]) =>
    node.inputs.slice(1).flatMap((_, k) => checkCall(b, node, k + 1, values, point, seed)),
  );
}

function checkCall(
  b: Calculus,
  node: OperatorNode,
  index: number,
  values: ReadonlyMap<OperatorNode, PreciseTensor>,
  point: Point,
  seed: number,
): RuleResult[] {
  const { own, operands, values: place } = alone(b, node, values, point);
  const name = operandName(index);
  const random = randomSource(seed);
  const weights = everywhere(new Float64Array(sizeOf(node.shape)).fill(1), random);
  const speeds = everywhere(scalesOf(place, name), random);
  const weight = b.constant({ shape: node.shape, data: weights });
  const motion = new Motion(b, [b.sum(b.mul(weight, own), null)], place);
  const line = along(name, speeds);
  const [reference] = referencesAlong(motion, line);
  const value = elementOf(motion.start(line.direction).outputs[0]!, 0);
  const result = (mode: RuleResult["mode"], factors: PreciseTensor, others: Float64Array): RuleResult => {
    const { sum: rule, size } = product(factors, others);
    const tolerance = ruleTolerance * size;
    const compared = {
      reference: reference!,
      element: 0,
      value,
      length: line.length,
      largest: size,
      tolerance,
    };
    return {
      function: node.attributes.function as string,
      argument: index - 1,
      mode,
      judged: judgeElement({ ...compared, number: rule.hi, rule }),
    };
  };
  const moved = operands[index]!;
  const [pulled] = weighedRuleAt(b, own, weights, [moved], place);
  const tangent = b.constant({ shape: moved.shape, data: line.speeds });
  const [pushed] = pushforward(b, [own], new Map([[moved, tangent]]));
  const forward = evaluatePrecisely([b.broadcastTo(pushed ?? 0, node.shape)], place)[0]!;
  return [result("vjp", pulled!, line.speeds), result("jvp", forward, weights)];
}

function product(factors: PreciseTensor, others: Float64Array): { sum: DoubleDouble; size: number } {
  let [sum, size]: [DoubleDouble, number] = [zero, 0];
  for (const [i, other] of others.entries()) {
    const term = mulNumber(elementOf(factors, i), other);
    sum = add(sum, term);
    size += Math.abs(term.hi);
  }
  return { sum, size };
}
