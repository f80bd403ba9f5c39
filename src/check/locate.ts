import { connectedTo, passes } from "../autodiff/reverse.js";
import type { WrongNode } from "../check-results.js";
import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Calculus } from "../ops/vocabulary.js";
import { add, type DoubleDouble, mulNumber, zero } from "../precise/double-double.js";
import { evaluatePrecisely } from "../precise/evaluate.js";
import { elementOf, type PreciseTensor } from "../precise/tensor.js";
import { sizeOf } from "../tensor.js";
import { forwardRuleAt, weighedRuleAt } from "./derivative-rule.js";
import { along, everywhere, randomSource, scalesOf } from "./directions.js";
import { judgeElement } from "./element.js";
import { ruleTolerance } from "./judge.js";
import { referencesAlong } from "./ladder.js";
import { Motion } from "./motion.js";
import type { Point } from "./rounding.js";

/**
 * The first node between an input and an output whose own derivative is wrong: each is taken out of the graph, its operands
 * moved alone, and what its rule makes of a random cotangent compared with differences of its value. `undefined` where
 * every node is right by itself.
 */
export function firstWrongNode(
  b: Calculus,
  output: OperatorNode,
  input: OperatorNode,
  point: Point,
  seed: number,
): WrongNode | undefined {
  const connected = connectedTo(output);
  const moving = new Set([input]);
  const suspects: OperatorNode[] = [];
  for (const node of topologicalOrder([output])) {
    if (!connected.has(node) || node === input) continue;
    if (!node.inputs.some((operand, index) => moving.has(operand) && passes(node, index))) continue;
    moving.add(node);
    suspects.push(node);
  }
  const values = valuesOf(suspects, point);
  for (const node of suspects) {
    for (const [index, operand] of node.inputs.entries()) {
      if (!moving.has(operand) || !passes(node, index)) continue;
      const found = checkAlone(b, node, index, values, point, seed);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The values of nodes and of all that they read. */
function valuesOf(nodes: readonly OperatorNode[], point: Point): ReadonlyMap<OperatorNode, PreciseTensor> {
  const wanted = new Set(nodes.flatMap((node) => [node, ...node.inputs]));
  const values = new Map<OperatorNode, PreciseTensor>();
  evaluatePrecisely(nodes, point, {
    visit: (node, _inputs, value, steps) => {
      if (steps.length === 0 && wanted.has(node)) values.set(node, value);
    },
  });
  return values;
}

/** A blank keeps the names apart from those of a script. */
export const operandName = (index: number) => `operand ${index}`;

/** The derivative of one node by one of its operands, the others standing still. */
function checkAlone(
  b: Calculus,
  node: OperatorNode,
  index: number,
  values: ReadonlyMap<OperatorNode, PreciseTensor>,
  point: Point,
  seed: number,
): WrongNode | undefined {
  const { own, operands, values: place } = alone(b, node, values, point);
  const moved = operands[index]!;
  const name = operandName(index);
  const random = randomSource(seed);
  const ones = new Float64Array(sizeOf(node.shape)).fill(1);
  const weights = everywhere(ones, random);
  const speeds = everywhere(scalesOf(place, name), random);
  const weighed = b.sum(b.mul(b.constant({ shape: node.shape, data: weights }), own), null);
  const line = along(name, speeds);
  const motion = new Motion(b, [weighed], place);
  const [reference] = referencesAlong(motion, line);
  const [pulled] = weighedRuleAt(b, own, weights, [moved], place);
  let rule: DoubleDouble = zero;
  let size = 0;
  for (const [i, speed] of line.speeds.entries()) {
    const term = mulNumber(elementOf(pulled!, i), speed);
    rule = add(rule, term);
    size += Math.abs(term.hi);
  }
  const common = {
    reference: reference!,
    element: 0,
    value: elementOf(motion.start(line.direction).outputs[0]!, 0),
    length: line.length,
    largest: size,
    tolerance: ruleTolerance * size,
  };
  const forward = elementOf(forwardRuleAt(b, weighed, moved, line.speeds, place), 0);
  // In reverse, then forward.
  const wrong = [rule, forward]
    .map((found) => ({ found, judged: judgeElement({ ...common, number: found.hi, rule: found }) }))
    .find(({ judged }) => judged.verdict === "WRONG");
  if (wrong === undefined) return undefined;
  // The first input of a function with a derivative of its own is its value.
  const first = node.op.name === "custom" ? 1 : 0;
  return {
    op: typeof node.attributes.function === "string" ? node.attributes.function : node.op.name,
    span: node.span,
    operands: node.inputs.slice(first).map((operand, k) => {
      const { hi } = values.get(operand)!;
      return { name: nameOf(operand, k), value: hi.length === 1 ? hi[0]! : undefined };
    }),
    operand: index - first,
    derivative: wrong.found.hi,
    reference: wrong.judged.reference,
  };
}

/** Longer texts of operands are not shown. */
const longestText = 24;

function nameOf({ attributes, span }: OperatorNode, index: number): string {
  if (typeof attributes.name === "string") return attributes.name;
  const text = span?.source.text.slice(span.start, span.end);
  return text !== undefined && text.length <= longestText ? text : operandName(index);
}

/** The node over placeholders for its operands, and a point at which these have its values. */
export function alone(
  b: Calculus,
  node: OperatorNode,
  values: ReadonlyMap<OperatorNode, PreciseTensor>,
  point: Point,
) {
  const operands = node.inputs.map(({ shape }, k) => b.apply("input", [], { name: operandName(k), shape }));
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
