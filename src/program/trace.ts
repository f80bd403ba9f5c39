import { differentiationWith } from "../autodiff/differentiation.js";
import { evaluateNode } from "../engine/engine.js";
import { Builder } from "../graph/builder.js";
import type { OperatorNode } from "../graph/node.js";
import type { Limits } from "../limits.js";
import type { Journal } from "../lower/journal.js";
import type { Lowered } from "../lower/lower.js";
import { lower } from "../lower/lower.js";
import type { Resolution } from "../lower/resolve.js";
import { GraphCalculus } from "../ops/calculus.js";
import type { Calculus } from "../ops/vocabulary.js";
import type { Shape, Tensor } from "../tensor.js";

/** A script as a graph, for one choice of input shapes, before anything is derived or simplified. */
export interface Traced {
  readonly b: Calculus;
  readonly lowered: Lowered;
  /** Computes the value of a node from values of the inputs that it depends on, by name. */
  readonly evaluate: (node: OperatorNode, inputs?: ReadonlyMap<string, Tensor>) => Tensor;
}

export interface TraceOptions {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly dimensions: ReadonlyMap<string, number>;
  /** Definitions that get a node of their own, even where another is equal. */
  readonly kept: (name: string) => boolean;
  readonly checkpoint: number | undefined;
  /** Where to write down how the graph comes about. */
  readonly journal?: Journal;
  readonly limits: Limits;
}

/** Throws a `Fault` with everything that does not fit. */
export function trace(
  resolution: Resolution,
  { shapes, dimensions, kept, checkpoint, journal, limits }: TraceOptions,
): Traced {
  const b = new GraphCalculus(new Builder(limits));
  const evaluate: Traced["evaluate"] = (node, inputs) => evaluateNode(node, limits, inputs);
  const lowered = lower(b, resolution, {
    shapes,
    dimensions,
    kept,
    evaluate,
    differentiation: differentiationWith(evaluate),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(journal === undefined ? {} : { journal }),
  });
  return { b, lowered, evaluate };
}
