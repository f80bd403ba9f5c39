import { div, sqrt, sub } from "../../double-double.js";
import { copyRow, fillRow, innerProduct } from "../../rows.js";
import { elementOf, setElement } from "../../tensor.js";
import { fail, type MatrixKernel } from "./kernel.js";

/** n = rows. Fails with 1 + the index of the first pivot that is not positive; NaN passes through. */
export const cholesky: MatrixKernel = (d, a, _b, _m, n) => {
  copyRow(n * n, d, 0, a, 0);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j <= i; j++) {
      const other = j * n;
      const rest = sub(elementOf(d, row + j), innerProduct(j, d, row, d, other));
      if (j < i) setElement(d, row + j, div(rest, elementOf(d, other + j)));
      else if (rest.hi <= 0) return fail(d, i + 1);
      else setElement(d, row + i, sqrt(rest));
    }
  }
  for (let i = 0; i < n; i++) fillRow(n - i - 1, d, i * n + i + 1, 0);
  return 0;
};
