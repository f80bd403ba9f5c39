import { add, div, fromNumber, mul, neg, one, sub } from "../../double-double.js";
import { largest } from "../../rows.js";
import { elementOf, setElement } from "../../tensor.js";
import { fail, type MatrixKernel } from "./kernel.js";

/** As for doubles, so that both fail for the same values: those that are this close, relatively, count as equal. */
const closest = 1e-12;

/** a: n values; p: 1 for gaps between squares. Fails with 1 + i·n + j for the pair i < j of equal values. */
export const reciprocalGaps: MatrixKernel = (d, a, _b, _m, n, p) => {
  const most = largest(n, a, 0);
  for (let i = 0; i < n; i++) {
    setElement(d, i * (n + 1), fromNumber(0));
    for (let j = i + 1; j < n; j++) {
      const [x, y] = [elementOf(a, i), elementOf(a, j)];
      const difference = sub(y, x);
      // NaN passes through.
      if (Math.abs(difference.hi) <= closest * most) return fail(d, 1 + i * n + j);
      const reciprocal = div(one, p === 1 ? mul(difference, add(y, x)) : difference);
      setElement(d, i * n + j, reciprocal);
      setElement(d, j * n + i, neg(reciprocal));
    }
  }
  return 0;
};

/** a: n singular values. Fails with 1 + the index of one that is 0. */
export const reciprocalSingularValues: MatrixKernel = (d, a, _b, _m, n) => {
  for (let i = 0; i < n; i++) {
    if (a.hi[i]! <= closest * a.hi[0]!) return fail(d, 1 + i);
    setElement(d, i, div(one, elementOf(a, i)));
  }
  return 0;
};
