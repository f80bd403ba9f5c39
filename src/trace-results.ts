import type { Diagnostic } from "./diagnostics.js";
import type { Shape, Tensor } from "./tensor.js";

/** One value that a step makes: most make one, a scan several. */
export interface TracedValue {
  readonly name: string;
  readonly shape: Shape;
  readonly value: Tensor;
}

/** A step of the forward pass: what one operation of the script makes. */
export interface ForwardStep {
  readonly step: number;
  readonly node: string;
  readonly op: string;
  /** Nodes and literals, in reading order. */
  readonly inputs: readonly string[];
  readonly outputs: readonly TracedValue[];
}

/** A term of a `sum_grad`: what one consumer passes back. */
export interface Contribution {
  /** The consumer; the output itself where the backward pass begins. */
  readonly from: string;
  /** False for where the backward pass begins. */
  readonly isStep: boolean;
  /** By the consumer's `sum_grad`, as an expression: `sum_grad(z) @ y'`. */
  readonly formula?: string;
  /** Of a consumer that is a scalar: the derivative by which its `sum_grad` is multiplied. */
  readonly local?: {
    readonly formula?: string;
    /** The consumer's `sum_grad`. */
    readonly sumGrad: Tensor;
    readonly value: Tensor;
  };
  /** Operations that have no formula of their own, such as `scan`. */
  readonly through?: string;
  readonly value: Tensor;
}

/** A node of the backward pass: its contributions, and their sum. */
export interface BackwardStep {
  readonly step: number;
  readonly node: string;
  readonly contributions: readonly Contribution[];
  /** How many contributions are left out: only those of some nodes are asked for, or there are very many. */
  readonly omitted: number;
  readonly sumGrad: Tensor;
}

/** The backward pass from one output. */
export interface BackwardPass {
  readonly output: string;
  readonly outputRank: number;
  /** In the order of the transposed graph. */
  readonly steps: readonly BackwardStep[];
  /** Names to differentiate by that the output does not depend on. */
  readonly notConnected: readonly string[];
}

/** A part of a list that is shown: it has `total` entries. */
export interface Shown {
  readonly shown: number;
  readonly total: number;
}

export interface Trace {
  /** One step of a loop, where one is shown: its number from 0, and how many there are. */
  readonly iteration?: {
    readonly loop: string;
    readonly op: string;
    readonly index: number;
    readonly count: number;
  };
  readonly forward: readonly ForwardStep[];
  readonly backward: readonly BackwardPass[];
  /** About the values of the inputs. */
  readonly warnings: readonly Diagnostic[];
  /** Present where steps are left out. */
  readonly abridged?: Shown;
}

/** A path from an input to the output, and what it adds to the gradient. */
export interface TracedPath {
  /** From the input to the output. */
  readonly nodes: readonly string[];
  readonly value: Tensor;
  /** Its part of the gradient: of 1. Not there where the gradient is 0 or not finite. */
  readonly share?: number;
}

/** The paths from one input to one output. */
export interface PathGroup {
  readonly output: string;
  readonly outputRank: number;
  readonly input: string;
  /** Their sum. */
  readonly gradient: Tensor;
  /** Those that are listed, largest first. */
  readonly paths: readonly TracedPath[];
  /** How many there are in all: may be more than a number can tell. */
  readonly count: bigint;
  /** What those add that are not listed. */
  readonly others?: { readonly count: bigint; readonly value: Tensor; readonly share?: number };
  /** Whether the listed ones are the largest of all for certain. */
  readonly isExact: boolean;
}
