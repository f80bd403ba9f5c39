import { connectedTo, passes } from "../autodiff/reverse.js";
import type { WrongNode } from "../check-results.js";
import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Calculus } from "../ops/vocabulary.js";
import { evaluatePrecisely } from "../precise/evaluate.js";
import type { PreciseTensor } from "../precise/tensor.js";
import { judgeAlone, operandName } from "./alone.js";
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

/** The derivative of one node by one of its operands, in reverse and forward. */
function checkAlone(
  b: Calculus,
  node: OperatorNode,
  index: number,
  values: ReadonlyMap<OperatorNode, PreciseTensor>,
  point: Point,
  seed: number,
): WrongNode | undefined {
  const found = judgeAlone(b, node, index, values, point, seed);
  const wrong = found.find(({ judged }) => judged.verdict === "WRONG")?.judged;
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
    derivative: wrong.value,
    reference: wrong.reference,
  };
}

/** Longer texts of operands are not shown. */
const longestText = 24;

function nameOf({ attributes, span }: OperatorNode, index: number): string {
  if (typeof attributes.name === "string") return attributes.name;
  const text = span?.source.text.slice(span.start, span.end);
  return text !== undefined && text.length <= longestText ? text : operandName(index);
}
