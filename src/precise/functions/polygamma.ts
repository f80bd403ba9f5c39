import { scalarKernels } from "../../engine/kernels/scalar.js";
import {
  add,
  addNumber,
  type DoubleDouble,
  div,
  floor,
  fromNumber,
  isFiniteNumber,
  mul,
  mulNumber,
  neg,
  one,
  square,
  sub,
  zero,
} from "../double-double.js";
import { digamma } from "./digamma.js";
import { isPole } from "./gamma-parts.js";
import { eulerMaclaurinCoefficients } from "./gamma-tables.js";
import { wholePower } from "./power.js";
import { exponentOf, timesPowerOfTwo } from "./powers-of-two.js";
import { pairAt } from "./series.js";

/**
 * The n-th derivative of digamma: (−1)^(n+1)·n!·Σ 1/(x + k)^(n+1), k = 0, 1, …, by Euler and Maclaurin's formula (Abramowitz
 * and Stegun 6.4.11). For positive arguments within 2⁻¹⁰¹ up to order 6, 2⁻⁹⁹ up to 170, since powers multiply errors. Negative
 * arguments are sums over what lies on both sides, and within that of the larger of two terms that may cancel.
 */
export function polygamma(order: DoubleDouble, x: DoubleDouble): DoubleDouble {
  const n = floor(addNumber(order, 0.5)).hi;
  if (n === 0) return digamma(x);
  if (!(n > 0 && n <= largestOrder) || !isFiniteNumber(x) || isPole(x))
    return fromNumber(scalarKernels.polygamma(n, x.hi, 0));
  const isNegative = n % 2 === 0;
  if (x.hi > 0) return isNegative ? neg(derivative(n, x)) : derivative(n, x);
  const whole = floor(x);
  const below = derivative(n, sub(x, whole));
  const above = derivative(n, sub(addNumber(whole, 1), x));
  const mirrored = derivative(n, sub(one, x));
  // Over all whole numbers, which cancel halfway between two of them, less those beyond x.
  return sub(add(isNegative ? neg(below) : below, above), mirrored);
}

/** Beyond, the factorial is no double. */
const largestOrder = 170;

function factorial(n: number): DoubleDouble {
  let value = one;
  for (let k = 2; k <= n; k++) value = mulNumber(value, k);
  return value;
}

/** From here on Euler and Maclaurin's formula alone is enough. */
const sumsBelow = (n: number): number => 20 + n;

/** n!·Σ 1/(x + k)^(n+1) for x > 0: the first term times what it takes of the others. */
function derivative(n: number, x: DoubleDouble): DoubleDouble {
  if (x.hi >= sumsBelow(n)) return timesInversePower(mul(factorial(n - 1), eulerMaclaurin(n, x)), x, n);
  let last = 1;
  while (x.hi + last < sumsBelow(n)) last++;
  const end = addNumber(x, last);
  const share = wholePower(div(x, end), n + 1);
  let sum = mul(share, div(mul(end, eulerMaclaurin(n, end)), fromNumber(n)));
  for (let k = last - 1; k >= 1; k--) sum = add(sum, wholePower(div(x, addNumber(x, k)), n + 1));
  return timesInversePower(mul(factorial(n), addNumber(sum, 1)), x, n + 1);
}

/** value/xⁿ, where both may be huge or tiny. */
function timesInversePower(value: DoubleDouble, x: DoubleDouble, n: number): DoubleDouble {
  const e = exponentOf(x.hi);
  const places = exponentOf(value.hi);
  const quotient = div(timesPowerOfTwo(value, -places), wholePower(timesPowerOfTwo(x, -e), n));
  return timesPowerOfTwo(quotient, places - e * n);
}

/** n·xⁿ·Σ 1/(x + k)^(n+1) = 1 + n/(2x) + n·Σ B₂ⱼ/(2j)!·(n + 1)·…·(n + 2j − 1)/x^2j. */
function eulerMaclaurin(n: number, x: DoubleDouble): DoubleDouble {
  const inverse = div(one, x);
  const squared = square(inverse);
  let weight = mulNumber(squared, n * (n + 1));
  let sum = zero;
  for (let j = 0; 2 * j < eulerMaclaurinCoefficients.length; j++) {
    const term = mul(weight, pairAt(eulerMaclaurinCoefficients, j));
    sum = add(sum, term);
    if (Math.abs(term.hi) < 2 ** -115) break;
    weight = mul(weight, mulNumber(squared, (2 * j + 2 + n) * (2 * j + 3 + n)));
  }
  return addNumber(add(sum, mulNumber(inverse, n / 2)), 1);
}
