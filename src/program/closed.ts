import type { Expression } from "../../grammar/index.js";
import { differentiationWith } from "../autodiff/differentiation.js";
import type { Evaluate } from "../autodiff/sparsity/dependence.js";
import { evaluateConstants, evaluateNode } from "../engine/engine.js";
import { Builder } from "../graph/builder.js";
import type { Limits } from "../limits.js";
import { lowerClosed } from "../lower/lower.js";
import type { Resolution } from "../lower/resolve.js";
import { GraphCalculus } from "../ops/calculus.js";
import type { Tensor } from "../tensor.js";

/** The values of expressions that read no input: defaults, bounds of domains, values on the command line. */
export function evaluateClosed(
  resolution: Resolution,
  expressions: readonly Expression[],
  dimensions: ReadonlyMap<string, number>,
  limits: Limits,
): Tensor[] {
  if (expressions.length === 0) return [];
  const b = new GraphCalculus(new Builder(limits));
  const evaluate: Evaluate = (node, inputs) => evaluateNode(node, limits, inputs);
  return evaluateConstants(
    lowerClosed(b, resolution, expressions, {
      dimensions,
      evaluate,
      differentiation: differentiationWith(evaluate),
    }),
    limits,
  );
}
