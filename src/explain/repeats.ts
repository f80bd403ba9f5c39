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
    const { body, carries, sequences, condition } = node.op.loop;
    const kinds = new Map(
      body.parameters.map((parameter, i): [OperatorNode, StepKind] => {
        if (i < carries) return [parameter, "carry"];
        return [parameter, i < carries + sequences ? "slice" : "outer"];
      }),
    );
    const places = new Map(body.parameters.map((parameter, i) => [parameter, i]));
    const outputs = condition === null ? body.results : [...body.results, condition];
    const flow = flowOf(outputs, {
      ...context,
      leafKind: (leaf) => kinds.get(leaf) ?? context.leafKind(leaf),
      leafName: (leaf) => {
        const place = places.get(leaf);
        if (place === undefined) return context.leafName?.(leaf);
        if (kinds.get(leaf) === "outer") return labelAround(node.inputs[place]!, around, context);
        return context.journal.nameOf(leaf) ?? `${kinds.get(leaf)}${place}`;
      },
    });
    return { node, flow };
  });
}

/** What a node is called that a loop reads, or the value that it hands on. */
function labelAround(read: OperatorNode, around: Flow, { journal }: FlowContext): string {
  for (let node = read; ; node = node.inputs[0]!) {
    const label = around.partOf(node)?.label;
    if (label !== undefined) return label;
    if (node.inputs.length !== 1 || around.stepOf(node) === undefined) return constantText(read, journal);
  }
}
