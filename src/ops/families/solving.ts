import { fault } from "../../diagnostics.js";
import type { OperatorNode } from "../../graph/node.js";
import { broadcast } from "../../graph/shape.js";
import { formatShape, type Shape } from "../../tensor.js";
import { builtin, required } from "../builtin.js";
import { perColumn, perMatrix, regularWhereDead, whereLive } from "../live.js";
import { identity, overMatrices, squareSize, traceOf } from "../matrices.js";
import { type Pullback, type TensorRule, tensorOps } from "../op.js";
import { ofOneInput, sumOverInputs, throughSolution } from "../tangents.js";
import type { Calculus } from "../vocabulary.js";

const factored = (b: Calculus, a: OperatorNode) => b.apply("lu", [a]);

/** X of A X = B, or of Aᵀ X = B; B has matrix axes. Both read one factorisation of A. */
export const solveMatrix = (b: Calculus, a: OperatorNode, right: OperatorNode, transposed = false) =>
  b.apply("solve", [a, right, factored(b, a)], { transposed });

/** A⁻ᵀ, from the same factorisation as A⁻¹. */
const inverseTransposed = (b: Calculus, a: OperatorNode) =>
  solveMatrix(b, a, identity(b, a.shape.at(-1)!), true);

const determinant = (b: Calculus, a: OperatorNode) => b.apply("det", [a, factored(b, a)]);

/**
 * Ā = −B̄ Xᵀ with B̄ = A⁻ᵀ X̄ (Giles 2008, "Collected matrix derivative results", sec. 2.3.1); for Aᵀ X = B both factors
 * change their roles.
 */
const solveRule: Pullback = (b, cotangent, node, index, live) => {
  const a = node.inputs[0]!;
  const transposed = node.attributes.transposed as boolean;
  const right = solveMatrix(b, a, cotangent, !transposed);
  if (index === 1) return right;
  const x = whereLive(b, live, node);
  const [left, other] = transposed ? [x, right] : [right, x];
  return b.neg(b.matmul(left, b.matrixTranspose(other)));
};

/**
 * The third derivative of det in the directions K and G, as a function of the third direction. With k = A⁻¹K, g = A⁻¹G:
 * det(A) A⁻ᵀ ((tr k tr g − tr kg) I − tr(g) k − tr(k) g + kg + gk)ᵀ, by differentiating d det = det(A) tr(A⁻¹ dA).
 */
function thirdDerivative(
  b: Calculus,
  a: OperatorNode,
  first: OperatorNode,
  second: OperatorNode,
): OperatorNode {
  const [k, g] = [solveMatrix(b, a, first), solveMatrix(b, a, second)];
  const [kg, gk] = [b.matmul(k, g), b.matmul(g, k)];
  const [traceK, traceG] = [overMatrices(b, traceOf(b, k)), overMatrices(b, traceOf(b, g))];
  const scale = b.sub(b.mul(traceK, traceG), overMatrices(b, traceOf(b, kg)));
  const linear = b.add(b.mul(traceG, k), b.mul(traceK, g));
  const inner = b.add(b.sub(b.mul(scale, identity(b, a.shape.at(-1)!)), linear), b.add(kg, gk));
  return b.mul(overMatrices(b, determinant(b, a)), solveMatrix(b, a, b.matrixTranspose(inner), true));
}

/** The derivative of the cofactors in a direction. */
const alongCofactors = (b: Calculus, direction: OperatorNode, { inputs: [a] }: OperatorNode) =>
  b.apply("cofactors_derivative", [a!, direction, b.apply("svd_factors", [a!])]);

/** The derivative of `cofactors_derivative` in a direction of one input. */
const alongDerivative = (
  b: Calculus,
  direction: OperatorNode,
  { inputs: [a, other, svd] }: OperatorNode,
  index: number,
) =>
  index === 0
    ? thirdDerivative(b, a!, direction, other!)
    : b.apply("cofactors_derivative", [a!, direction, svd!]);

/** A number of each square matrix, read from its factorisation, the second input. */
const ofFactors = (name: string, doc: string): Pick<TensorRule, "doc" | "shape" | "live"> => ({
  doc,
  shape: ([a], _attributes, span) => {
    squareSize(name, a!.shape, span);
    return a!.shape.slice(0, -2);
  },
  live: perMatrix(0),
});

/** Both rules of a number of each matrix A, from its derivative by A; `live` as for a pullback. */
const withSlope = (
  slope: (b: Calculus, a: OperatorNode, live: OperatorNode | null) => OperatorNode,
): Pick<TensorRule, "vjp" | "jvp"> => ({
  vjp: (b, cotangent, { inputs: [a] }, _index, live) => b.mul(overMatrices(b, cotangent), slope(b, a!, live)),
  jvp: ofOneInput((b, tangent, { inputs: [a] }) => b.sum(b.mul(tangent, slope(b, a!, null)), [-2, -1])),
});

const joined = (a: Shape, b: Shape): Shape => [...broadcast(a.slice(0, -2), b.slice(0, -2))!, ...a.slice(-2)];

export const solving = tensorOps({
  lu: {
    doc: "P A = L U with partial pivoting, packed as (…, n + 1, n): U and, below its diagonal, L without its diagonal of ones; in the last row, the row that each row was exchanged with.",
    shape: ([a], _attributes, span) => {
      const n = squareSize("lu", a!.shape, span);
      return [...a!.shape.slice(0, -2), n + 1, n];
    },
    // What reads it has its own derivative by A.
    vjp: null,
    jvp: null,
  },
  solve: {
    doc: "X of A X = B (of Aᵀ X = B where `transposed`) from the factorisation of A, the third input.",
    shape: ([a, right], _attributes, span) => {
      squareSize("solve", a!.shape, span);
      const batch = broadcast(a!.shape.slice(0, -2), right!.shape.slice(0, -2));
      if (batch === undefined || a!.shape.at(-1) !== right!.shape.at(-2)) {
        const reason =
          batch === undefined
            ? "the batch axes do not broadcast"
            : `A has ${a!.shape.at(-1)} rows, b has ${right!.shape.at(-2)}`;
        throw fault(
          "shape-rule",
          {
            op: "`solve`",
            reason: `cannot combine the shapes ${formatShape(a!.shape)} and ${formatShape(right!.shape)}: ${reason}`,
          },
          span,
        );
      }
      return [...batch, ...right!.shape.slice(-2)];
    },
    // A column of the result takes from that column of B, and from all of A.
    structure: (_, index) => ({ axes: index === 1 ? [-2] : [-2, -1] }),
    vjp: solveRule,
    jvp: throughSolution((b, { inputs: [a], attributes }, right) =>
      solveMatrix(b, a!, right, attributes.transposed as boolean),
    ),
    live: perColumn,
  },
  det: {
    ...ofFactors("det", "The determinant."),
    // Jacobi's formula, in the form that holds for singular matrices too.
    ...withSlope((b, a) => b.apply("cofactors", [a, factored(b, a)])),
  },
  det_sign: {
    ...ofFactors("slogdet", "The sign of the determinant: −1, 0 or 1."),
    // 0 without a product: a tangent or cotangent may be infinite.
    vjp: (b, cotangent, { inputs: [a] }) => b.broadcastTo(0, [...cotangent.shape, ...a!.shape.slice(-2)]),
    jvp: ofOneInput((b, tangent) => b.broadcastTo(0, tangent.shape.slice(0, -2))),
  },
  log_abs_det: {
    ...ofFactors("slogdet", "log |det A|."),
    // Giles 2008, sec. 2.2.4.
    ...withSlope((b, a, live) =>
      inverseTransposed(b, regularWhereDead(b, live, 0, a, identity(b, a.shape.at(-1)!))),
    ),
  },
  cofactors: {
    // From A = U Σ Vᵀ: det(U) det(V) U Γ Vᵀ, where Γᵢ is the product of all singular values but the i-th. No division,
    // so this is right at any rank (Stewart 1998, "On the adjugate matrix").
    // Where A is far from singular it is det(A) A⁻ᵀ, without the cost of singular values.
    doc: "The matrix of cofactors, adj(A)ᵀ: the derivative of the determinant. The second input is the factorisation of A.",
    shape: ([a], _attributes, span) => {
      squareSize("det", a!.shape, span);
      return a!.shape;
    },
    // The second derivative of det is symmetric.
    vjp: alongCofactors,
    jvp: ofOneInput(alongCofactors),
    live: perMatrix(2),
  },
  cofactors_derivative: {
    // In the basis of the singular vectors: Dᵢᵢ = Σ_{j≠i} Pᵢⱼ Gⱼⱼ and Dᵢⱼ = −Pᵢⱼ Gⱼᵢ, where Pᵢⱼ is the product of all
    // singular values but i and j: the second derivative of det, at any rank. It is symmetric, so its own transpose.
    doc: "The derivative of the cofactors of A in the direction G, the second input.",
    shape: ([a, direction]) => joined(a!.shape, direction!.shape),
    structure: () => ({ axes: [-2, -1] }),
    vjp: alongDerivative,
    // The third derivative of det is symmetric, too.
    jvp: sumOverInputs(alongDerivative),
    live: perMatrix(2),
  },
});

/** NumPy 2's `solve`: b is a vector only if it has one axis. */
function solve(b: Calculus, a: OperatorNode, right: OperatorNode): OperatorNode {
  const n = squareSize("solve", a.shape, b.builder.span);
  if (right.shape.length === 0) {
    throw fault(
      "shape-rule",
      { op: "`solve`", reason: "b must be a vector or a matrix, not a scalar" },
      b.builder.span,
    );
  }
  if (right.shape.length > 1) return solveMatrix(b, a, right);
  if (right.shape[0] !== n) {
    throw fault(
      "shape-rule",
      {
        op: "`solve`",
        reason: `cannot combine the shapes ${formatShape(a.shape)} and ${formatShape(right.shape)}: A has ${n} rows, b has ${right.shape[0]}`,
      },
      b.builder.span,
    );
  }
  const solution = solveMatrix(b, a, b.reshape(right, [n, 1]));
  return b.reshape(solution, solution.shape.slice(0, -1));
}

export const solvingFunctions = [
  builtin({
    name: "det",
    family: "linear algebra",
    derivative: "the sum of the cofactors of a times da",
    example: "y = det([[1, 2], [3, 4]])",
    doc: "The determinant. Its first and second derivatives are right for singular matrices too.",
    parameters: { a: required("tensor") },
    build: (b, { a }) => {
      squareSize("det", a.shape, b.builder.span);
      return determinant(b, a);
    },
  }),
  builtin({
    name: "cofactors",
    family: "linear algebra",
    derivative: "cofactors_derivative(a, da)",
    example: "y = cofactors([[1, 2], [3, 4]])",
    doc: "The matrix of cofactors, the derivative of det: det(a) * inv(a)' for a regular matrix, and right for singular ones.",
    parameters: { a: required("tensor") },
    build: (b, { a }) => {
      squareSize("cofactors", a.shape, b.builder.span);
      return b.apply("cofactors", [a, factored(b, a)]);
    },
  }),
  builtin({
    name: "cofactors_derivative",
    family: "linear algebra",
    derivative: "the third derivative of det along da and the direction",
    conventions: "The derivative by a goes through the inverse: where a is singular there is an error.",
    example: "y = cofactors_derivative([[1, 2], [3, 4]], [[1, 0], [0, 0]])",
    doc: "The derivative of the matrix of cofactors of a in the direction da: the second derivative of det.",
    parameters: { a: required("tensor"), da: required("tensor") },
    build: (b, { a, da }) => {
      const sizes = [a, da].map(({ shape }) => squareSize("cofactors_derivative", shape, b.builder.span));
      if (sizes[0] !== sizes[1]) {
        throw fault(
          "shape-rule",
          {
            op: "`cofactors_derivative`",
            reason: `cannot combine the shapes ${formatShape(a.shape)} and ${formatShape(da.shape)}`,
          },
          b.builder.span,
        );
      }
      return b.apply("cofactors_derivative", [a, da, b.apply("svd_factors", [a])]);
    },
  }),
  builtin({
    name: "slogdet",
    family: "linear algebra",
    derivative: "of the logarithm: trace(inv(a) @ da); of the sign: 0",
    example: "(s, l) = slogdet([[2, 0], [0, 3]])",
    doc: "(sign, logabsdet): the sign and the logarithm of the absolute value of the determinant; (0, −∞) for a singular matrix.",
    parameters: { a: required("tensor") },
    build: (b, { a }) => {
      squareSize("slogdet", a.shape, b.builder.span);
      return ["det_sign", "log_abs_det"].map((name) => b.apply(name, [a, factored(b, a)]));
    },
  }),
  builtin({
    name: "inv",
    family: "linear algebra",
    derivative: "-inv(a) @ da @ inv(a)",
    example: "y = inv([[2, 0], [0, 4]])",
    doc: "The inverse of a matrix. `solve` is faster and more accurate for a product with an inverse.",
    parameters: { a: required("tensor") },
    build: (b, { a }) => solveMatrix(b, a, identity(b, squareSize("inv", a.shape, b.builder.span))),
  }),
  builtin({
    name: "solve",
    family: "linear algebra",
    derivative: "solve(a, db - da @ solve(a, b))",
    example: "y = solve([[2, 0], [0, 4]], [2, 4])",
    doc: "x of a @ x = b; b is a vector if it has one axis, a matrix (or a batch of matrices) otherwise.",
    parameters: { a: required("tensor"), b: required("tensor") },
    build: (b, { a, b: right }) => solve(b, a, right),
  }),
];
