import { exponentialTable, logarithmTable, logTwo, logTwoPart } from "./power-tables.js";
import { differenceRest } from "./rounding.js";

/**
 * Powers and exponentials in exactly rounded arithmetic only (+ − × ÷), so that they are the same bits on every machine,
 * by tables and short polynomials (Tang, ACM Transactions on Mathematical Software 15 (1989) and 16 (1990)). What the
 * logarithm of a power loses is multiplied by the exponent, hence it is a sum of two doubles, good to 2^−68; powers are
 * within 0.53 units in the last place (1 where they are subnormal), and whole ones that a double can hold are exact.
 */

const infinity = Number.POSITIVE_INFINITY;

/** 2^n for n = −1022 … 1023. */
const powersOfTwo = new Float64Array(2046);
for (let i = 0, power = 2 ** -1022; i < powersOfTwo.length; i++, power *= 2) powersOfTwo[i] = power;

/** value·2^n for |n| < 2000 and a value next to 1, rounded once. */
function scaled(value: number, n: number): number {
  if (n > 1022) return value * powersOfTwo[n - 1000 + 1022]! * powersOfTwo[1000 + 1022]!;
  if (n >= -1021) return value * powersOfTwo[n + 1022]!;
  return value * powersOfTwo[n + 1000 + 1022]! * powersOfTwo[-1000 + 1022]!;
}

/** Adding and subtracting it rounds to whole numbers. */
const rounder = 6755399441055744;
const partsOfLogTwo = 64 / Math.LN2;

/**
 * factor·exp(x + rest) for |x| ≤ 750, a small rest and a factor from 2^−100 to 2^100. Only the last multiplication, by a
 * power of 2, may underflow, so that the result is within a unit also where exp itself has lost digits.
 */
export function scaledExp(x: number, rest: number, factor: number): number {
  const n = x * partsOfLogTwo + rounder - rounder;
  const r = x - n * logTwoPart[0] + (rest - n * logTwoPart[1]);
  const square = r * r;
  const p = r + square * (1 / 2 + r * (1 / 6) + square * (1 / 24 + r * (1 / 120) + square * (1 / 720)));
  const j = (n & 63) * 2;
  const power = exponentialTable[j]! + (exponentialTable[j + 1]! + exponentialTable[j]! * p);
  return scaled(power * factor, n >> 6);
}

/** Within 0.51 units in the last place, 1 where it is subnormal. */
export function exp(x: number): number {
  if (Math.abs(x) < 750) return scaledExp(x, 0, 1);
  return x < 0 ? 0 : x * infinity;
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** Which of the two words has the exponent. */
const upper = new Uint8Array(Float64Array.of(-0).buffer)[7] === 0x80 ? 1 : 0;
/** The upper word of √½, at which the intervals of mantissas begin. */
const firstMantissa = 0x3fe6a09e;

/** log x for 0 < x < ∞ as a sum of two doubles, good to 2^−68 of it: x = 2^n·z, log x = n·log 2 − log c + log(c·z). */
export function logInto(out: Float64Array, x: number): void {
  const isSubnormal = x < 2 ** -1022;
  double[0] = isSubnormal ? x * 2 ** 54 : x;
  const bits = words[upper]!;
  const offset = bits - firstMantissa;
  const n = (offset >> 20) - (isSubnormal ? 54 : 0);
  const i = ((offset >> 14) & 63) * 3;
  const inverse = logarithmTable[i]!;
  // The same mantissa between √½ and √2.
  words[upper] = bits - (offset & 0xfff00000);
  const z = double[0]!;
  // Products of numbers of 24 bits with others of as many are exact. r = z·inverse − 1 as a sum.
  const zHead = Math.fround(z);
  const a = zHead * inverse - 1;
  const c = (z - zHead) * inverse;
  const r = a + c;
  const rRest = a - r + c;
  const rHead = Math.fround(r);
  // r − r²/2 + r³·(1/3 − r/4 + …), with what precedes it from the largest to the smallest.
  const t = n * logTwo[0] + logarithmTable[i + 1]!;
  const s = t + r;
  const half = 0.5 * rHead * rHead;
  const h = s - half;
  const square = r * r;
  const series =
    1 / 3 -
    r * (1 / 4) +
    square * (1 / 5 - r * (1 / 6) + square * (1 / 7 - r * (1 / 8) + square * (1 / 9 - r * 0.1)));
  const low =
    t -
    s +
    r +
    (s - h - half) +
    (n * logTwo[1] + logarithmTable[i + 2]!) +
    (rRest - r * rRest - 0.5 * (r - rHead) * (r + rHead)) +
    r * square * series;
  const log = h + low;
  out[0] = log;
  out[1] = h - log + low;
}

const logarithm = new Float64Array(2);

/** x^(y + yRest) for a positive, finite x and a finite y, whose rest is below its last place. */
function positivePower(x: number, y: number, yRest: number): number {
  logInto(logarithm, x);
  const log = logarithm[0]!;
  if (!(Math.abs(y * log) < 746)) return y * log > 0 ? infinity : 0;
  const logHead = Math.fround(log);
  const yHead = Math.fround(y);
  const rest = yHead * (log - logHead) + (y - yHead) * log + (y * logarithm[1]! + yRest * log);
  return scaledExp(yHead * logHead, rest, 1);
}

const isOdd = (y: number) => Math.abs(y) < 2 ** 53 && Math.abs(y % 2) === 1;

/** IEEE 754's and NumPy's pow, which JavaScript's differs from where |x| = 1 and y is NaN or infinite. */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (x > 0 && x < infinity && Math.abs(y) < infinity) return positivePower(x, y, 0);
  const size = Math.abs(x);
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (Math.abs(y) === infinity) return size === 1 ? 1 : size > 1 === y > 0 ? infinity : 0;
  const isNegative = isOdd(y) && (x < 0 || Object.is(x, -0));
  if (size === 0 || size === infinity) {
    const limit = (size === 0) === y > 0 ? 0 : infinity;
    return isNegative ? -limit : limit;
  }
  if (!Number.isInteger(y)) return Number.NaN;
  return isNegative ? -positivePower(size, y, 0) : positivePower(size, y, 0);
}

/** x^(y − k) for a whole k, as if y − k were not rounded. */
export function shiftedPower(x: number, y: number, k: number): number {
  const exponent = y - k;
  const rest = differenceRest(y, k, exponent);
  const size = Math.abs(x);
  if (!(rest !== 0 && size > 0 && size < infinity)) return pow(x, exponent);
  if (x > 0) return positivePower(x, exponent, rest);
  // Where a whole y loses digits, it is too large to be odd.
  if (!Number.isInteger(y)) return Number.NaN;
  return isOdd(y) !== isOdd(k) ? -positivePower(size, exponent, rest) : positivePower(size, exponent, rest);
}
