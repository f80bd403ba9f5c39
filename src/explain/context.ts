import type { OperatorNode } from "../graph/node.js";
import type { Journal } from "../lower/journal.js";

/**
 * What a step is: a leaf (`input`, `param`; in the body of a loop `carry`, `slice`, and `outer` for what is read from around
 * it), another name for a value (`alias`), a loop or a branch, or an operation.
 */
export type StepKind = "input" | "param" | "carry" | "slice" | "outer" | "alias" | "loop" | "operation";

/** What is known of the leaves of a graph, and how it came about. */
export interface FlowContext {
  readonly journal: Journal;
  /** The kind of a leaf, by its name. */
  readonly leafKind: (node: OperatorNode) => StepKind;
  /** The name of a leaf that is no input of the script. */
  readonly leafName?: (node: OperatorNode) => string | undefined;
  /** Nodes at which the graph ends, beside inputs, with their kinds: what a step of a loop begins with. */
  readonly leaves?: ReadonlyMap<OperatorNode, StepKind>;
  /** Whether what depends on no input is shown as steps, too. Default: as operands. */
  readonly constants?: boolean;
}
