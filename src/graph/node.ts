import type { Span } from "../diagnostics.js";
import type { Shape, Tensor } from "../tensor.js";

export type Attribute = number | string | boolean | readonly number[] | Tensor;

/** An operator's static arguments (axes, sizes, a constant's value), under names that the operator chooses. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** What the graph needs to know of an operation; what it computes and how it is differentiated is not known here. */
export interface Operator {
  readonly name: string;
  /** The output's shape. Throws a `Fault` that shows the shapes where they do not fit. */
  shape(inputs: readonly OperatorNode[], attributes: Attributes, span: Span | undefined): Shape;
}

/** One operation applied to its inputs; immutable, and unique for its operator, inputs and attributes. */
export interface OperatorNode {
  /** Greater than the id of every input, so ids are a topological order. */
  readonly id: number;
  readonly op: Operator;
  readonly inputs: readonly OperatorNode[];
  readonly attributes: Attributes;
  readonly shape: Shape;
  /** The first place in the source that asked for this node. */
  readonly span: Span | undefined;
}
