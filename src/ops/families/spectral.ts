import { fault } from "../../diagnostics.js";
import type { OperatorNode } from "../../graph/node.js";
import { formatShape } from "../../tensor.js";
import { builtin, optional, required } from "../builtin.js";
import { perMatrix, regularWhereDead } from "../live.js";
import { matrixSizes, product, scaleColumns, squareSize, symmetricPart } from "../matrices.js";
import { type Pullback, type Pushforward, type TensorRule, tensorOps } from "../op.js";
import { ofOneInput } from "../tangents.js";
import type { Calculus } from "../vocabulary.js";

/** A result taken from a factorisation of A, the second input. */
const resultOf = (b: Calculus, name: string, factors: string, a: OperatorNode) =>
  b.apply(name, [a, b.apply(factors, [a])]);

const eigenvalues = (b: Calculus, a: OperatorNode) => resultOf(b, "eigenvalues", "eigh_factors", a);
const eigenvectors = (b: Calculus, a: OperatorNode) => resultOf(b, "eigenvectors", "eigh_factors", a);
const singularValues = (b: Calculus, a: OperatorNode) => resultOf(b, "singular_values", "svd_factors", a);
const left = (b: Calculus, a: OperatorNode) => resultOf(b, "left_singular_vectors", "svd_factors", a);
const right = (b: Calculus, a: OperatorNode) => resultOf(b, "right_singular_vectors", "svd_factors", a);

/** V X Vᵀ. */
const inBasis = (b: Calculus, v: OperatorNode, x: OperatorNode) => product(b, v, x, b.matrixTranspose(v));

const antisymmetric = (b: Calculus, x: OperatorNode) => b.sub(x, b.matrixTranspose(x));

/** x less its part in the space that the columns of u span. */
const outside = (b: Calculus, u: OperatorNode, x: OperatorNode) =>
  b.sub(x, b.matmul(u, b.matmul(b.matrixTranspose(u), x)));

/** F of eigenvectors. */
function gapsOf(b: Calculus, v: OperatorNode, live: OperatorNode | null): OperatorNode {
  const w = eigenvalues(b, v.inputs[0]!);
  const distinct = regularWhereDead(b, live, 2, w, b.iota(w.shape.at(-1)!));
  return b.apply("reciprocal_gaps", [distinct], { squares: false });
}

/** The singular values, n, …, 1 for dead matrices: distinct and positive. */
function distinctValues(b: Calculus, a: OperatorNode, live: OperatorNode | null): OperatorNode {
  const s = singularValues(b, a);
  const n = s.shape.at(-1)!;
  return regularWhereDead(b, live, 2, s, b.sub(n, b.iota(n)));
}

/** Ā = V (F ∘ (Vᵀ V̄)) Vᵀ made symmetric, with Fᵢⱼ = 1 / (λⱼ − λᵢ) (Giles 2008, sec. 3.1; Seeger et al. 2017). */
const eigenvectorsRule: Pullback = (b, cotangent, v, _index, live) => {
  const inner = b.mul(gapsOf(b, v, live), b.matmul(b.matrixTranspose(v), cotangent));
  return symmetricPart(b, inBasis(b, v, inner));
};

/**
 * The part of Ū, with Fᵢⱼ = 1 / (sⱼ² − sᵢ²) (Townsend 2016, "Differentiating the singular value decomposition"; Seeger et
 * al. 2017): U (F ∘ (UᵀŪ − ŪᵀU)) S Vᵀ, and (1 − UUᵀ) Ū S⁻¹ Vᵀ where U does not span everything.
 * For V̄ it is the same with Aᵀ for A, so both vectors share it: `x` are the vectors asked for, `y` the others.
 */
function vectorsPullback(
  b: Calculus,
  cotangent: OperatorNode,
  x: OperatorNode,
  y: OperatorNode,
  s: OperatorNode,
) {
  const gaps = b.apply("reciprocal_gaps", [s], { squares: true });
  const turned = b.mul(gaps, antisymmetric(b, b.matmul(b.matrixTranspose(x), cotangent)));
  const inside = scaleColumns(b, b.matmul(x, turned), s);
  const [rows, columns] = x.shape.slice(-2);
  const all =
    rows === columns
      ? inside
      : b.add(inside, scaleColumns(b, outside(b, x, cotangent), b.apply("reciprocal_singular_values", [s])));
  return b.matmul(all, b.matrixTranspose(y));
}

/**
 * dX of the vectors asked for: with P = Xᵀ dA Y, X (F ∘ (P S + S Pᵀ)), and (1 − XXᵀ) dA Y S⁻¹ where X does not span
 * everything (Townsend 2016). For right singular vectors `tangent` is dAᵀ, and X and Y change their roles.
 */
function vectorsTangent(
  b: Calculus,
  tangent: OperatorNode,
  x: OperatorNode,
  y: OperatorNode,
  s: OperatorNode,
) {
  const gaps = b.apply("reciprocal_gaps", [s], { squares: true });
  const moved = b.matmul(tangent, y);
  const scaled = scaleColumns(b, b.matmul(b.matrixTranspose(x), moved), s);
  const inside = b.matmul(x, b.mul(gaps, b.add(scaled, b.matrixTranspose(scaled))));
  const [rows, columns] = x.shape.slice(-2);
  if (rows === columns) return inside;
  return b.add(inside, scaleColumns(b, outside(b, x, moved), b.apply("reciprocal_singular_values", [s])));
}

const throughReciprocal = (b: Calculus, t: OperatorNode, y: OperatorNode) => b.neg(b.mul(t, b.square(y)));

/** The diagonal of Xᵀ dA Y. */
const alongVectors = (b: Calculus, tangent: OperatorNode, x: OperatorNode, y: OperatorNode) =>
  b.sum(b.mul(x, b.matmul(tangent, y)), [-2]);

/** Singular vectors as an operation: so many rows, one column for each singular value. */
const vectors = (side: string, axis: -1 | -2, vjp: Pullback, jvp: Pushforward): TensorRule => ({
  doc: `The ${side} singular vectors, as columns, from the factorisation, the second input.`,
  shape: ([a]) => [...a!.shape.slice(0, -2), a!.shape.at(axis)!, Math.min(...a!.shape.slice(-2))],
  vjp,
  jvp,
  live: perMatrix(2),
});

/** Values nearer to each other than this, relatively, are equal to any arithmetic in which they are computed. */
const sameValue = 2 ** -90;

/** 1 where a value of an ordered list is the same as the next, which it cannot pass: a kink of both. */
function ties(b: Calculus, values: OperatorNode): OperatorNode {
  const n = values.shape.at(-1)!;
  const part = (start: number) =>
    b.apply("slice", [values], { starts: [start], steps: [1], counts: [Math.max(0, n - 1)] });
  return b.elementwise("less_equal", b.abs(b.sub(part(Math.min(1, n)), part(0))), tiny(b, values));
}

/** What counts as nothing beside the values. */
const tiny = (b: Calculus, values: OperatorNode) =>
  values.shape.at(-1) === 0 ? b.node(0) : b.mul(sameValue, b.reduce("max", b.abs(values), [-1], true));

export const spectral = tensorOps({
  eigh_factors: {
    doc: "A V = V diag(w) of a symmetric A, packed as (…, n + 1, n): w in the first row, V below.",
    shape: ([a], _attributes, span) => {
      const n = squareSize("eigh", a!.shape, span);
      return [...a!.shape.slice(0, -2), n + 1, n];
    },
    // Its results have their own derivatives by A.
    vjp: null,
    jvp: null,
  },
  eigenvalues: {
    doc: "The eigenvalues, ascending, from the factorisation, the second input.",
    shape: ([a]) => a!.shape.slice(0, -1),
    symmetric: true,
    branch: (b, _x, y) => ties(b, y),
    // Giles 2008, sec. 3.1. No gap between eigenvalues stands in it, so equal ones are no obstacle.
    jvp: ofOneInput((b, tangent, { inputs: [a] }) => {
      const v = eigenvectors(b, a!);
      return alongVectors(b, tangent, v, v);
    }),
    vjp: (b, cotangent, { inputs: [a] }) => {
      const v = eigenvectors(b, a!);
      return b.matmul(scaleColumns(b, v, cotangent), b.matrixTranspose(v));
    },
    live: perMatrix(1),
  },
  eigenvectors: {
    doc: "The eigenvectors, as columns, from the factorisation, the second input.",
    shape: ([a]) => a!.shape,
    symmetric: true,
    vjp: eigenvectorsRule,
    // V (F ∘ (Vᵀ dA V)) (Giles 2008, sec. 3.1); dA is symmetric, as A is.
    jvp: ofOneInput((b, tangent, v) =>
      b.matmul(v, b.mul(gapsOf(b, v, null), product(b, b.matrixTranspose(v), tangent, v))),
    ),
    live: perMatrix(2),
  },
  svd_factors: {
    doc: "A = U diag(S) Vᵀ with k = min(m, n) columns, packed as (…, m + 1 + n, k): U, the row S, V.",
    shape: ([a], _attributes, span) => {
      const [m, n] = matrixSizes("svd", a!.shape, span);
      return [...a!.shape.slice(0, -2), m + 1 + n, Math.min(m, n)];
    },
    // Its results have their own derivatives by A.
    vjp: null,
    jvp: null,
  },
  singular_values: {
    doc: "The singular values, descending, from the factorisation, the second input.",
    shape: ([a]) => [...a!.shape.slice(0, -2), Math.min(...a!.shape.slice(-2))],
    // At 0 a singular value turns round.
    branch: (b, _x, y) => b.concatenate([ties(b, y), b.elementwise("less_equal", y, tiny(b, y))], -1),
    // Giles 2008, sec. 3.2.
    jvp: ofOneInput((b, tangent, { inputs: [a] }) => alongVectors(b, tangent, left(b, a!), right(b, a!))),
    vjp: (b, cotangent, { inputs: [a] }) =>
      b.matmul(scaleColumns(b, left(b, a!), cotangent), b.matrixTranspose(right(b, a!))),
    live: perMatrix(1),
  },
  left_singular_vectors: vectors(
    "left",
    -2,
    (b, cotangent, u, _index, live) => {
      const [a] = u.inputs;
      return vectorsPullback(b, cotangent, u, right(b, a!), distinctValues(b, a!, live));
    },
    ofOneInput((b, tangent, u) => {
      const [a] = u.inputs;
      return vectorsTangent(b, tangent, u, right(b, a!), singularValues(b, a!));
    }),
  ),
  right_singular_vectors: vectors(
    "right",
    -1,
    (b, cotangent, v, _index, live) => {
      const [a] = v.inputs;
      return b.matrixTranspose(vectorsPullback(b, cotangent, v, left(b, a!), distinctValues(b, a!, live)));
    },
    ofOneInput((b, tangent, v) => {
      const [a] = v.inputs;
      return vectorsTangent(b, b.matrixTranspose(tangent), v, left(b, a!), singularValues(b, a!));
    }),
  ),
  reciprocal_gaps: {
    doc: "Fᵢⱼ = 1 / (wⱼ − wᵢ), or 1 / (wⱼ² − wᵢ²) where `squares`; 0 on the diagonal. Fails where two values are equal.",
    shape: ([w]) => [...w!.shape, w!.shape.at(-1)!],
    // dFᵢⱼ = Fᵢⱼ² (dwᵢ − dwⱼ).
    jvp: ofOneInput((b, tangent, gaps) => {
      const slope = gaps.attributes.squares ? b.mul(b.mul(2, gaps.inputs[0]!), tangent) : tangent;
      const row = b.reshape(slope, [...slope.shape.slice(0, -1), 1, slope.shape.at(-1)!]);
      return b.mul(b.sub(b.matrixTranspose(row), row), b.square(gaps));
    }),
    vjp: (b, cotangent, gaps) => {
      const turned = b.mul(cotangent, b.square(gaps));
      const slope = b.sub(b.sum(turned, [-1]), b.sum(turned, [-2]));
      return gaps.attributes.squares ? b.mul(b.mul(2, gaps.inputs[0]!), slope) : slope;
    },
    live: perMatrix(2, 1),
  },
  reciprocal_singular_values: {
    doc: "1 / s. Fails where s is 0.",
    shape: ([s]) => s!.shape,
    // Elementwise, so its own transpose.
    jvp: ofOneInput(throughReciprocal),
    vjp: throughReciprocal,
    live: (_b, mask) => mask,
  },
});

export const spectralFunctions = [
  builtin({
    name: "eigvalsh",
    family: "linear algebra",
    derivative: "the diagonal of v' @ da @ v",
    example: "y = eigvalsh([[2, 0], [0, 1]])",
    doc: "The eigenvalues of a symmetric matrix, ascending; of another matrix, those of its symmetric part.",
    parameters: { a: required("tensor") },
    build: (b, { a }) => {
      squareSize("eigvalsh", a.shape, b.builder.span);
      return eigenvalues(b, symmetricPart(b, a));
    },
  }),
  builtin({
    name: "eigh",
    family: "linear algebra",
    derivative: "of w: the diagonal of v' @ da @ v; of v: through the gaps between the eigenvalues",
    example: "(w, v) = eigh([[2, 0], [0, 1]])",
    doc: "(w, v): the eigenvalues of a symmetric matrix, ascending, and its eigenvectors as columns, each with its largest element positive.",
    parameters: { a: required("tensor") },
    build: (b, { a }) => {
      squareSize("eigh", a.shape, b.builder.span);
      const symmetric = symmetricPart(b, a);
      return [eigenvalues(b, symmetric), eigenvectors(b, symmetric)];
    },
  }),
  builtin({
    name: "svd",
    family: "linear algebra",
    derivative:
      "of S: the diagonal of U' @ da @ Vh'; of U and Vh: through the gaps between the singular values",
    example: "(U, S, V) = svd([[2, 0], [0, 1]])",
    doc: "(U, S, Vh) with a = U @ diag(S) @ Vh, the thin form; S is descending, and each column of U has its largest element positive.",
    parameters: { a: required("tensor"), full_matrices: optional("flag", false) },
    build: (b, { a, full_matrices }) => {
      const [m, n] = matrixSizes("svd", a.shape, b.builder.span);
      if (full_matrices && m !== n) {
        throw fault(
          "shape-rule",
          {
            op: "`svd`",
            reason: `the full matrices of the shape ${formatShape(a.shape)} have columns that are not determined, and so no derivative`,
            hint: "leave out `full_matrices` for the thin form",
          },
          b.builder.span,
        );
      }
      return [left(b, a), singularValues(b, a), b.matrixTranspose(right(b, a))];
    },
  }),
];
