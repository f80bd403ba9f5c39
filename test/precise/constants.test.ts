import { describe, expect, it } from "vitest";
import * as constants from "../../src/precise/functions/constants.js";
import { digamma as preciseDigamma } from "../../src/precise/functions/digamma.js";
import * as error from "../../src/precise/functions/error-tables.js";
import * as exponential from "../../src/precise/functions/exponential-tables.js";
import * as gamma from "../../src/precise/functions/gamma-tables.js";
import * as trigonometric from "../../src/precise/functions/trigonometric-tables.js";
import { type Real, Reals, real, withDigits } from "../accuracy/decimal.js";
import { arctan, pi } from "../accuracy/elementary.js";
import { digamma, polygamma } from "../accuracy/special.js";
import { realOf, relativeError } from "./exact.js";

const Long = withDigits(500);
const Wide = withDigits(100);
const r = (x: number | string): Real => new Reals(x);
const factorial = (n: number): Real => (n <= 1 ? r(1) : new Wide(n).times(factorial(n - 1)));

/** Whether the doubles are what is next to the number, next to what is left, and so on. */
function expectParts(parts: readonly number[], exact: Real): void {
  let left = new Long(exact);
  for (const part of parts) {
    expect(part).toBe(left.toNumber() === 0 ? part : left.toNumber());
    left = left.minus(real(part));
  }
}

/** A table of so many doubles for each index from `first` on. */
function expectTable(table: readonly number[], parts: number, first: number, f: (k: number) => Real): void {
  expect(table.length % parts).toBe(0);
  for (let i = 0; i < table.length / parts; i++)
    expectParts(table.slice(parts * i, parts * (i + 1)), f(first + i));
}

const sign = (k: number) => (k % 2 === 0 ? 1 : -1);

/** B₂, B₄, … as quotients, by the recurrence Σ C(m + 1, j)·Bⱼ = 0. */
function bernoulliNumbers(count: number): Real[] {
  const Exact = withDigits(200);
  const all: Real[] = [];
  for (let m = 0; m <= 2 * count; m++) {
    let sum = new Exact(m === 0 ? -1 : 0);
    let binomial = new Exact(1);
    for (let j = 0; j < m; j++) {
      sum = sum.plus(binomial.times(all[j]!));
      binomial = binomial.times(m + 1 - j).div(j + 1);
    }
    all.push(sum.div(-(m + 1)));
  }
  return Array.from({ length: count }, (_, k) => all[2 * k + 2]!);
}

/** ζ(k) − 1, from a derivative of digamma at 2. */
const zetaRest = (k: number): Real =>
  polygamma(k - 1, r(2))
    .times(sign(k))
    .div(factorial(k - 1));

describe("constants and tables are sums of the doubles next to them", () => {
  it("constants", () => {
    const two = r(2);
    const expected: Record<keyof typeof constants, Real> = {
      pi,
      halfPi: pi.div(2),
      invSqrtTwoPi: pi.times(2).sqrt().pow(-1),
      sqrtHalf: r(0.5).sqrt(),
      logTwo: two.ln(),
      logPi: pi.ln(),
      halfLogTwoPi: pi.times(2).ln().div(2),
      invLogTwo: two.ln().pow(-1),
      invLogTen: r(10).ln().pow(-1),
    };
    expect(Object.keys(constants).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, { hi, lo }] of Object.entries(constants))
      expectParts([hi, lo], expected[name as keyof typeof constants]);
  });

  it("exponentials and logarithms", () => {
    const { logTwoParts, stepParts, binaryRoots, inverseFactorials, inverses } = exponential;
    const logTwo = Wide.ln(2);
    const sumOf = (parts: readonly number[]) =>
      parts.reduce((sum, part) => sum.plus(real(part)), new Wide(0));
    expect(sumOf(logTwoParts).minus(logTwo).abs().lt("1e-40")).toBe(true);
    expect(sumOf(stepParts).times(64).minus(logTwo).abs().lt("1e-36")).toBe(true);
    // Products with 12 and 17 bits are exact.
    for (const part of logTwoParts.slice(0, 2)) expect(significantBits(part)).toBeLessThanOrEqual(53 - 12);
    for (const part of stepParts.slice(0, 2)) expect(significantBits(part)).toBeLessThanOrEqual(53 - 17);
    expectTable(binaryRoots, 2, 0, (j) => Wide.pow(2, Wide.div(j, 64)));
    expectTable(inverseFactorials, 2, 0, (n) => new Wide(1).div(factorial(n)));
    expectTable(inverses, 2, 2, (n) => Wide.div(-sign(n), n));
  });

  it("the centres of logarithms", () => {
    const { centreInverses, centreLogarithms, firstCentre } = exponential;
    centreInverses.forEach((c, i) => {
      expect(c * 256).toBe(Math.round((256 * 64) / (firstCentre + i)));
    });
    expectTable(centreLogarithms, 3, 0, (i) => Wide.ln(new Wide(real(centreInverses[i]!))).neg());
  });

  it("π, sines and arctangents", () => {
    const { halfPiParts, piDigits, piPlaces } = trigonometric;
    const long = Long.acos(-1);
    const rest = halfPiParts.reduce((sum, part) => sum.minus(real(part)), long.div(2));
    expect(rest.abs().lt("1e-58")).toBe(true);
    for (const part of halfPiParts.slice(0, -1)) expect(significantBits(part)).toBeLessThanOrEqual(33);
    expect(BigInt(piDigits).toString()).toBe(long.times(Long.pow(2, piPlaces)).floor().toFixed());
    expectTable(trigonometric.sineCoefficients, 2, 0, (k) => new Wide(sign(k)).div(factorial(2 * k + 1)));
    expectTable(trigonometric.cosineCoefficients, 2, 0, (k) => new Wide(sign(k)).div(factorial(2 * k)));
    expectTable(trigonometric.arctangents, 2, 0, (j) => arctan(Reals.div(j, 16)));
    expectTable(trigonometric.arctanCoefficients, 2, 0, (k) => Wide.div(sign(k), 2 * k + 1));
  });

  it("the error function", () => {
    const step = real(error.trapezoidStep);
    expectTable(error.erfCoefficients, 2, 0, (n) =>
      r(2 * sign(n))
        .div(pi.sqrt())
        .div(factorial(n).times(2 * n + 1)),
    );
    expectTable(error.trapezoidWeights, 2, 1, (n) => Wide.exp(new Wide(step).times(n).pow(2).neg()));
  });

  it("the gamma function", () => {
    const euler = digamma(r(2));
    const bernoulli = bernoulliNumbers(22);
    expectTable(gamma.logGammaCoefficients, 2, 1, (k) =>
      k === 1 ? euler : zetaRest(k).times(sign(k)).div(k),
    );
    expectTable(gamma.digammaCoefficients, 2, 1, (k) => (k === 1 ? euler : zetaRest(k).times(sign(k))));
    expectTable(gamma.stirlingCoefficients, 2, 1, (k) => bernoulli[k - 1]!.div(2 * k * (2 * k - 1)));
    expectTable(gamma.digammaFarCoefficients, 2, 1, (k) => bernoulli[k - 1]!.div(2 * k));
    expectTable(gamma.eulerMaclaurinCoefficients, 2, 1, (k) => bernoulli[k - 1]!.div(factorial(2 * k)));
  });

  it("the zero of digamma", () => {
    // As mpmath has it to 100 digits; those of the reference confirm 60.
    const root = new Wide(
      "1.461632144968362341262659542325721328468196204006446351295988408598786440353801810243074992733725593",
    );
    expect(digamma(new Reals(root)).abs().lt("1e-58")).toBe(true);
    expectParts(gamma.digammaRoot, root);
    // Next to the zero, where not even the reference has so many digits, the slope is all that counts.
    const x = { hi: gamma.digammaRoot[0]!, lo: gamma.digammaRoot[1]! };
    const expected = new Wide(realOf(x)).minus(root).times(polygamma(1, new Reals(root)));
    expect(relativeError(preciseDigamma(x), expected)).toBeLessThan(2 ** -98);
    expectTable(gamma.digammaRootCoefficients, 2, 1, (k) => polygamma(k, new Reals(root)).div(factorial(k)));
  });
});

/** Of a double: how many there are from the first to the last that is 1. */
function significantBits(x: number): number {
  let bits = 0;
  for (let rest = Math.abs(x) / 2 ** Math.floor(Math.log2(Math.abs(x))); rest !== 0; bits++)
    rest = (rest - Math.floor(rest)) * 2;
  return bits;
}
