import { exp } from "./elementwise/exponential.js";
import { log, log1p } from "./elementwise/logarithm.js";
/** n elements to one: from `a` on, at the given stride. */
export type Reducer = (m: Float64Array, n: number, a: number, stride: number) => number;

const block = 128;

/**
 * Pairwise summation: the rounding error grows with log n instead of n
 * (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., sec. 4.2).
 */
function sum(m: Float64Array, n: number, a: number, stride: number): number {
  if (n > block) {
    const half = (n >> 1) - ((n >> 1) % 8);
    return sum(m, half, a, stride) + sum(m, n - half, a + half * stride, stride);
  }
  // The first element, not 0, so that a sum of negative zeros stays one.
  if (n === 0) return 0;
  let total = m[a]!;
  for (let i = 1; i < n; i++) total += m[a + i * stride]!;
  return total;
}

function max(m: Float64Array, n: number, a: number, stride: number): number {
  let most = m[a]!;
  for (let i = 1; i < n; i++) most = Math.max(most, m[a + i * stride]!);
  return most;
}

function min(m: Float64Array, n: number, a: number, stride: number): number {
  let least = m[a]!;
  for (let i = 1; i < n; i++) least = Math.min(least, m[a + i * stride]!);
  return least;
}

function logsumexp(m: Float64Array, n: number, a: number, stride: number): number {
  const most = max(m, n, a, stride);
  // ±∞ and NaN are the answer already; subtracting them would make NaN of the infinities.
  if (!Number.isFinite(most)) return most;
  let total = 0;
  for (let i = 0; i < n; i++) total += exp(m[a + i * stride]! - most);
  return most + log(total);
}

function prod(m: Float64Array, n: number, a: number, stride: number): number {
  let product = 1;
  for (let i = 0; i < n; i++) product *= m[a + i * stride]!;
  return product;
}

/** Sum of (x·scale)², pairwise as `sum`. */
function sumSquares(m: Float64Array, n: number, a: number, stride: number, scale: number): number {
  if (n > block) {
    const half = n >> 1;
    return sumSquares(m, half, a, stride, scale) + sumSquares(m, n - half, a + half * stride, stride, scale);
  }
  let total = 0;
  for (let i = 0; i < n; i++) {
    const x = m[a + i * stride]! * scale;
    total += x * x;
  }
  return total;
}

/** The 2-norm; where squares would overflow or underflow, the elements are scaled by a power of 2, which is exact. */
function norm(m: Float64Array, n: number, a: number, stride: number): number {
  const squares = sumSquares(m, n, a, stride, 1);
  if ((squares > 1e-280 && squares < 1e300) || Number.isNaN(squares)) return Math.sqrt(squares);
  const scale = squares > 1 ? 2 ** -600 : 2 ** 600;
  return Math.sqrt(sumSquares(m, n, a, stride, scale)) / scale;
}

export const reducers = { sum, max, min, logsumexp, prod, norm } as const;

export type ReducerName = keyof typeof reducers;

/** n elements to n: from `a` to `d`. */
export type AxisKernel = (m: Float64Array, n: number, d: number, ds: number, a: number, as: number) => void;

const softmax: AxisKernel = (m, n, d, ds, a, as) => {
  const most = max(m, n, a, as);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const t = exp(m[a + i * as]! - most);
    m[d + i * ds] = t;
    total += t;
  }
  for (let i = 0; i < n; i++) m[d + i * ds]! /= total;
};

/** The largest element apart from the others, so that its own logarithm keeps its digits. */
const logSoftmax: AxisKernel = (m, n, d, ds, a, as) => {
  let top = 0;
  for (let i = 1; i < n; i++) if (m[a + i * as]! > m[a + top * as]!) top = i;
  const most = m[a + top * as]!;
  let others = 0;
  for (let i = 0; i < n; i++) if (i !== top) others += exp(m[a + i * as]! - most);
  const rest = log1p(others);
  for (let i = 0; i < n; i++) m[d + i * ds] = m[a + i * as]! - most - rest;
};

const cumsum: AxisKernel = (m, n, d, ds, a, as) => {
  let total = m[a]!;
  m[d] = total;
  for (let i = 1; i < n; i++) {
    total += m[a + i * as]!;
    m[d + i * ds] = total;
  }
};

const cumprod: AxisKernel = (m, n, d, ds, a, as) => {
  let total = m[a]!;
  m[d] = total;
  for (let i = 1; i < n; i++) {
    total *= m[a + i * as]!;
    m[d + i * ds] = total;
  }
};

export const axisKernels = { softmax, log_softmax: logSoftmax, cumsum, cumprod } as const;

export type AxisKernelName = keyof typeof axisKernels;
