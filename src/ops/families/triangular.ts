import { fault } from "../../diagnostics.js";
import type { OperatorNode } from "../../graph/node.js";
import { broadcast } from "../../graph/shape.js";
import { formatShape } from "../../tensor.js";
import { builtin, optional, required } from "../builtin.js";
import { perColumn, perMatrix, regularWhereDead, whereLive } from "../live.js";
import {
  columnsOf,
  identity,
  lowerTriangle,
  matrixSizes,
  product,
  squareSize,
  symmetricPart,
} from "../matrices.js";
import { type Pullback, tensorOps } from "../op.js";
import { ofOneInput, throughSolution } from "../tangents.js";
import type { Calculus } from "../vocabulary.js";

/** X of L X = B, or of Lᵀ X = B. */
const solveLower = (b: Calculus, l: OperatorNode, right: OperatorNode, transposed: boolean) =>
  b.apply("solve_lower", [l, right], { transposed });

/** As for `solve`, but only the lower triangle of L is read. */
const solveLowerRule: Pullback = (b, cotangent, node, index, live) => {
  const transposed = node.attributes.transposed as boolean;
  const right = solveLower(b, node.inputs[0]!, cotangent, !transposed);
  if (index === 1) return right;
  const x = whereLive(b, live, node);
  const [left, other] = transposed ? [x, right] : [right, x];
  return b.neg(lowerTriangle(b, b.matmul(left, b.matrixTranspose(other))));
};

/** Φ: half of the triangle with the diagonal and half of that without, so that the diagonal is halved. */
const halvedTriangle = (b: Calculus, x: OperatorNode) =>
  b.mul(0.5, b.add(lowerTriangle(b, x), lowerTriangle(b, x, -1)));

/**
 * Ā = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹, made symmetric; Φ keeps the lower triangle and halves the diagonal (Murray 2016,
 * "Differentiation of the Cholesky decomposition").
 */
const choleskyRule: Pullback = (b, cotangent, l) => {
  const inner = halvedTriangle(b, b.matmul(b.matrixTranspose(l), cotangent));
  const left = solveLower(b, l, inner, true);
  return symmetricPart(b, b.matrixTranspose(solveLower(b, l, b.matrixTranspose(left), true)));
};

/** dL = L Φ(L⁻¹ dA L⁻ᵀ) (Murray 2016); dA is symmetric, as A is. */
const choleskyTangent = ofOneInput((b, tangent, l) => {
  const half = solveLower(b, l, tangent, false);
  return b.matmul(l, halvedTriangle(b, solveLower(b, l, b.matrixTranspose(half), false)));
});

const qrParts = (b: Calculus, a: OperatorNode) => {
  const factors = b.apply("qr_factors", [a]);
  return [b.apply("qr_q", [a, factors]), b.apply("qr_r", [a, factors])] as const;
};

/**
 * Ā = (Q̄ + Q copyltu(M)) R⁻ᵀ with M = R R̄ᵀ − Q̄ᵀ Q, where copyltu mirrors the lower triangle (Seeger et al.
 * 2017, "Auto-differentiating linear algebra"; Walter and Lehmann 2010). It is linear in (Q̄, R̄), so each has its part.
 */
function qrPullback(
  b: Calculus,
  a: OperatorNode,
  m: OperatorNode,
  qBar: OperatorNode | null,
  live: OperatorNode | null,
): OperatorNode {
  const [q, ofA] = qrParts(b, a);
  const r = regularWhereDead(b, live, 2, ofA, identity(b, a.shape.at(-1)!));
  const mirrored = b.add(lowerTriangle(b, m), b.matrixTranspose(lowerTriangle(b, m, -1)));
  const inside = b.matmul(q, mirrored);
  const sum = qBar === null ? inside : b.add(qBar, inside);
  const solved = solveLower(b, b.matrixTranspose(r), b.matrixTranspose(sum), true);
  return b.matrixTranspose(solved);
}

/**
 * With X = dA R⁻¹ and C = Qᵀ X: dQ = X − Q S and dR = S R, where the upper triangular S is C with its strict lower
 * triangle folded over, so that Qᵀ dQ = C − S is antisymmetric (Walter and Lehmann 2010; Seeger et al. 2017).
 */
function qrTangent(b: Calculus, a: OperatorNode, tangent: OperatorNode) {
  const [q, r] = qrParts(b, a);
  const x = b.matrixTranspose(solveLower(b, b.matrixTranspose(r), b.matrixTranspose(tangent), false));
  const c = b.matmul(b.matrixTranspose(q), x);
  const below = lowerTriangle(b, c, -1);
  const s = b.add(b.sub(c, below), b.matrixTranspose(below));
  return { q: b.sub(x, b.matmul(q, s)), r: b.matmul(s, r) };
}

export const triangular = tensorOps({
  solve_lower: {
    doc: "X of L X = B (of Lᵀ X = B where `transposed`); only the lower triangle of L is read.",
    shape: ([l, right]) => [
      ...broadcast(l!.shape.slice(0, -2), right!.shape.slice(0, -2))!,
      ...right!.shape.slice(-2),
    ],
    structure: (_, index) => ({ axes: index === 1 ? [-2] : [-2, -1] }),
    vjp: solveLowerRule,
    jvp: throughSolution(
      (b, { inputs: [l], attributes }, right) => solveLower(b, l!, right, attributes.transposed as boolean),
      lowerTriangle,
    ),
    live: perColumn,
  },
  cholesky: {
    doc: "The lower triangular L of A = L Lᵀ, for a symmetric positive definite A.",
    shape: ([a], _attributes, span) => {
      squareSize("cholesky", a!.shape, span);
      return a!.shape;
    },
    symmetric: true,
    vjp: choleskyRule,
    jvp: choleskyTangent,
    live: perMatrix(2),
  },
  qr_factors: {
    doc: "A = Q R for n ≤ m columns, packed as (…, m + n, n): Q above the transpose of R.",
    shape: ([a], _attributes, span) => {
      const [m, n] = matrixSizes("qr", a!.shape, span);
      return [...a!.shape.slice(0, -2), m + n, n];
    },
    // Its results have their own derivatives by A.
    vjp: null,
    jvp: null,
  },
  qr_q: {
    doc: "Q of the factorisation, the second input.",
    shape: ([a]) => a!.shape,
    jvp: ofOneInput((b, tangent, q) => qrTangent(b, q.inputs[0]!, tangent).q),
    vjp: (b, cotangent, q, _index, live) =>
      qrPullback(b, q.inputs[0]!, b.neg(b.matmul(b.matrixTranspose(cotangent), q)), cotangent, live),
    live: perMatrix(2),
  },
  qr_r: {
    doc: "R of the factorisation, the second input.",
    shape: ([a]) => [...a!.shape.slice(0, -2), a!.shape.at(-1)!, a!.shape.at(-1)!],
    jvp: ofOneInput((b, tangent, r) => qrTangent(b, r.inputs[0]!, tangent).r),
    vjp: (b, cotangent, r, _index, live) =>
      qrPullback(b, r.inputs[0]!, b.matmul(r, b.matrixTranspose(cotangent)), null, live),
    live: perMatrix(2),
  },
});

/** A matrix with more columns than rows is [X Y] with a square X = Q U, and R = [U QᵀY]. */
function qr(b: Calculus, a: OperatorNode): OperatorNode[] {
  const [m, n] = matrixSizes("qr", a.shape, b.builder.span);
  if (m >= n) return [...qrParts(b, a)];
  const [q, u] = qrParts(b, columnsOf(b, a, 0, m));
  const rest = product(b, b.matrixTranspose(q), columnsOf(b, a, m, n - m));
  return [q, b.concatenate([u, rest], -1)];
}

export const triangularFunctions = [
  builtin({
    name: "solve_triangular",
    family: "linear algebra",
    derivative: "as of solve, by the triangle that is read",
    example: "y = solve_triangular([[2, 0], [1, 4]], [2, 5], lower=True)",
    doc: "x of a @ x = b for a triangular matrix a, of which the upper (or the lower) triangle alone is read; b as for solve.",
    parameters: { a: required("tensor"), b: required("tensor"), lower: optional("flag", false) },
    build: (b, { a, b: right, lower }) => {
      const n = squareSize("solve_triangular", a.shape, b.builder.span);
      if (right.shape.length === 0 || right.shape.at(right.shape.length === 1 ? 0 : -2) !== n) {
        throw fault(
          "shape-rule",
          {
            op: "`solve_triangular`",
            reason: `cannot combine the shapes ${formatShape(a.shape)} and ${formatShape(right.shape)}`,
          },
          b.builder.span,
        );
      }
      const matrix = right.shape.length === 1 ? b.reshape(right, [n, 1]) : right;
      const solution = solveLower(b, lower ? a : b.matrixTranspose(a), matrix, !lower);
      return right.shape.length === 1 ? b.reshape(solution, solution.shape.slice(0, -1)) : solution;
    },
  }),
  builtin({
    name: "cholesky",
    family: "linear algebra",
    derivative: "l @ Φ(inv(l) @ da @ inv(l)'), where Φ takes the lower triangle and halves its diagonal",
    example: "y = cholesky([[4, 2], [2, 5]])",
    doc: "The lower triangular L of a = L @ L', for a symmetric positive definite matrix; of another matrix, that of its symmetric part.",
    parameters: { a: required("tensor") },
    build: (b, { a }) => {
      squareSize("cholesky", a.shape, b.builder.span);
      return b.apply("cholesky", [symmetricPart(b, a)]);
    },
  }),
  builtin({
    name: "qr",
    family: "linear algebra",
    derivative: "through the triangular solves of its definition (Seeger et al. 2017)",
    example: "(Q, R) = qr([[3, 0], [4, 5]])",
    doc: "(Q, R) with a = Q @ R, Q' @ Q = 1 and an upper triangular R; the reduced form, with the signs of LAPACK.",
    parameters: { a: required("tensor") },
    build: (b, { a }) => qr(b, a),
  }),
];
