import { powerOfTwo } from "../../../engine/kernels/linalg/kernel.js";
import { upperWord } from "../../../engine/kernels/portable/number.js";
import { type DoubleDouble, div, fromNumber, one } from "../../double-double.js";
import { addMultiple, allFinite, copyRow, scaleRow } from "../../rows.js";
import { type PreciseTensor, preciseTensor, setElement } from "../../tensor.js";
import { product } from "../products.js";
import { fail, type MatrixKernel } from "./kernel.js";

/** Powers that are computed once; the series is a polynomial in the last of them. */
const powers = 6;
/** Terms of the series: at a norm of 1, the first one that is left out is 1/36!, some 10⁻⁴². */
const terms = 36;

/**
 * Scaling and squaring of the exponential series (Moler and Van Loan 2003, "Nineteen dubious ways to compute the
 * exponential of a matrix, twenty-five years later", method 3), whose terms are put together as Paterson and Stockmeyer
 * have it. n = rows; p: size of the leading block whose norm decides on the scaling.
 */
export const expm: MatrixKernel = (d, a, _b, _m, n, p) => {
  const size = n * n;
  if (!allFinite(size, a, 0)) return fail(d, 0);
  const squarings = squaringsFor(oneNorm(a.hi, n, p));
  const x = preciseTensor([n, n]);
  // In two steps, since the power itself may be too small.
  const half = squarings >> 1;
  scaleRow(size, x, 0, a, 0, powerOfTwo(-half));
  scaleRow(size, x, 0, x, 0, powerOfTwo(half - squarings));
  let result = series(x, n);
  for (let k = 0; k < squarings; k++) result = product(n, n, n, result, result);
  copyRow(size, d, 0, result, 0);
  return 0;
};

/** The smallest k from 0 to 1023 with norm ≤ 2^k. */
function squaringsFor(norm: number): number {
  if (norm <= 1) return 0;
  const exponent = (upperWord(norm) >> 20) - 1023;
  if (exponent >= 1023) return 1023;
  return powerOfTwo(exponent) === norm ? exponent : exponent + 1;
}

/** Σ xᵏ/k!, by groups of terms that have a power of the last power in common. */
function series(x: PreciseTensor, n: number): PreciseTensor {
  const list = [identity(n), x];
  while (list.length <= powers) list.push(product(n, n, n, list.at(-1)!, x));
  const coefficients = [one];
  for (let k = 1; k < terms; k++) coefficients.push(div(coefficients.at(-1)!, fromNumber(k)));
  let sum = preciseTensor([n, n]);
  for (let start = terms - powers; start >= 0; start -= powers) {
    if (start < terms - powers) sum = product(n, n, n, sum, list[powers]!);
    for (let k = 0; k < powers; k++) addTerm(sum, coefficients[start + k]!, list[k]!);
  }
  return sum;
}

const addTerm = (sum: PreciseTensor, coefficient: DoubleDouble, power: PreciseTensor) =>
  addMultiple(sum.hi.length, sum, 0, coefficient, power, 0);

function identity(n: number): PreciseTensor {
  const x = preciseTensor([n, n]);
  for (let i = 0; i < n; i++) setElement(x, i * (n + 1), one);
  return x;
}

/** The largest sum of a column of the leading p×p block. */
function oneNorm(a: Float64Array, n: number, p: number): number {
  let most = 0;
  for (let j = 0; j < p; j++) {
    let total = 0;
    for (let i = 0; i < p; i++) total += Math.abs(a[i * n + j]!);
    most = Math.max(most, total);
  }
  return most;
}
