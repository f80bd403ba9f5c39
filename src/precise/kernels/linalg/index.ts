import type { OperatorNode } from "../../../graph/node.js";
import type { TensorOpName } from "../../../ops/registry.js";
import { abs, add, fromNumber } from "../../double-double.js";
import { type PreciseKernel, scalarOf } from "../../kernel.js";
import { elementOf, setElement } from "../../tensor.js";
import { cholesky } from "./cholesky.js";
import { cofactors, cofactorsDerivative } from "./cofactors.js";
import { eigh } from "./eigh.js";
import { expm } from "./expm.js";
import { reciprocalGaps, reciprocalSingularValues } from "./gaps.js";
import { type Call, calling, columnsFrom, rowsFrom } from "./kernel.js";
import { det, detSign, lowerSolve, lu, luSolve } from "./lu.js";
import { qr } from "./qr.js";
import { svd } from "./svd.js";

/** n twice, for square matrices. */
const square = (option: (node: OperatorNode) => number = () => 0): Call["sizes"] => {
  return (node) => {
    const n = node.inputs[0]!.shape.at(-1)!;
    return [n, n, option(node)];
  };
};

/** Rows and columns of an input. */
const sizesOf = (input: number, option: (node: OperatorNode) => number = () => 0): Call["sizes"] => {
  return (node) => {
    const [m, n] = node.inputs[input]!.shape.slice(-2);
    return [m!, n!, option(node)];
  };
};

const flag = (name: string) => (node: OperatorNode) => Number(node.attributes[name]);

/** From matrices to matrices, by these inputs. */
const matrices = (inputs: readonly number[], sizes: Call["sizes"]): Call => ({
  sources: inputs.map((input) => [input, 2] as const),
  resultAxes: 2,
  sizes,
});

const ofFactors: Call = { sources: [[1, 2]], resultAxes: 0, sizes: square() };

const logAbsDet: PreciseKernel = (node, inputs, run) => {
  const log = scalarOf(run.scalars, "log");
  const total = calling((d, factors, _b, _m, n) => {
    let sum = fromNumber(0);
    for (let i = 0; i < n; i++) {
      const size = abs(elementOf(factors, i * (n + 1)));
      sum = add(sum, log(size, size, size));
    }
    setElement(d, 0, sum);
    return 0;
  }, ofFactors);
  return total(node, inputs, run);
};

export const linalgKernels = {
  lu: calling(lu, matrices([0], square())),
  solve: calling(luSolve, matrices([2, 1], sizesOf(1, flag("transposed")))),
  solve_lower: calling(lowerSolve, matrices([0, 1], sizesOf(1, flag("transposed")))),
  det: calling(det, ofFactors),
  det_sign: calling(detSign, ofFactors),
  log_abs_det: logAbsDet,
  cofactors: calling(cofactors, matrices([0, 1], square())),
  cofactors_derivative: calling(cofactorsDerivative, matrices([1, 2], square())),

  cholesky: calling(cholesky, matrices([0], square())),
  qr_factors: calling(qr, matrices([0], sizesOf(0))),
  qr_q: rowsFrom(() => 0),
  qr_r: columnsFrom(({ shape }) => shape.at(-2)!),

  eigh_factors: calling(eigh, matrices([0], square())),
  eigenvalues: rowsFrom(() => 0),
  eigenvectors: rowsFrom(() => 1),
  svd_factors: calling(svd, matrices([0], sizesOf(0))),
  left_singular_vectors: rowsFrom(() => 0),
  singular_values: rowsFrom(({ shape }) => shape.at(-2)!),
  right_singular_vectors: rowsFrom(({ shape }) => shape.at(-2)! + 1),
  reciprocal_gaps: calling(reciprocalGaps, {
    sources: [[0, 1]],
    resultAxes: 2,
    sizes: square(flag("squares")),
  }),
  reciprocal_singular_values: calling(reciprocalSingularValues, {
    sources: [[0, 1]],
    resultAxes: 1,
    sizes: square(),
  }),

  expm: calling(expm, matrices([0], square(flag("block")))),
} satisfies Partial<Record<TensorOpName, PreciseKernel>>;
