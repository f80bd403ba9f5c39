import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import { evaluatePrecisely } from "../precise/evaluate.js";
import type { PreciseTensor } from "../precise/tensor.js";
import { type JudgedAlone, judgeAlone } from "./alone.js";
import type { Point } from "./rounding.js";

/** What came of a `derivative` rule for one argument. */
export interface RuleResult extends JudgedAlone {
  readonly function: string;
  readonly argument: number;
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
    // Input 0 is the value.
    node.inputs.slice(1).flatMap((_, argument) =>
      judgeAlone(b, node, argument + 1, values, point, seed).map((found) => ({
        function: node.attributes.function as string,
        argument,
        ...found,
      })),
    ),
  );
}
