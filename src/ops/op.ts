import type { Span } from "../diagnostics.js";
import { fault } from "../diagnostics.js";
import type { Attributes, Operator, OperatorNode } from "../graph/node.js";
import { broadcast } from "../graph/shape.js";
import { formatShape, type Shape } from "../tensor.js";
import { type Documentation, documentationOf } from "./documentation.js";
import type { Calculus } from "./vocabulary.js";

/**
 * ∂y/∂x of one argument of an elementwise operation, at each element: a factor (a number or a node), or a choice: where
 * `select` is not 0 the derivative is `scale` (1 where it is left out), elsewhere it is 0, without a multiplication, so
 * that an infinity on the side that was not chosen cannot become NaN.
 */
export type Partial =
  | number
  | OperatorNode
  | { readonly select: OperatorNode; readonly scale?: OperatorNode };

/**
 * The partial with respect to one argument, as a function of the arguments and the result;
 * `null` where the value does not depend on the argument at all (a structural zero).
 */
export type PartialRule = ((b: Calculus, x: readonly OperatorNode[], y: OperatorNode) => Partial) | null;

/**
 * Of an operation that is put together of pieces: a number for the piece that the arguments lie in. From one piece to
 * another the derivative jumps, or the value does.
 */
export type BranchRule = (b: Calculus, x: readonly OperatorNode[], y: OperatorNode) => OperatorNode;

/** Where samples of an argument are drawn from. */
export type Domain = readonly [low: number, high: number];

/** An elementwise operation: NumPy broadcasting, and derivatives that follow from its partials. */
export interface ScalarOp<Name extends string = string> extends Operator {
  readonly kind: "scalar";
  readonly name: Name;
  readonly args: readonly string[];
  readonly doc: string;
  readonly partials: readonly PartialRule[];
  /** One interval for each argument. */
  readonly domain: readonly Domain[];
  /** Points at which conventions or rounding are delicate, one tuple of arguments each. */
  readonly special: readonly (readonly number[])[];
  /** Its entry in the reference; `undefined` for an operation that is not a function of the language. */
  readonly documentation: Documentation | undefined;
  /** Values of arguments that a call may leave out. */
  readonly defaults: Readonly<Record<string, number>>;
  /** `undefined` for an operation that is smooth inside its domain. */
  readonly branch: BranchRule | undefined;
}

interface ScalarRuleBase {
  readonly args: readonly string[];
  readonly doc: string;
  readonly partials: readonly PartialRule[];
  readonly domain: readonly Domain[];
  readonly special?: readonly (number | readonly number[])[];
  readonly branch?: BranchRule;
}

/** An operation that the language writes with a sign, `+`. */
export interface OperatorRule extends ScalarRuleBase {
  readonly sign: string;
}

/** An operation that stands in derivatives only. */
interface HiddenRule extends ScalarRuleBase {
  readonly hidden: true;
}

/** An operation that is a function of the language. */
interface FunctionRule extends ScalarRuleBase, Documentation {
  readonly defaults?: Readonly<Record<string, number>>;
}

export type ScalarRule = OperatorRule | HiddenRule | FunctionRule;

/**
 * A cotangent and where it is live. A choice (`where`, `maximum`, …) passes nothing to the side that was not chosen:
 * there the cotangent is 0 and dead, and products under the mask select instead of multiplying, because 0 times the
 * infinite slope of `sqrt` at 0, say, would be NaN. `null`: live everywhere, so that 0·∞ stays NaN elsewhere.
 */
export interface Cotangent {
  readonly value: OperatorNode;
  /** 1 where live, 0 where dead. It may lack the batch axes of the value, but has every axis of the node. */
  readonly mask: OperatorNode | null;
}

/** The reverse rule of one input: cotangent of the output to cotangent of the input. */
export type Pullback = (
  b: Calculus,
  /** Shape: any number of leading batch axes, then the node's shape. A rule acts on the trailing axes only. */
  cotangent: OperatorNode,
  node: OperatorNode,
  /** Which input is asked for. */
  index: number,
  /**
   * 1 where the output is live, 0 where it is dead (the cotangent is 0 there), in the node's shape; `null`: live
   * everywhere. What only dead elements read may be infinite or NaN. A rule in which 0 times it would be added to what
   * reaches a live element takes 0 for it.
   */
  live: OperatorNode | null,
) => OperatorNode;

/** The forward rule: tangents of the inputs to the tangent of the output. */
export type Pushforward = (
  b: Calculus,
  /**
   * One for each input, not all of them `null`. `null`: the input does not move (a structural zero). Shape: any number
   * of leading batch axes, the same for all of them, then the input's shape. A rule acts on the trailing axes only.
   */
  tangents: readonly (OperatorNode | null)[],
  node: OperatorNode,
  /** The tangent of the output: the batch axes, then the node's shape. */
) => OperatorNode;

/** An operation with a shape rule of its own. Axes in attributes are negative (counted from the end). */
export interface TensorOp<Name extends string = string> extends Operator {
  readonly kind: "tensor";
  readonly name: Name;
  readonly doc: string;
  /**
   * What is returned may still be larger than the input by broadcasting: the caller un-broadcasts.
   * `null`: no derivative passes (a leaf, or a structural zero).
   */
  readonly vjp: Pullback | null;
  /** `null` exactly where `vjp` is. */
  readonly jvp: Pushforward | null;
  readonly live?: LiveRule;
  /** In place of `vjp` and `live`, where the mask of an input comes of the same steps as its cotangent. `null`: nothing. */
  readonly pull?: MaskedPullback;
  readonly chooses?: ChoiceRule;
  readonly branch?: BranchRule;
  readonly structure?: Structure;
  readonly batch?: BatchRule | null;
  /** Whether all inputs need the same batch axes: where they stand side by side. */
  readonly alike?: true;
  /** Whether its one input gets new axes in front, which those of a batch must stay in front of. */
  readonly stretches?: true;
  /** Whether its one input is a symmetric matrix, and its rules hold for symmetric changes of that. */
  readonly symmetric?: true;
}

/**
 * Which elements of an input any live element of the output depends on, as 0 or 1, from the same for the output (with
 * batch axes in front or not). Without such a rule, one live element makes all of the input live.
 */
export type LiveRule = (b: Calculus, mask: OperatorNode, node: OperatorNode, index: number) => OperatorNode;

/** The reverse rule of one input, with masks. */
export type MaskedPullback = (
  b: Calculus,
  cotangent: Cotangent,
  node: OperatorNode,
  index: number,
) => Cotangent | null;

/** For operations that choose among the elements of an input: 1 for those that are chosen, 0 for the others. */
export type ChoiceRule = (b: Calculus, node: OperatorNode, index: number) => OperatorNode;

/**
 * The attributes under which an operation acts on inputs with batch axes in front; without such a rule, its own, which
 * speak of trailing axes. `null`: it cannot.
 */
export type BatchRule = (node: OperatorNode, batch: Shape) => Attributes;

/**
 * What an element of the output takes from an input that the operation is linear in. Jacobians find out from it which
 * of their elements are 0 whatever the values are. Without it, every element takes from every one.
 *
 * `copies`: each output element is one input element, or 0; the forward rule tells which. `adds`: each input element is
 * added to one output element; the reverse rule tells to which.
 */
export type Structure = "copies" | "adds" | ((node: OperatorNode, index: number) => Along);

/** From the elements that agree with it in all axes but these (negative, of the input), where it has those axes at all. */
export interface Along {
  readonly axes: readonly number[];
  /** Only from those at or before it along the one axis. */
  readonly before?: true;
  /** In a product of matrices, the input that is the other factor: where it is 0 by a constant, nothing is taken. */
  readonly factor?: number;
}

export interface TensorRule {
  readonly doc: string;
  readonly shape: (inputs: readonly OperatorNode[], attributes: Attributes, span: Span | undefined) => Shape;
  readonly vjp: Pullback | null;
  readonly jvp: Pushforward | null;
  readonly live?: LiveRule;
  /** In place of `vjp` and `live`, where the mask of an input comes of the same steps as its cotangent. `null`: nothing. */
  readonly pull?: MaskedPullback;
  readonly chooses?: ChoiceRule;
  readonly branch?: BranchRule;
  readonly structure?: Structure;
  readonly batch?: BatchRule | null;
  /** Whether all inputs need the same batch axes: where they stand side by side. */
  readonly alike?: true;
  /** Whether its one input gets new axes in front, which those of a batch must stay in front of. */
  readonly stretches?: true;
  /** Whether its one input is a symmetric matrix, and its rules hold for symmetric changes of that. */
  readonly symmetric?: true;
}

/** A rule whose pullback treats masks as it treats cotangents. */
export interface MaskCarryingRule extends TensorRule {
  readonly vjp: LiveRule;
}

/** For operations whose pullback only moves elements or repeats them: it carries 0 and 1 as it carries cotangents. */
export const moves = (rule: MaskCarryingRule): TensorRule => ({
  structure: "copies",
  ...rule,
  live: rule.vjp,
});

export type Op = ScalarOp | TensorOp;

/** A family of elementwise operations, keyed by name. */
export function scalarOps<Name extends string>(
  rules: Record<Name, ScalarRule>,
): {
  readonly [N in Name]: ScalarOp<N>;
} {
  const ops = {} as { [N in Name]: ScalarOp<N> };
  for (const name of Object.keys(rules) as Name[]) {
    const rule = rules[name];
    ops[name] = {
      kind: "scalar",
      name,
      args: rule.args,
      doc: rule.doc,
      partials: rule.partials,
      domain: rule.domain,
      special: (rule.special ?? []).map((point) => (typeof point === "number" ? [point] : point)),
      branch: rule.branch,
      documentation: "family" in rule ? documentationOf(rule) : undefined,
      defaults: ("defaults" in rule ? rule.defaults : undefined) ?? {},
      shape: (inputs, _attributes, span) => broadcastAll("sign" in rule ? rule.sign : name, inputs, span),
    };
  }
  return ops;
}

/** A family of tensor operations, keyed by name. */
export function tensorOps<Name extends string>(
  rules: Record<Name, TensorRule>,
): {
  readonly [N in Name]: TensorOp<N>;
} {
  const ops = {} as { [N in Name]: TensorOp<N> };
  for (const name of Object.keys(rules) as Name[]) {
    ops[name] = { kind: "tensor", name, ...rules[name] };
  }
  return ops;
}

function broadcastAll(op: string, inputs: readonly OperatorNode[], span: Span | undefined): Shape {
  let shape = inputs[0]!.shape;
  for (let i = 1; i < inputs.length; i++) {
    const other = inputs[i]!.shape;
    const joined = broadcast(shape, other);
    if (joined === undefined) {
      throw fault(
        "broadcast",
        { op: `\`${op}\``, left: formatShape(shape), right: formatShape(other) },
        span,
      );
    }
    shape = joined;
  }
  return shape;
}
