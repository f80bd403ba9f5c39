import type { OperatorNode } from "../../graph/node.js";
import { builtin, required } from "../builtin.js";
import { squareSize } from "../matrices.js";
import { tensorOps } from "../op.js";
import type { Calculus } from "../vocabulary.js";

/** The attribute `block`: the size of the leading block whose norm decides on the scaling. */
const exponential = (b: Calculus, a: OperatorNode, block: number) => b.apply("expm", [a], { block });

export const matrixExponential = tensorOps({
  expm: {
    doc: "The matrix exponential, by scaling, a Padé approximant and squaring.",
    shape: ([a], _attributes, span) => {
      squareSize("expm", a!.shape, span);
      return a!.shape;
    },
    /*
     * The transpose of the Fréchet derivative L(A, ·) is L(Aᵀ, ·), and exp([[X, E], [0, X]]) = [[exp X, L(X, E)], [0, exp X]]
     * (Higham, Functions of Matrices, 2008, sec. 3.2). The diagonal blocks alone decide on the scaling, as E
     * enters linearly (Al-Mohy and Higham 2009): a large cotangent does not cost accuracy.
     */
    vjp: (b, cotangent, { inputs: [a], attributes: { block } }) => {
      const n = a!.shape.at(-1)!;
      const x = b.broadcastTo(b.matrixTranspose(a!), cotangent.shape);
      const above = b.concatenate([x, cotangent], -1);
      const below = b.concatenate([b.broadcastTo(0, cotangent.shape), x], -1);
      const both = exponential(b, b.concatenate([above, below], -2), block as number);
      return b.apply("slice", [both], { starts: [0, n], steps: [1, 1], counts: [n, n] });
    },
  },
});

export const matrixExponentialFunctions = [
  builtin({
    name: "expm",
    doc: "The matrix exponential.",
    parameters: { a: required("tensor") },
    build: (b, { a }) => exponential(b, a, squareSize("expm", a.shape, b.builder.span)),
  }),
];
