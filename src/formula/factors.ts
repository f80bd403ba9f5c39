import type { Expression } from "../../grammar/ast.js";
import type { OperatorNode } from "../graph/node.js";
import { fillOf, type Look, operandOf, type Spelling, seen, spelt } from "./spelling.js";
import { binary, call, element, literal, swapped } from "./terms.js";

/** A function of the matrix that a result is read from; the factorisation itself is not written. */
const ofMatrix =
  (write: (a: Expression) => Expression): Spelling =>
  (node) =>
    spelt([node.inputs[0]!], ([a]) => write(a!));

/** The matrix of which this is the symmetric part, which functions of symmetric matrices take themselves. */
function symmetricPartOf(node: OperatorNode, look: Look): OperatorNode | undefined {
  const half = seen(node, "mul", look);
  if (half === undefined) return undefined;
  const [x, y] = half.inputs;
  const sum =
    fillOf(x!, look) === 0.5
      ? seen(y, "add", look)
      : fillOf(y!, look) === 0.5
        ? seen(x, "add", look)
        : undefined;
  if (sum === undefined) return undefined;
  const [a, b] = sum.inputs;
  if (operandOf(b, "transpose", look) === a) return a;
  return operandOf(a, "transpose", look) === b ? b : undefined;
}

const ofSymmetric =
  (write: (a: Expression) => Expression): Spelling =>
  (node, look) =>
    spelt([symmetricPartOf(node.inputs[0]!, look) ?? node.inputs[0]!], ([a]) => write(a!));

const word = (text: string) => (a: Expression) => call(text, [a]);
const partOf = (text: string, index: number) => (a: Expression) => element(call(text, [a]), index);

/** Packed factorisations: what reads them is written, they themselves only where somebody looks at them alone. */
const packed = (text: string): Spelling => ofMatrix(word(text));

/** 1 / (wⱼ − wᵢ) off the diagonal, or of the squares as (wⱼ − wᵢ)(wⱼ + wᵢ), which keeps the digits of small gaps. */
const gaps: Spelling = (node) => {
  const [w] = node.inputs;
  const rank = w!.shape.length;
  const n = w!.shape.at(-1)!;
  return spelt([w!, w!, w!, w!], ([a, b, c, d]) => {
    const column = (x: Expression) => call("expand_dims", [x, literal(rank)]);
    const row = (x: Expression) => (rank === 1 ? x : call("expand_dims", [x, literal(rank - 1)]));
    const eye = () => call("eye", [literal(n)]);
    const difference = binary("-", row(a!), column(b!));
    const gap = node.attributes.squares
      ? binary("*", difference, binary("+", row(c!), column(d!)))
      : difference;
    return binary("/", binary("-", literal(1), eye()), binary("+", gap, eye()));
  });
};

export const factorSpellings = {
  lu: packed("lu"),
  eigh_factors: packed("eigh"),
  svd_factors: packed("svd"),
  qr_factors: packed("qr"),
  det: ofMatrix(word("det")),
  det_sign: ofMatrix(partOf("slogdet", 0)),
  log_abs_det: ofMatrix(partOf("slogdet", 1)),
  cofactors: ofMatrix(word("cofactors")),
  cofactors_derivative: ((node) =>
    spelt(node.inputs.slice(0, 2), ([a, g]) => call("cofactors_derivative", [a!, g!]))) satisfies Spelling,
  eigenvalues: ofSymmetric(word("eigvalsh")),
  eigenvectors: ofSymmetric(partOf("eigh", 1)),
  singular_values: ofMatrix(partOf("svd", 1)),
  left_singular_vectors: ofMatrix(partOf("svd", 0)),
  right_singular_vectors: ((node) =>
    spelt([node.inputs[0]!], ([a]) =>
      swapped(element(call("svd", [a!]), 2), node.shape.length),
    )) satisfies Spelling,
  qr_q: ofMatrix(partOf("qr", 0)),
  qr_r: ofMatrix(partOf("qr", 1)),
  cholesky: ofSymmetric(word("cholesky")),
  expm: ofMatrix(word("expm")),
  reciprocal_gaps: gaps,
  reciprocal_singular_values: ofMatrix((s) => binary("/", literal(1), s)),
};
