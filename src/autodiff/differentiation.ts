import type { OperatorNode } from "../graph/node.js";
import type { Calculus } from "../ops/vocabulary.js";
import { pushforward } from "./forward.js";
import { hessians, hessianVectorProduct } from "./hessian.js";
import { asTensor, jacobianTensors } from "./jacobian.js";
import { loopNode } from "./loops.js";
import { pullback, pullbackMasked } from "./reverse.js";
import type { Evaluate } from "./sparsity/dependence.js";

type Node = OperatorNode;

/** What the derivative functions of the language mean. `null` is a structural zero. `evaluate` finds structure. */
export const differentiationWith = (evaluate: Evaluate) => ({
  pushforward,
  pullback: pullbackMasked,
  loop: loopNode,
  /** shape(y) + shape(x). */
  jacobian: (b: Calculus, y: Node, x: Node): Node | null => jacobianTensors(b, y, [x], evaluate)[0]!,
  /** shape(x) + shape(x), of a scalar w. */
  hessian: (b: Calculus, w: Node, x: Node): Node | null =>
    asTensor(b, hessians(b, w, [x], evaluate)[0]![0]!, x.shape, x.shape),
  /** shape(y); v has the shape of x. */
  jvp: (b: Calculus, y: Node, x: Node, v: Node): Node | null => pushforward(b, [y], new Map([[x, v]]))[0]!,
  /** shape(x); v has the shape of y. */
  vjp: (b: Calculus, y: Node, x: Node, v: Node): Node | null => pullback(b, y, v, [x]).get(x) ?? null,
  /** shape(x), of a scalar w; v has the shape of x. */
  hvp: (b: Calculus, w: Node, x: Node, v: Node): Node | null => hessianVectorProduct(b, w, x, v),
});
