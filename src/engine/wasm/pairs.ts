import { moderate, partsOf, powerHead, shareOf } from "../kernels/elementwise/exponential-parts";
import { tanhEnd, tanhOf } from "../kernels/elementwise/hyperbolic";
import * as kernels from "../kernels/elementwise/index";
import { sigmoidOf, slopeOf } from "../kernels/elementwise/logistic";
import { all, type Lane } from "./lane";

/**
 * Two kernels over the same n elements, two at a time, under the name of the first: what both begin with is computed once,
 * and each element is what its own kernel gives.
 */

/** Two elements, or the last of an odd number twice. */
function load(a: usize, isLast: bool): Lane {
  return isLast ? v128.load_splat<f64>(a) : v128.load(a);
}

function store(d: usize, x: Lane, isLast: bool): void {
  if (isLast) v128.store_lane<f64>(d, x, 0);
  else v128.store(d, x);
}

export function sigmoid(n: i32, d: usize, e: usize, a: usize): void {
  for (; n > 0; n -= 2) {
    const isLast = n === 1;
    const x = load(a, isLast);
    const size = f64x2.abs(x);
    if (all(f64x2.le(size, f64x2.splat(moderate)))) {
      const exponent = f64x2.neg(size);
      const parts = partsOf(exponent);
      const head = powerHead(parts);
      const low = f64x2.mul(head, shareOf(exponent, parts, f64x2.splat(0)));
      store(d, sigmoidOf(x, head, low), isLast);
      store(e, slopeOf(head, low), isLast);
    } else {
      store(d, kernels.sigmoid(x), isLast);
      store(e, kernels.sigmoid_slope(x), isLast);
    }
    d += 16;
    e += 16;
    a += 16;
  }
}

export function tanh(n: i32, d: usize, e: usize, a: usize): void {
  for (; n > 0; n -= 2) {
    const isLast = n === 1;
    const x = load(a, isLast);
    const size = f64x2.abs(x);
    if (all(f64x2.le(size, f64x2.splat(tanhEnd)))) {
      const exponent = f64x2.mul(f64x2.splat(-2), size);
      const parts = partsOf(exponent);
      const head = powerHead(parts);
      const low = f64x2.mul(head, shareOf(exponent, parts, f64x2.splat(0)));
      store(d, tanhOf(x, f64x2.add(head, low)), isLast);
      store(e, f64x2.mul(f64x2.splat(4), slopeOf(head, low)), isLast);
    } else {
      store(d, kernels.tanh(x), isLast);
      store(e, kernels.sech_squared(x), isLast);
    }
    d += 16;
    e += 16;
    a += 16;
  }
}
