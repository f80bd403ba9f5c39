import type { Span } from "./diagnostics.js";
import type { SourceLine } from "./results.js";
import type { Shape, Tensor } from "./tensor.js";

/** How one number follows from the elements of the inputs, to first order. */
export interface Elasticities {
  /** `y`, or `y[0]` for an element of a tensor. */
  readonly output: string;
  readonly value: number;
  readonly inputs: readonly InputElasticities[];
}

/** Of one input; every tensor has its shape. */
export interface InputElasticities {
  readonly name: string;
  /** False where the output does not depend on it at all. */
  readonly connected: boolean;
  readonly value: Tensor;
  readonly gradient: Tensor;
  /** Per cent of the output for one per cent of the input. Absent where the output is 0 or not finite. */
  readonly elasticity?: Tensor;
}

/** The standard deviation of one number, and where it comes from. */
export interface Uncertainty {
  /** Of the output that it is, or is an element of. */
  readonly name: string;
  readonly output: string;
  readonly value: number;
  readonly sigma: number;
  /** Of the inputs that have a standard deviation. */
  readonly inputs: readonly VarianceShares[];
}

export interface VarianceShares {
  readonly name: string;
  readonly value: Tensor;
  readonly sigma: Tensor;
  /**
   * What part of the variance each element stands for, gᵢ·(Σg)ᵢ / σ². They add up to 1; where inputs are correlated, some
   * may be negative. Absent where the variance is 0 or not finite.
   */
  readonly share?: Tensor;
}

export interface Propagation {
  readonly uncertainties: readonly Uncertainty[];
  /** Of all elements of all outputs, in the order of `uncertainties`. */
  readonly covariance: Tensor;
  /** Whether any two elements of inputs are correlated. */
  readonly isCorrelated: boolean;
}

/** Where rounding comes from. */
export interface RoundingSource {
  readonly op: string;
  /** As written; undefined for what no text asked for. */
  readonly text: string | undefined;
  readonly place: SourceLine | undefined;
  /** What it adds to the bound at most. */
  readonly bound: number;
}

/** How far rounding may move one number. */
export interface RoundingBound {
  /** Of the output that it is, or is an element of. */
  readonly name: string;
  readonly output: string;
  readonly value: number;
  readonly bound: number;
  /** What contributes most, largest first. */
  readonly sources: readonly RoundingSource[];
  /** How many further ones there are, and what they add together. */
  readonly rest: { readonly count: number; readonly bound: number };
}

/** What `autograd sensitivity` gives. */
export interface Sensitivity {
  readonly elasticities?: readonly Elasticities[];
  readonly propagation?: Propagation;
  readonly rounding?: readonly RoundingBound[];
  /** Outputs without elements. */
  readonly empty: readonly string[];
  /** Outputs too large for a table of each element. */
  readonly large: readonly { readonly name: string; readonly shape: Shape }[];
}

/** What somebody says of how far inputs may be off, as written. */
export interface StatedSpread {
  /** `sigma`: standard deviations of one input. `covariance`: a matrix over all elements of these inputs. */
  readonly kind: "sigma" | "covariance";
  readonly names: readonly string[];
  readonly tensor: Tensor;
  readonly span: Span | undefined;
}
