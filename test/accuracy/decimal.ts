import { Decimal } from "decimal.js";

/**
 * Decimal arithmetic for the references. 60 digits leave 44 where two doubles cancel to their last bit; what cancels
 * further asks for more (`withDigits`).
 */
export const digits = 60;

export type Real = Decimal;
export type RealConstructor = Decimal.Constructor;

const constructors = new Map<number, RealConstructor>();

/** Numbers whose operations round to so many digits; exponents are practically unbounded. */
export function withDigits(precision: number): RealConstructor {
  let numbers = constructors.get(precision);
  if (numbers === undefined) {
    numbers = Decimal.clone({ precision, minE: -9e15, maxE: 9e15, defaults: true });
    constructors.set(precision, numbers);
  }
  return numbers;
}

export const Reals = withDigits(digits);

/** Enough for every double as it stands: 2^-1074 has 751 digits. */
const Whole = withDigits(800);

const words = new DataView(new ArrayBuffer(8));

/** A finite double as sign · mantissa · 2^exponent, with a whole mantissa. */
export function partsOf(x: number): { mantissa: bigint; exponent: number } {
  words.setFloat64(0, x);
  const bits = words.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const magnitude = biased === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: bits >> 63n === 1n ? -magnitude : magnitude, exponent: Math.max(biased, 1) - 1075 };
}

const powersOfTwo = new Map<number, Real>();

function powerOfTwo(exponent: number): Real {
  let power = powersOfTwo.get(exponent);
  if (power === undefined) {
    power = Whole.pow(2, exponent);
    powersOfTwo.set(exponent, power);
  }
  return power;
}

/** The value of a double itself, with all of its digits: not the short decimal fraction that it is printed as. */
export function real(x: number): Real {
  if (!Number.isFinite(x)) return new Reals(x);
  const { mantissa, exponent } = partsOf(x);
  // No −0: zeros of the references have no sign.
  if (mantissa === 0n) return new Reals(0);
  return new Reals(new Whole(mantissa.toString()).times(powerOfTwo(exponent)));
}

/** The distance between the doubles around |x|: that of the smallest ones below the normal numbers. */
export function ulp(x: Real): Real {
  const size = x.abs();
  const nearest = size.toNumber();
  if (nearest === 0) return powerOfTwo(-1074);
  // Only as a scale, where the size of the unit matters and not its last bit.
  if (nearest === Number.POSITIVE_INFINITY) return size.times(powerOfTwo(-53));
  const { exponent } = partsOf(nearest);
  // Rounded up to a power of two, it lies in the binade below.
  const isBelow = Math.log2(nearest) % 1 === 0 && size.lt(real(nearest));
  return powerOfTwo(isBelow ? Math.max(exponent - 1, -1074) : exponent);
}

/** 2^1024: what stands for an infinite result, the next double if there were one. */
const overflow = powerOfTwo(1024);

/** |computed − exact| in units of the last place of `scale`, which is the exact value unless there is a reason. */
export function errorInUlps(computed: number, exact: Real, scale: Real = exact): number {
  if (Number.isNaN(computed)) return Number.POSITIVE_INFINITY;
  const clamp = (value: Real) =>
    value.gt(overflow) ? overflow : value.lt(overflow.neg()) ? overflow.neg() : value;
  const distance = new Whole(clamp(real(computed))).minus(clamp(exact)).abs();
  return distance.div(ulp(scale)).toNumber();
}
