// The kernels that are compiled twice, by the names of their operations.
export { cholesky } from "./cholesky.js";
export { cofactors, cofactorsDerivative as cofactors_derivative } from "./cofactors.js";
export { eigh as eigh_factors } from "./eigh.js";
export { expm } from "./expm.js";
export {
  reciprocalGaps as reciprocal_gaps,
  reciprocalSingularValues as reciprocal_singular_values,
} from "./gaps.js";
export { logAbsDet as log_abs_det } from "./log-abs-det.js";
export { det, detSign as det_sign, lu, luSolve as solve } from "./lu.js";
export { qr as qr_factors } from "./qr.js";
export { svd as svd_factors } from "./svd.js";
export { lowerSolve as solve_lower } from "./triangular.js";
