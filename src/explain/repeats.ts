import type { OperatorNode } from "../graph/node.js";
import type { FlowContext, StepKind } from "./context.js";
import { type Flow, flowOf, type LoopNode, type Step } from "./flow.js";
import { constantText } from "./labels.js";

/** The body of a loop as a graph of its own. */
export interface BodyFlow {
  readonly node: LoopNode;
  /** Its outputs: what the body gives, then the condition of a loop that has one. */
  readonly flow: Flow;
}

/** The bodies of a step of the flow `around` that loops; of a branch, the one for each side. */
export function bodiesOf({ loops }: Step, around: Flow, context: FlowContext): BodyFlow[] {
  return loops.map((node) => {
    const { body, condition } = node.op.loop;
    const { labels, kinds } = parameterLabels(node, around, context);
    const places = new Map(body.parameters.map((parameter, i) => [parameter, i]));
    const outputs = condition === null ? body.results : [...body.results, condition];
    const flow = flowOf(outputs, {
      ...context,
      leafKind: (leaf) => kinds[places.get(leaf)!] ?? context.leafKind(leaf),
      leafName: (leaf) => labels[places.get(leaf)!] ?? context.leafName?.(leaf),
    });
    return { node, flow };
  });
}

/** What the parameters of a loop's body are, and what they are called. */
export function parameterLabels(
  node: LoopNode,
  around: Flow,
  context: FlowContext,
): { readonly labels: readonly string[]; readonly kinds: readonly StepKind[] } {
  const { body, carries, sequences } = node.op.loop;
  const kinds = body.parameters.map((_, i): StepKind => {
    if (i < carries) return "carry";
    return i < carries + sequences ? "slice" : "outer";
  });
  const labels = body.parameters.map((parameter, i) =>
    kinds[i] === "outer"
      ? labelAround(node.inputs[i]!, around, context)
      : (context.journal.nameOf(parameter) ?? `${kinds[i]}${i}`),
  );
  return { labels, kinds };
}

/** What a node is called that a loop reads, or the value that it hands on. */
function labelAround(read: OperatorNode, around: Flow, { journal }: FlowContext): string {
  for (let node = read; ; node = node.inputs[0]!) {
    const label = around.partOf(node)?.label;
    if (label !== undefined) return label;
    if (node.inputs.length !== 1 || around.stepOf(node) === undefined) return constantText(read, journal);
  }
}
