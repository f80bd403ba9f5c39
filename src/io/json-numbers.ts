const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;

/** Powers of ten that a double holds exactly. */
const exactPowers = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

/** Decimal exponents for which no part of the double-double product can underflow or overflow. */
const LARGEST_POWER = 250;
const powers = new Float64Array(3 * (2 * LARGEST_POWER + 1));

/** Splits a double in two halves of 26 bits, so that products of halves are exact (Veltkamp). */
const SPLITTER = 2 ** 27 + 1;
function upperHalf(x: number): number {
  const c = SPLITTER * x;
  return c - (c - x);
}

/** 10^k as the sum of two doubles, and the upper half of the first; computed when first needed. */
function powerOffset(k: number): number {
  const at = 3 * (k + LARGEST_POWER);
  if (powers[at] === 0) {
    const high = Number(`1e${k}`);
    powers[at] = high;
    powers[at + 1] = k >= 0 ? Number(10n ** BigInt(k) - BigInt(high)) : remainderOfInversePower(-k, high);
    powers[at + 2] = upperHalf(high);
  }
  return at;
}

/** 10^-k - high, where `high` is the double nearest to 10^-k: an exact fraction, rounded once or twice. */
function remainderOfInversePower(k: number, high: number): number {
  let shift = 0;
  let mantissa = high;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    shift += 1;
  }
  const ten = 10n ** BigInt(k);
  const numerator = (1n << BigInt(shift)) - BigInt(mantissa) * ten;
  return Number(numerator) / Number(ten) / 2 ** shift;
}

/** Relative error of the double-double product below, with room to spare: it stays under 2^-102. */
const ERROR_BOUND = 2 ** -98;

/**
 * The double nearest to (head · 10^shift + tail) · 10^power, or NaN where double-double arithmetic cannot tell
 * (near a tie between two doubles, and towards the ends of the range).
 */
function scaleDecimal(head: number, tail: number, shift: number, power: number): number {
  if (power > LARGEST_POWER || power < -LARGEST_POWER) return Number.NaN;
  // head · 10^shift, exactly: both factors have at most 53 bits.
  const scale = exactPowers[shift];
  const product = head * scale;
  const headUpper = upperHalf(head);
  const headLower = head - headUpper;
  const scaleUpper = upperHalf(scale);
  const scaleLower = scale - scaleUpper;
  const productError =
    headLower * scaleLower -
    (product - headUpper * scaleUpper - headLower * scaleUpper - headUpper * scaleLower);
  // + tail, which is smaller than the product
  const sum = product + tail;
  const rest = tail - (sum - product) + productError;
  const high = sum + rest;
  const low = rest - (high - sum);
  // · 10^power
  const at = powerOffset(power);
  const powerHigh = powers[at];
  const powerLow = powers[at + 1];
  const powerUpper = powers[at + 2];
  const powerLower = powerHigh - powerUpper;
  const highUpper = upperHalf(high);
  const highLower = high - highUpper;
  const value = high * powerHigh;
  const error =
    highLower * powerLower -
    (value - highUpper * powerUpper - highLower * powerUpper - highUpper * powerLower) +
    (high * powerLow + low * powerHigh);
  const nearest = value + error;
  const remainder = error - (nearest - value);
  const bound = nearest * ERROR_BOUND;
  return nearest + (remainder + bound) === nearest && nearest + (remainder - bound) === nearest
    ? nearest
    : Number.NaN;
}

/** Digits that fit exactly in a double; a number may have twice as many before the exact path gives up. */
const DIGITS = 15;

/** Longer numbers are refused: no program prints them, and they could exceed the longest string. */
export const LONGEST_NUMBER = 65_536;

/**
 * Reads the JSON number that starts at `start` into `out[at]`, correctly rounded. Returns the offset of its end,
 * or -1 if it needs a closer look (`explainNumber`): malformed, too large, or an integer that no double holds.
 *
 * The value is written to `out` rather than returned, so that the hot loop never boxes a double.
 */
export function scanNumber(bytes: Uint8Array, start: number, out: Float64Array, at: number): number {
  let pos = start;
  const negative = bytes[pos] === MINUS;
  if (negative) pos += 1;

  // Only significant digits are gathered: the first 15 in `head`, the next 15 in `tail`.
  let head = 0;
  let tail = 0;
  let digits = 0;
  let d = bytes[pos] - ZERO;
  if (!(d >= 0 && d <= 9)) return -1;
  if (d === 0) {
    pos += 1;
    d = bytes[pos] - ZERO;
    if (d >= 0 && d <= 9) return -1;
  } else {
    do {
      if (digits < DIGITS) head = head * 10 + d;
      else if (digits < 2 * DIGITS) tail = tail * 10 + d;
      digits += 1;
      pos += 1;
      d = bytes[pos] - ZERO;
    } while (d >= 0 && d <= 9);
  }

  let power = 0;
  let isInteger = true;
  if (bytes[pos] === DOT) {
    isInteger = false;
    pos += 1;
    const fraction = pos;
    if (digits === 0) while (bytes[pos] === ZERO) pos += 1;
    d = bytes[pos] - ZERO;
    while (d >= 0 && d <= 9) {
      if (digits < DIGITS) head = head * 10 + d;
      else if (digits < 2 * DIGITS) tail = tail * 10 + d;
      digits += 1;
      pos += 1;
      d = bytes[pos] - ZERO;
    }
    if (pos === fraction) return -1;
    power = fraction - pos;
  }

  if ((bytes[pos] | 0x20) === 0x65) {
    isInteger = false;
    pos += 1;
    const sign = bytes[pos];
    if (sign === MINUS || sign === PLUS) pos += 1;
    d = bytes[pos] - ZERO;
    if (!(d >= 0 && d <= 9)) return -1;
    let exponent = 0;
    do {
      if (exponent < 100_000_000) exponent = exponent * 10 + d;
      pos += 1;
      d = bytes[pos] - ZERO;
    } while (d >= 0 && d <= 9);
    power += sign === MINUS ? -exponent : exponent;
  }

  let value: number;
  if (digits <= DIGITS && power >= -22 && power <= 22) {
    // Both operands are exact, so the one rounding is the correct one.
    value = power < 0 ? head / exactPowers[-power] : head * exactPowers[power];
  } else {
    value =
      digits <= 2 * DIGITS && head > 0
        ? scaleDecimal(head, tail, Math.max(0, digits - DIGITS), power)
        : Number.NaN;
    if (Number.isNaN(value)) {
      if (pos - start > LONGEST_NUMBER) return -1;
      value = Math.abs(Number(asciiText(bytes, start, pos)));
      if (value === Number.POSITIVE_INFINITY) return -1;
    }
    if (isInteger && value >= Number.MAX_SAFE_INTEGER && !isExactInteger(asciiText(bytes, start, pos)))
      return -1;
  }
  out[at] = negative ? -value : value;
  return pos;
}

/** Whether a double holds this integer, written in decimal digits, without rounding. */
export function isExactInteger(text: string): boolean {
  const value = Number(text);
  return Number.isFinite(value) && BigInt(text) === BigInt(value);
}

/** ASCII bytes as a string. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
}
