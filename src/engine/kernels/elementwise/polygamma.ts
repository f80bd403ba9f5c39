import { add, each2, floor, type Lane, splat } from "../portable/lane.js";
import { finite, infinity, isInteger, nan } from "../portable/number.js";
import { psi } from "./digamma.js";
import { bernoulli } from "./gamma-tables.js";
import { lostByDifference, lostByInverse, lostByProduct } from "./lost.js";
import { anyPow } from "./power.js";

/**
 * The n-th derivative of digamma for a whole n ≥ 1: (−1)^(n+1)·n!·Σ 1/(x + k)^(n+1), k = 0, 1, …, by Euler and Maclaurin's
 * formula (Abramowitz and Stegun 6.4.11). For x < 0 the sum over all whole k, which depends on the distances to the whole
 * numbers on both sides only, less that over negative k. Rounding n says that it is whole to those who vary it.
 */
export function polygamma(n: Lane, x: Lane): Lane {
  return each2(derivative, floor(add(n, splat(0.5))), x);
}

function derivative(n: f64, x: f64): f64 {
  if (n === 0) return psi(x);
  // Beyond, the factorial is no double.
  if (!(n > 0 && n <= 170)) return nan;
  const sign: f64 = n % 2 === 1 ? 1 : -1;
  if (x >= sumsBelow(n)) return sign * far(n, x);
  if (x > 0) return sign * timesSum(factorial(n), anyPow(x, -(n + 1)), laterTerms(n, x, 0));
  if (x === 0) return sign * anyPow(1 / x, n + 1);
  if (isInteger(x)) return sign === 1 ? infinity : nan;
  if (!finite(x)) return nan;
  const whole = Math.floor(x);
  const below = x - whole;
  const above = whole + 1 - x;
  const mirrored = 1 - x;
  // From the smallest to the largest.
  const rest =
    sign * laterTerms(n, below, lostByDifference(x, whole, below)) +
    laterTerms(n, above, lostByDifference(whole + 1, x, above)) -
    (anyPow(mirrored, -(n + 1)) + laterTerms(n, mirrored, lostByDifference(1, x, mirrored)));
  const first = sign * anyPow(below, -(n + 1));
  const second = anyPow(above, -(n + 1));
  return below < above
    ? timesSum(factorial(n), first, second + rest)
    : timesSum(factorial(n), second, first + rest);
}

/** factor·(x + y) for |x| > |y|, rounded once where it is neither huge nor tiny. */
function timesSum(factor: f64, x: f64, y: f64): f64 {
  const sum = x + y;
  const product = factor * sum;
  if (!(Math.abs(sum) > 1e-30 && Math.abs(product) < 1e30)) return product;
  return product + (lostByProduct(factor, sum, product) + factor * (x - sum + y));
}

function factorial(n: f64): f64 {
  let value: f64 = 1;
  for (let k: f64 = 2; k <= n; k++) value *= k;
  return value;
}

/** From here on Euler and Maclaurin's formula alone is enough. */
function sumsBelow(n: f64): f64 {
  return 14 + 2 * n;
}

/** Of that formula for Σ 1/(x + k)^(n+1), k = 0, 1, …: the sum times x^n, less 1/n. */
function eulerMaclaurin(n: f64, x: f64): f64 {
  const inverse = 1 / (x * x);
  let series: f64 = 0;
  // (2k + n − 1)! / ((2k)!·n!), and the power of 1/x.
  let weight = (n + 1) / 2;
  for (let i: i32 = 0; i < 8; i++) {
    series += bernoulli[i] * weight;
    const k: f64 = 2 * i + 2;
    weight *= (((k + n) * (k + n + 1)) / ((k + 1) * (k + 2))) * inverse;
  }
  return (0.5 + series / x) / x;
}

function far(n: f64, x: f64): f64 {
  if (x === infinity) return 0;
  const factor = factorial(n - 1) + factorial(n) * eulerMaclaurin(n, x);
  const power = anyPow(x, -n);
  // The power may underflow before the result does.
  return power > 1e-290 ? power * factor : anyPow(x, 1 - n) * (factor / x);
}

/**
 * Σ 1/(x + xRest + k)^(n+1), k = 1, 2, …, for x > 0: the first terms one by one, the rest by Euler and Maclaurin. All are
 * positive. What the sums x + k have lost counts n + 1 times, that of the term before the first one too.
 */
function laterTerms(n: f64, x: f64, xRest: f64): f64 {
  // Not where a term may overflow: it is exact there.
  let lost: f64 = xRest === 0 ? 0 : (n + 1) * xRest * anyPow(x, -(n + 2));
  let last: f64 = 1;
  while (x + last < sumsBelow(n)) last++;
  const end = x + last;
  const power = anyPow(end, -n);
  const more = eulerMaclaurin(n, end);
  const inverse = 1 / n;
  const factor = inverse + more;
  let sum = power * factor;
  const factorRest = inverse - factor + more + lostByInverse(n, inverse);
  lost += n * (sum / end) * (xRest + lostByDifference(x, -last, end));
  lost -= lostByProduct(power, factor, sum) + power * factorRest;
  for (let k = last - 1; k >= 1; k--) {
    const at = x + k;
    const term = anyPow(at, -(n + 1));
    const next = sum + term;
    lost +=
      (n + 1) * (term / at) * (xRest + lostByDifference(x, -k, at)) - lostByDifference(sum, -term, next);
    sum = next;
  }
  return sum - lost;
}
