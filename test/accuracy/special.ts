import { digits, type Real, Reals, withDigits } from "./decimal.js";
import { exp, narrow, one, pi, remembering, sin, wider, zero } from "./elementary.js";

/** The error function and the gamma function with their relatives, from series; no polynomial fits. */

const twoOverSqrtPi = Reals.div(2, pi.sqrt());

/** exp(−x²), whatever the size of x. */
export const gaussian = (x: Real): Real => exp(wider(x, 20).times(wider(x, 20)).neg());

/** erf x·√π/2·exp(x²) = Σ 2ⁿ·x^(2n+1)/(1·3·…·(2n+1)): no term is negative (Abramowitz and Stegun 7.1.6). */
function erfSeries(x: Real, precision: number): Real {
  const Precise = withDigits(precision);
  const doubled = new Precise(x).times(x).times(2);
  let term = new Precise(x);
  let sum = term;
  for (let n = 1; term.e > sum.e - precision && !term.isZero(); n++) {
    term = term.times(doubled).div(2 * n + 1);
    sum = sum.plus(term);
  }
  return sum;
}

/** From here on the asymptotic series of erfc reaches 60 digits. */
const asymptoticFrom = 13;

/** erfc for x ≥ 0. */
const erfcOfPositive = remembering((x) => {
  if (x.gt(asymptoticFrom)) {
    // exp(−x²)/(x·√π)·(1 − 1/(2x²) + 1·3/(2x²)² − …), A. and S. 7.1.23
    const inverse = one.div(x.times(x).times(2)).neg();
    let term = one;
    let sum = one;
    for (let n = 1; term.e > -digits - 2; n += 2) {
      term = term.times(inverse).times(n);
      sum = sum.plus(term);
    }
    return gaussian(x).times(sum).div(x.times(pi.sqrt()));
  }
  // As many digits more as the difference loses.
  const precision = digits + 10 + Math.ceil((x.toNumber() ** 2 + 3) / Math.LN10);
  const Precise = withDigits(precision);
  const square = new Precise(x).times(x).neg();
  const erfPrecise = erfSeries(x, precision).times(square.exp()).times(2).div(Precise.acos(-1).sqrt());
  return narrow(new Precise(1).minus(erfPrecise));
});

export const erf = (x: Real): Real =>
  x.abs().lt(1)
    ? narrow(
        erfSeries(x, digits + 10)
          .times(gaussian(x))
          .times(twoOverSqrtPi),
      )
    : one.minus(erfcOfPositive(x.abs())).times(x.s);

export const erfc = (x: Real): Real =>
  x.isNegative() ? Reals.sub(2, erfcOfPositive(x.neg())) : erfcOfPositive(x);

const sqrtTwo = withDigits(digits + 20).sqrt(2);

/** ½·erfc(−x/√2). */
export const normalCdf = (x: Real): Real => erfc(wider(x, 20).div(sqrtTwo).neg()).div(2);

/** exp(−x²/2)/√(2π). */
export const normalPdf = (x: Real): Real =>
  exp(wider(x, 20).times(wider(x, 20)).div(-2)).div(pi.times(2).sqrt());

/** B₂, B₄, … from Σ C(m + 1, j)·Bⱼ = 0 over j = 0 … m, which loses digits: hence 200 of them. */
function bernoulliNumbers(count: number): Real[] {
  const Exact = withDigits(200);
  const all = [new Exact(1)];
  for (let m = 1; m <= 2 * count; m++) {
    let sum = new Exact(0);
    let binomial = new Exact(1);
    for (let j = 0; j < m; j++) {
      sum = sum.plus(binomial.times(all[j]!));
      binomial = binomial.times(m + 1 - j).div(j + 1);
    }
    all.push(sum.div(m + 1).neg());
  }
  return Array.from({ length: count }, (_, k) => narrow(all[2 * (k + 1)]!));
}

const bernoulli = bernoulliNumbers(40);
/** From here on 40 terms of the asymptotic series reach 60 digits. */
const stirlingFrom = 40;

/** Σ B₂ₖ·weight(k)/x^2k up to the smallest term that matters. */
function bernoulliSum(x: Real, weight: (k: number) => Real | number): Real {
  const inverse = one.div(x.times(x));
  let power = one;
  let sum = zero;
  for (let k = 1; k <= bernoulli.length; k++) {
    power = power.times(inverse);
    const term = power.times(bernoulli[k - 1]!).times(weight(k));
    sum = sum.plus(term);
    if (term.isZero() || term.e < sum.e - digits) break;
  }
  return sum;
}

const piWide = withDigits(digits + 20).acos(-1);
const halfLogTwoPi = piWide.times(2).ln().div(2);

/** log Γ(x) for x > 0: Stirling's series (A. and S. 6.1.40) after shifting x up by the recurrence. */
function logGammaOfPositive(x: Real): Real {
  let at = wider(x, 20);
  let product = wider(one, 20);
  while (at.lt(stirlingFrom)) {
    product = product.times(at);
    at = at.plus(1);
  }
  const series = wider(
    bernoulliSum(at, (k) => one.div(2 * k * (2 * k - 1))),
    20,
  ).times(at);
  return at.minus(0.5).times(at.ln()).minus(at).plus(halfLogTwoPi).plus(series).minus(product.ln());
}

/** The distances to the whole numbers below and above: exact. */
function distances(x: Real): { below: Real; above: Real } {
  const exact = new (withDigits(400))(x);
  const floor = exact.floor();
  return { below: narrow(exact.minus(floor)), above: narrow(floor.plus(1).minus(exact)) };
}

/** log |Γ(x)|; for negative x by Γ(x)·Γ(1 − x) = π/sin πx. */
export const gammaln = remembering((x) => {
  if (x.eq(1) || x.eq(2)) return zero;
  if (x.gt(0)) return narrow(logGammaOfPositive(x));
  const { below, above } = distances(x);
  const sine = wider(sin(pi.times(below.lt(above) ? below : above)), 20);
  return narrow(
    piWide
      .div(sine)
      .ln()
      .minus(logGammaOfPositive(wider(one, 400).minus(x))),
  );
});

/** Σ 1/(x + k)^s, k = 0, 1, …, for x > 0 and s ≥ 2 (Euler and Maclaurin). */
function zeta(s: number, x: Real): Real {
  let at = x;
  let sum = zero;
  while (at.lt(stirlingFrom)) {
    sum = sum.plus(at.pow(-s));
    at = at.plus(1);
  }
  // B₂ₖ·s·(s + 1)·…·(s + 2k − 2)/(2k)!
  let weight = new Reals(s).div(2);
  const series = bernoulliSum(at, (k) => {
    const current = weight;
    weight = weight.times((s + 2 * k - 1) * (s + 2 * k)).div((2 * k + 1) * (2 * k + 2));
    return current;
  });
  const tail = at
    .div(s - 1)
    .plus(0.5)
    .plus(series.times(at));
  return sum.plus(tail.times(at.pow(-s)));
}

/** ψ(x) for x > 0 (A. and S. 6.3.18). */
const digammaOfPositive = remembering((x) => {
  let at = wider(x, 20);
  let sum = wider(zero, 20);
  while (at.lt(stirlingFrom)) {
    sum = sum.plus(wider(one, 20).div(at));
    at = at.plus(1);
  }
  const series = bernoulliSum(at, (k) => one.div(2 * k));
  return narrow(at.ln().minus(at.times(2).pow(-1)).minus(series).minus(sum));
});

/**
 * ψ and its derivatives. For negative x the sums over all whole numbers, which depend on the distance f to the next
 * lower one only, take the place of the cotangent: ψ(x) = ψ(1 − x) + ψ(f) − ψ(1 − f).
 */
export function polygamma(n: number, x: Real): Real {
  const positive = (at: Real) =>
    n === 0
      ? digammaOfPositive(at)
      : zeta(n + 1, at)
          .times(factorial(n))
          .times(n % 2 === 1 ? 1 : -1);
  if (x.gt(0)) return positive(x);
  const { below, above } = distances(x);
  const mirrored = narrow(wider(one, 400).minus(x));
  const sign = n % 2 === 0 ? 1 : -1;
  // Halfway between whole numbers the first two cancel, and the third, however small, is what is left.
  return positive(below).minus(positive(above).times(sign)).plus(positive(mirrored).times(sign));
}

function factorial(n: number): Real {
  let value = one;
  for (let k = 2; k <= n; k++) value = value.times(k);
  return value;
}

export const digamma = (x: Real): Real => polygamma(0, x);
