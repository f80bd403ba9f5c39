import type { Expression } from "../../grammar/index.js";
import { differentiation } from "../autodiff/differentiation.js";
import { evaluateConstants } from "../engine/engine.js";
import { Builder } from "../graph/builder.js";
import type { OperatorNode } from "../graph/node.js";
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
  const evaluate = (node: OperatorNode) => evaluateConstants([node], limits)[0]!;
  return evaluateConstants(
    lowerClosed(b, resolution, expressions, { dimensions, evaluate, differentiation }),
    limits,
  );
}
