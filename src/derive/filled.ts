import { earlierBranch } from "../formula/loops.js";
import { fillOf } from "../formula/spelling.js";
import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import { isLoop, type LoopOp } from "../ops/loop.js";
import type { Calculus } from "../ops/vocabulary.js";

type Replaced = ReadonlyMap<OperatorNode, OperatorNode>;

const noName = { isNamed: () => false };

/**
 * The roots with numbers in the bodies of loops for what is the same number in every step: an invariant, every element of
 * a sequence, or the carry of a branch, which makes one step.
 */
export function withFilled(
  b: Calculus,
  roots: readonly OperatorNode[],
  known: Replaced = new Map(),
): readonly OperatorNode[] {
  const made = new Map(known);
  for (const node of topologicalOrder(roots)) {
    if (made.has(node)) continue;
    const inputs = node.inputs.map((input) => made.get(input)!);
    const isSame = inputs.every((input, i) => input === node.inputs[i]);
    b.builder.span = node.span;
    const own = isSame ? node : b.builder.node(node.op, inputs, node.attributes);
    made.set(node, isLoop(own) ? filledLoop(b, own) : own);
  }
  return roots.map((root) => made.get(root)!);
}

/** Bodies nest as deep as loops do in a script, and call themselves as deep. */
function filledLoop(b: Calculus, node: OperatorNode & { readonly op: LoopOp }): OperatorNode {
  const { loop } = node.op;
  const { parameters, results } = loop.body;
  const replaced = new Map<OperatorNode, OperatorNode>();
  const entries = entriesOf(node);
  parameters.forEach((parameter, i) => {
    const fill = entries[i] && fillOf(entries[i]);
    if (fill !== undefined) replaced.set(parameter, b.broadcastTo(fill, parameter.shape));
  });
  const { condition } = loop;
  const inner = condition === null ? results : [...results, condition];
  const filled = withFilled(b, inner, replaced);
  if (filled.every((one, i) => one === inner[i])) return node;
  b.builder.span = node.span;
  return b.builder.node(
    node.op.withLoop({
      ...loop,
      body: { parameters, results: filled.slice(0, results.length) },
      condition: condition === null ? null : filled.at(-1)!,
    }),
    node.inputs,
  );
}

/** What each parameter holds in all steps; `undefined` for carries that change, and for the only elements of a `map`. */
function entriesOf(node: OperatorNode & { readonly op: LoopOp }): readonly (OperatorNode | undefined)[] {
  const { inputs, op } = node;
  const { carries, sequences, counted, length } = op.loop;
  const isBranch = counted && length === 1;
  // The second of two branches goes on with what the first one leaves where it is not taken: what that began with.
  const first = isBranch ? (earlierBranch(node, noName) ?? node) : undefined;
  const isMap = carries === 0 && inputs.slice(0, sequences).every((input) => fillOf(input) !== undefined);
  return inputs.map((input, i) => {
    if (i < carries) return first?.inputs[i];
    return isMap && i < sequences ? undefined : input;
  });
}
