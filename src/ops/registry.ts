import { arithmetic } from "./families/arithmetic.js";
import { barrier } from "./families/barrier.js";
import { comparison } from "./families/comparison.js";
import { exponential } from "./families/exponential.js";
import { indexing } from "./families/indexing.js";
import { learning } from "./families/learning.js";
import { leaves } from "./families/leaves.js";
import { linalg } from "./families/linalg.js";
import { loops } from "./families/loops.js";
import { matrixExponential } from "./families/matrix-exponential.js";
import { products } from "./families/products.js";
import { reduction } from "./families/reduction.js";
import { shaping } from "./families/shaping.js";
import { solving } from "./families/solving.js";
import { special } from "./families/special.js";
import { spectral } from "./families/spectral.js";
import { statistics } from "./families/statistics.js";
import { triangular } from "./families/triangular.js";
import { trigonometric } from "./families/trigonometric.js";
import type { Op, ScalarOp, TensorOp } from "./op.js";

export const scalarRegistry = {
  ...arithmetic,
  ...comparison,
  ...exponential,
  ...trigonometric,
  ...learning,
  ...special,
};
export const tensorRegistry = {
  ...leaves,
  ...shaping,
  ...indexing,
  ...reduction,
  ...products,
  ...statistics,
  ...linalg,
  ...solving,
  ...triangular,
  ...spectral,
  ...matrixExponential,
  ...barrier,
  ...loops,
};

export type ScalarOpName = keyof typeof scalarRegistry;
export type TensorOpName = keyof typeof tensorRegistry;

export const scalarOperations: readonly ScalarOp[] = Object.values(scalarRegistry);
export const tensorOperations: readonly TensorOp[] = Object.values(tensorRegistry);

const byName: ReadonlyMap<string, Op> = new Map(
  [...scalarOperations, ...tensorOperations].map((op) => [op.name, op]),
);

/** Throws where there is no operation of this name: that is a mistake in a rule, never the user's. */
export function operation(name: string): Op {
  const op = byName.get(name);
  if (op === undefined) throw new Error(`no operation is registered as ${name}`);
  return op;
}
