import { passes } from "../autodiff/reverse.js";
import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Op, TensorOp } from "../ops/op.js";
import type { Calculus } from "../ops/vocabulary.js";
import { add, type DoubleDouble, div, fromNumber, mulNumber, zero } from "../precise/double-double.js";
import { elementOf, type PreciseTensor } from "../precise/tensor.js";
import { sizeOf } from "../tensor.js";
import { forwardRuleAt, weighedRuleAt } from "./derivative-rule.js";
import { along, everywhere, randomSource, scalesOf } from "./directions.js";
import { type Judged, judgeElement } from "./element.js";
import { ruleTolerance } from "./judge.js";
import { referencesAlong } from "./ladder.js";
import { Motion } from "./motion.js";
import type { Point } from "./rounding.js";

/** A blank keeps the names apart from those of a script. */
export const operandName = (index: number) => `operand ${index}`;

/** What came of the derivative of one node by one of its operands, in one of the ways in which it is used. */
export interface JudgedAlone {
  /** In reverse, as a vjp, or forward, as a jvp. */
  readonly mode: "vjp" | "jvp";
  /** Of one number by one, it tells of the derivative itself. */
  readonly isSingle: boolean;
  readonly judged: Judged;
}

/**
 * The derivative of one node by one of its operands, the others standing still, against differences: the operand moves in
 * a random direction (a symmetric one, where it is a symmetric matrix), and the result is weighed at random.
 */
export function judgeAlone(
  b: Calculus,
  node: OperatorNode,
  index: number,
  values: ReadonlyMap<OperatorNode, PreciseTensor>,
  point: Point,
  seed: number,
): JudgedAlone[] {
  const { own, operands, values: place } = alone(b, node, values, point);
  const moved = operands[index]!;
  const name = operandName(index);
  const random = randomSource(seed);
  const weights = everywhere(new Float64Array(sizeOf(node.shape)).fill(1), random);
  const line = along(name, speedsOf(node, moved, everywhere(scalesOf(place, name), random)));
  const weighed = b.sum(b.mul(b.constant({ shape: node.shape, data: weights }), own), null);
  const motion = new Motion(b, [weighed], place);
  const [reference] = referencesAlong(motion, line);
  const [pulled] = weighedRuleAt(b, own, weights, [moved], place);
  let [reverse, size]: [DoubleDouble, number] = [zero, 0];
  for (const [i, speed] of line.speeds.entries()) {
    const term = mulNumber(elementOf(pulled!, i), speed);
    reverse = add(reverse, term);
    size += Math.abs(term.hi);
  }
  const forward = elementOf(forwardRuleAt(b, weighed, moved, line.speeds, place), 0);
  const isSingle = weights.length === 1 && line.speeds.length === 1;
  const judged = (rule: DoubleDouble) => {
    const found = judgeElement({
      number: rule.hi,
      rule,
      reference: reference!,
      element: 0,
      value: elementOf(motion.start(line.direction).outputs[0]!, 0),
      length: line.length,
      largest: size,
      tolerance: ruleTolerance * size,
    });
    return isSingle ? unweighed(found, rule, weights[0]!, line.speeds[0]!) : found;
  };
  return [
    { mode: "vjp", isSingle, judged: judged(reverse) },
    { mode: "jvp", isSingle, judged: judged(forward) },
  ];
}

/** What was found of one number by one, without the weight and the speed by which both were multiplied. */
function unweighed(judged: Judged, rule: DoubleDouble, weight: number, speed: number): Judged {
  const factor = weight * speed;
  // 0 is never written as −0.
  const plain = (x: number) => x / factor + 0;
  const [first, second] = (judged.slopes ?? []).map(plain);
  return {
    ...judged,
    value: div(rule, fromNumber(factor)).hi + 0,
    reference: plain(judged.reference),
    bound: judged.bound / Math.abs(factor),
    ...(first === undefined || second === undefined
      ? {}
      : { slopes: speed < 0 ? [second, first] : [first, second] }),
  };
}

/** As they are, or symmetric ones where the operation has no value, or another derivative, for others. */
function speedsOf({ op }: OperatorNode, { shape }: OperatorNode, speeds: Float64Array): Float64Array {
  if ((op as Op).kind !== "tensor" || !(op as TensorOp).symmetric) return speeds;
  const size = shape.at(-1)!;
  return speeds.map((_, i) => {
    const [row, column] = [Math.floor(i / size) % size, i % size];
    return column <= row ? speeds[i]! : speeds[i + (column - row) * (size - 1)]!;
  });
}

/** The node over placeholders for its operands, and a point at which these have its values. */
function alone(
  b: Calculus,
  node: OperatorNode,
  values: ReadonlyMap<OperatorNode, PreciseTensor>,
  point: Point,
) {
  // Constants do not move: indices among them have no derivative to ask for.
  const operands = node.inputs.map((operand, k) =>
    operand.op.name === "constant"
      ? operand
      : b.apply("input", [], { name: operandName(k), shape: operand.shape }),
  );
  const moving = new Map(node.inputs.map((operand, k) => [operand, operands[k]!] as const));
  const own = new Map([
    ...point,
    ...node.inputs.map((operand, k) => [operandName(k), values.get(operand)!] as const),
  ]);
  const inputs = node.inputs.map((operand, k) => {
    if (!followsOthers(node, operand, k)) return operands[k]!;
    const others = new Map([...moving].filter(([other]) => other !== operand));
    return substituted(b, operand, others);
  });
  return { own: b.builder.node(node.op, inputs, node.attributes), operands, values: own };
}

/**
 * Whether an operand is made of the others and has to move with them, though no derivative passes to it: the factors of a
 * matrix, and the value of a function with a derivative of its own, which stands behind a barrier.
 */
function followsOthers(node: OperatorNode, operand: OperatorNode, index: number): boolean {
  if (node.op.name === "custom") return index === 0;
  return (
    operand.inputs.length > 0 &&
    operand.op.name !== "stop_gradient" &&
    !operand.inputs.some((_, k) => passes(operand, k))
  );
}

/** A node with others in the place of some that it depends on. */
function substituted(
  b: Calculus,
  root: OperatorNode,
  others: ReadonlyMap<OperatorNode, OperatorNode>,
): OperatorNode {
  const made = new Map(others);
  for (const node of topologicalOrder([root])) {
    if (made.has(node)) continue;
    const inputs = node.inputs.map((input) => made.get(input)!);
    const isSame = inputs.every((input, i) => input === node.inputs[i]);
    made.set(node, isSame ? node : b.builder.node(node.op, inputs, node.attributes));
  }
  return made.get(root)!;
}
