import type { Span } from "./diagnostics.js";
import type { Shape } from "./tensor.js";

/**
 * Where a value comes from that is not finite, or that is 0 though nobody expects it: `not connected` and the kinds of
 * zeros are for derivatives, but values may be 0 by what they are computed from, too.
 */
export type CauseKind = "not finite" | "not connected" | "zero by structure" | "zero by value" | "cancelled";

/** An element of a node: its index, of a scalar `[]`. */
export interface Element {
  readonly index: readonly number[];
  readonly shape: Shape;
  readonly value: number;
}

/** What an operation reads, or what is added up in it. */
export interface Read extends Element {
  /** Without the index: a name, or how the script writes it. */
  readonly label: string;
  /** How many further elements are read that are not listed. */
  readonly others?: number;
}

/** One step of a loop, from 0; a step of a branch is none. */
export interface LoopStep {
  readonly op: string;
  readonly step: number;
  readonly count: number;
}

/** A value or a derivative on the way from where something enters to where it is seen. */
export interface Link extends Element {
  /** The value, or the derivative of the output by it, its `sum_grad`. */
  readonly is: "value" | "derivative";
  readonly label: string;
  readonly op: string;
  readonly span: Span | undefined;
  readonly loops: readonly LoopStep[];
  /** Functions of the script that it lies in, outermost first. */
  readonly calls: readonly string[];
}

/** Where a NaN, an infinity or a zero enters, and why. */
export interface Cause {
  readonly kind: CauseKind;
  /** One sentence. */
  readonly reason: string;
  readonly remedy?: string;
  /** The operation at which it enters; none where nothing connects. */
  readonly at?: Link;
  /** What goes into it there: operands by name, with their values. */
  readonly reads: readonly Read[];
  /** Of a derivative: what has come back to the operation. */
  readonly sumGrad?: Element;
  /** How many elements of the operation are in the same case, where they are several. */
  readonly elements?: { readonly affected: number; readonly total: number };
  /** In how many further steps of loops the same is so. */
  readonly otherSteps?: number;
  /** From there to the name that was asked for, which is the last. */
  readonly chain: readonly Link[];
  /** Whether `at` is reached on the way back from the output. */
  readonly isBackward: boolean;
}

/** What `autograd why` finds. */
export interface Why {
  /** `w`, `∂w/∂x`. */
  readonly name: string;
  /** Of a derivative. */
  readonly output?: string;
  readonly input?: string;
  /** The element that is explained: of the output, then of the input. */
  readonly index: readonly number[];
  readonly outputRank: number;
  readonly shape: Shape;
  readonly value: number;
  /** How many elements are in the same case. */
  readonly count: { readonly affected: number; readonly total: number };
  readonly span: Span | undefined;
  /** Empty where nothing is wrong. */
  readonly causes: readonly Cause[];
  /** How many further causes there are. */
  readonly omitted: number;
}
