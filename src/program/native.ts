import { diagnose } from "../diagnostics.js";
import { matmul } from "../engine/kernels/matmul.js";
import type { Gemm } from "../engine/native/gemm.js";
import { type BlasChoice, type OpenedBlas, openBlas } from "../engine/native/open.js";
import type { ProductCheck } from "../results.js";

/** What `autograd doctor` tells of a native BLAS: what was found, and whether it multiplies as we do. */
export interface BlasExamination extends Pick<OpenedBlas, "report" | "problem"> {
  readonly check: ProductCheck | undefined;
}

export function examineBlas(choice: BlasChoice): BlasExamination {
  const { library, report, problem } = openBlas(choice);
  if (library === undefined) return { report, problem, check: undefined };
  const check = checkProduct(library.gemm);
  if (check.agrees) return { report, problem, check };
  return { report, problem: diagnose("blas-wrong", { path: library.files[0]!, ...check }), check };
}

const side = 100;

/**
 * The product of two 100×100 matrices by BLAS and by our own kernel. `units` is the largest difference of an element in
 * units of rounding, 2⁻⁵³, of the sum of its terms' sizes: of two correct products, it is no more than twice the number
 * of terms, and far less as a rule.
 */
export function checkProduct(gemm: Gemm): ProductCheck {
  const count = side * side;
  const mem = Float64Array.from({ length: 4 * count }, (_, i) => Math.sin(i * i));
  const [a, b, own, native] = [0, count, 2 * count, 3 * count] as const;
  matmul(mem, side, side, side, own, a, side, 1, b, side, 1);
  const isDone = gemm(mem, side, side, side, native, a, side, 1, b, side, 1);
  let units = isDone ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      const at = i * side + j;
      let sizes = 0;
      for (let k = 0; k < side; k++) sizes += Math.abs(mem[a + i * side + k]! * mem[b + k * side + j]!);
      const difference = Math.abs(mem[native + at]! - mem[own + at]!) / (2 ** -53 * sizes);
      // NaN is the largest of all.
      units = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(units, difference);
    }
  }
  return { side, units, agrees: units <= 2 * side };
}
