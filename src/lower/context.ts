import type { FunctionDefinition } from "../../grammar/index.js";
import { type Diagnostic, fault, type Span } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { Tensor } from "../tensor.js";
import { describeValue, type Scope, type Value } from "./value.js";

/** Computes the value of a node that depends on no input. */
export type Evaluate = (node: OperatorNode) => Tensor;

/** What lowering carries along. */
export interface Context {
  readonly b: Calculus;
  readonly evaluate: Evaluate;
  /** Takes a warning; one place may give the same one several times, once for each expansion of a function. */
  readonly warn: (warning: Diagnostic) => void;
  /** Results of calls by function, its scope and its arguments, so that a repeated call is lowered once. */
  readonly calls: Map<FunctionDefinition, Map<Scope, Map<string, Value>>>;
}

/** The node of a tensor; anything else is a fault at `span`. */
export function nodeOf(value: Value, span: Span): OperatorNode {
  if (value.kind !== "tensor") throw fault("value-needed", { actual: describeValue(value) }, span);
  return value.node;
}

/** The value of a node that must be known when the graph is built. */
export function constantOf({ evaluate }: Context, node: OperatorNode, what: string, span: Span): Tensor {
  const { value } = node.attributes;
  if (typeof value === "number") return { shape: [], data: Float64Array.of(value) };
  if (topologicalOrder([node]).some(({ op }) => op.name === "input"))
    throw fault("not-constant", { what }, span);
  return evaluate(node);
}
