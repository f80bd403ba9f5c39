import { real as exactly, type Real, Reals } from "./decimal.js";
import { one, zero } from "./elementary.js";
import type { Part, Region, Sample } from "./measure.js";
import { polygamma } from "./special.js";

/** Reasons for which a result is measured against something else than its own last place. */

const smallestNormal = exactly(2 ** -1022);

/** Where a factor is below the normal numbers: its few digits are those of the product. */
export const subnormal = (of: Part, name: string, factor: (sample: Sample) => Real): Region => ({
  of,
  name: `${name} subnormal`,
  when: (sample) => !factor(sample).isZero() && factor(sample).abs().lt(smallestNormal),
  // What a unit of the factor is worth in the product.
  scale: (sample) => sample.exact.times(smallestNormal).div(factor(sample)),
  reason: `the derivative is a product or quotient with ${name}, and has no more digits than this`,
});

/** Where a step on the way overflows and the result is 0 or infinite, though it would be a double. */
export const overflowing = (
  of: Part,
  name: string,
  step: (sample: Sample) => Real,
  instead: number,
  reason: string,
): Region => ({
  of,
  name: `${name} infinite`,
  when: (sample) => Math.abs(step(sample).toNumber()) === Number.POSITIVE_INFINITY,
  instead,
  reason,
});

/**
 * Where a sum of two terms is smaller than a share of the larger one: measured in units of this. One of the terms is
 * given, the other one is the rest of the sum.
 */
export const cancelling = (of: Part, term: (sample: Sample) => Real, reason: string, share = 1): Region => {
  const larger = (sample: Sample) => {
    const first = term(sample);
    return Reals.max(first.abs(), sample.exact.minus(first).abs());
  };
  return {
    of,
    name: "below its terms",
    when: (sample) => sample.exact.abs().lt(larger(sample).times(share)),
    scale: larger,
    reason,
  };
};

/** For negative arguments of the gamma function's relatives. */
export const reflected = (of: Part, f: (x: Real) => Real): Region =>
  cancelling(
    of,
    ({ x: [x], exact }) => (x!.isNegative() ? f(one.minus(x!)) : zero.plus(exact)),
    "for x < 0 the reflection is a difference of two terms, with a zero next to every pole",
  );

/** For negative arguments of derivatives of even order, which change their sign between any two poles. */
export const alternating = (of: Part, further: number): Region =>
  cancelling(
    of,
    ({ x: [n, x], exact }) => {
      const order = n!.toNumber() + further;
      return x!.isNegative() && order % 2 === 0
        ? polygamma(order, x!.floor().plus(1).minus(x!))
        : zero.plus(exact);
    },
    "for x < 0 a derivative of even order is a difference of the sums on both sides of the poles around x",
  );
