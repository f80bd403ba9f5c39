import { everywhere } from "../../autodiff/cotangent.js";
import { identitySeed, pullbackMasked } from "../../autodiff/reverse.js";
import { Engine } from "../../engine/engine.js";
import type { OperatorNode } from "../../graph/node.js";
import type { Limits } from "../../limits.js";
import type { ProgramTrace } from "../../program/program.js";
import { optimise } from "../../rewrite/optimise.js";
import { sizeOf, type Tensor } from "../../tensor.js";

/** Elements of all sum_grads of a tensor output, beyond which none of them are computed. */
const mostElements = 1_000_000;

/** What a node passes back to one that it reads, by the nodes that stand for them in a picture. */
export interface PassedNode {
  readonly to: OperatorNode;
  readonly from: OperatorNode;
  readonly value: OperatorNode;
}

/** A backward pass over nodes. */
export interface NodePass {
  readonly output: OperatorNode;
  /** Of the nodes that the output depends on. */
  readonly sumGrads: ReadonlyMap<OperatorNode, OperatorNode>;
  /** In the order in which they are made. */
  readonly passed: readonly PassedNode[];
}

/** The backward pass from an output over these nodes; none where it would take too much memory to show. */
export function passOver(
  { b }: ProgramTrace,
  output: OperatorNode,
  nodes: readonly OperatorNode[],
): NodePass | undefined {
  const elements = nodes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (output.shape.length > 0 && elements * sizeOf(output.shape) > mostElements) return undefined;
  const passed: PassedNode[] = [];
  const seed = everywhere(identitySeed(b, output));
  const found = pullbackMasked(
    b,
    new Map([[output, seed]]),
    nodes,
    ({ consumer, index, passed: { value } }) =>
      passed.push({ to: consumer.inputs[index]!, from: consumer, value }),
  );
  return {
    output,
    sumGrads: new Map([...found].map(([node, { value }]) => [node, value])),
    passed,
  };
}

/** The values of nodes, and of nodes of derivatives, as a run computes them. Throws a `Fault` where one cannot be computed. */
export function valuesOf(
  { b, evaluate, values: inputs }: ProgramTrace,
  nodes: { readonly values: readonly OperatorNode[]; readonly derivatives: readonly OperatorNode[] },
  limits: Limits,
): ReadonlyMap<OperatorNode, Tensor> {
  const unique = { values: [...new Set(nodes.values)], derivatives: [...new Set(nodes.derivatives)] };
  const simple = optimise(b, unique, { evaluate });
  const results = new Engine([...simple.values, ...simple.derivatives], limits).run(inputs);
  return new Map([...unique.values, ...unique.derivatives].map((node, i) => [node, results[i]!]));
}
