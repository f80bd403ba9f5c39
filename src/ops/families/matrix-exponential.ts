import type { OperatorNode } from "../../graph/node.js";
import { builtin, required } from "../builtin.js";
import { perMatrix } from "../live.js";
import { squareSize } from "../matrices.js";
import { tensorOps } from "../op.js";
import { ofOneInput } from "../tangents.js";
import type { Calculus } from "../vocabulary.js";

/** The attribute `block`: the size of the leading block whose norm decides on the scaling. */
const exponential = (b: Calculus, a: OperatorNode, block: number) => b.apply("expm", [a], { block });

/**
 * The Fréchet derivative L(A, E) of the exponential: exp([[A, E], [0, A]]) = [[exp A, L(A, E)], [0, exp A]]
 * (Higham, Functions of Matrices, 2008, sec. 3.2). The diagonal blocks alone decide on the scaling, as E
 * enters linearly (Al-Mohy and Higham 2009): a large direction does not cost accuracy. E may have batch axes in front.
 */
function frechet(b: Calculus, a: OperatorNode, direction: OperatorNode, node: OperatorNode): OperatorNode {
  const n = a.shape.at(-1)!;
  const x = b.broadcastTo(a, direction.shape);
  const above = b.concatenate([x, direction], -1);
  const below = b.concatenate([b.broadcastTo(0, direction.shape), x], -1);
  const both = exponential(b, b.concatenate([above, below], -2), node.attributes.block as number);
  return b.apply("slice", [both], { starts: [0, n], steps: [1, 1], counts: [n, n] });
}

export const matrixExponential = tensorOps({
  expm: {
    doc: "The matrix exponential, by scaling, a Padé approximant and squaring.",
    shape: ([a], _attributes, span) => {
      squareSize("expm", a!.shape, span);
      return a!.shape;
    },
    structure: () => ({ axes: [-2, -1] }),
    // The transpose of L(A, ·) is L(Aᵀ, ·).
    vjp: (b, cotangent, node) => frechet(b, b.matrixTranspose(node.inputs[0]!), cotangent, node),
    jvp: ofOneInput((b, tangent, node) => frechet(b, node.inputs[0]!, tangent, node)),
    live: perMatrix(2),
  },
});

export const matrixExponentialFunctions = [
  builtin({
    name: "expm",
    family: "linear algebra",
    derivative: "the Fréchet derivative L(a, da)",
    example: "y = expm([[0, 1], [0, 0]])",
    doc: "The matrix exponential.",
    parameters: { a: required("tensor") },
    build: (b, { a }) => exponential(b, a, squareSize("expm", a.shape, b.builder.span)),
  }),
];
