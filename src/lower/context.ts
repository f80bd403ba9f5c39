import type { FunctionDefinition } from "../../grammar/index.js";
import { type Diagnostic, fault, type Span } from "../diagnostics.js";
import type { OperatorNode } from "../graph/node.js";
import { topologicalOrder } from "../graph/topology.js";
import type { Loop } from "../ops/loop.js";
import type { Cotangent, TensorOp } from "../ops/op.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { Tensor } from "../tensor.js";
import type { Journal } from "./journal.js";
import { describeValue, type Scope, type Value } from "./value.js";

/** Nodes that were made for branches, as ranges of ids. */
export class Conditional {
  readonly #ranges: [start: number, end: number][] = [];

  /** Ranges come in the order of their ends; one may hold earlier ones. */
  add(start: number, end: number): void {
    while (this.#ranges.length > 0 && this.#ranges.at(-1)![0] >= start) this.#ranges.pop();
    if (end > start) this.#ranges.push([start, end]);
  }

  has({ id }: OperatorNode): boolean {
    let [low, high] = [0, this.#ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ranges[middle]![1] <= id) low = middle + 1;
      else high = middle;
    }
    return low < this.#ranges.length && this.#ranges[low]![0] <= id;
  }
}

/** Computes the value of a node that depends on no input. */
export type Evaluate = (node: OperatorNode) => Tensor;

/** Derivatives of nodes by nodes, as nodes; `null` where there is no dependence. */
export interface Differentiation {
  /** Tangents of the outputs, from those of the seeds; all have the same leading batch axes. */
  readonly pushforward: (
    b: Calculus,
    outputs: readonly OperatorNode[],
    seeds: ReadonlyMap<OperatorNode, OperatorNode>,
  ) => (OperatorNode | null)[];
  /** Cotangents of the nodes of `wrt`, with masks, from those of outputs; all have the same leading batch axes. */
  readonly pullback: (
    b: Calculus,
    seeds: ReadonlyMap<OperatorNode, Cotangent>,
    wrt: readonly OperatorNode[],
  ) => ReadonlyMap<OperatorNode, Cotangent>;
  /** A loop as a node. */
  readonly loop: (b: Calculus, loop: Loop, inputs: readonly OperatorNode[]) => OperatorNode;
  /** shape(y) + shape(x). */
  readonly jacobian: (b: Calculus, y: OperatorNode, x: OperatorNode) => OperatorNode | null;
  /** shape(x) + shape(x), of a scalar w. */
  readonly hessian: (b: Calculus, w: OperatorNode, x: OperatorNode) => OperatorNode | null;
  /** shape(y); v has the shape of x. */
  readonly jvp: (b: Calculus, y: OperatorNode, x: OperatorNode, v: OperatorNode) => OperatorNode | null;
  /** shape(x); v has the shape of y. */
  readonly vjp: (b: Calculus, y: OperatorNode, x: OperatorNode, v: OperatorNode) => OperatorNode | null;
  /** shape(x), of a scalar w; v has the shape of x. */
  readonly hvp: (b: Calculus, w: OperatorNode, x: OperatorNode, v: OperatorNode) => OperatorNode | null;
}

/** What lowering carries along. */
export interface Context {
  readonly b: Calculus;
  readonly evaluate: Evaluate;
  /** Takes a warning; one place may give the same one several times, once for each expansion of a function. */
  readonly warn: (warning: Diagnostic) => void;
  /** Given from outside: lowering builds graphs and does not know how they are differentiated. */
  readonly differentiation: Differentiation;
  /** Results of calls by function, its scope and its arguments, so that a repeated call is lowered once. */
  readonly calls: Map<FunctionDefinition, Map<Scope, Map<string, Value>>>;
  /** The operations of functions that state their own derivative. */
  readonly custom: Map<FunctionDefinition, TensorOp>;
  /** In how many segments loops are run again for derivatives; `undefined`: they keep every step's carries. */
  readonly checkpoint: number | undefined;
  /** What belongs to branches, so that it is computed only where one of them is taken. */
  readonly conditional: Conditional;
  /** How many calls of each function are being expanded, one inside the other. */
  readonly openCalls: Map<FunctionDefinition, number>;
  /** What the parameters of loop bodies stand for: a sequence, or `null` for a carry. */
  readonly loopSources: Map<OperatorNode, OperatorNode | null>;
  /** How many loops' bodies are being built, one inside the other. */
  readonly openLoops: { count: number };
  /** Numbers by which functions that are passed as values are told apart. */
  readonly functionNumbers: Map<object, number>;
  /** Those whose rule is being expanded. */
  readonly openRules: Set<FunctionDefinition>;
  /** Where to write down how the graph comes about; `undefined`: nobody wants to know. */
  readonly journal: Journal | undefined;
}

/**
 * A parameter or a local name that something differentiates by, with a node of its own: the derivative by it counts no
 * path through another name of the same value.
 */
export function keepApart({ b }: Context, name: string, value: Value): Value {
  if (value.kind !== "tensor") return value;
  // The size of the graph grows with each such node, so that no two of them are equal.
  return { kind: "tensor", node: b.apply("named", [value.node], { name, scope: b.builder.size }) };
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
