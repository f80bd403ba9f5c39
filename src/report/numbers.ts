/** Significant digits of a printed number, or `exact` for as many as tell it from every other double. */
export type Precision = number | "exact";

export const DEFAULT_PRECISION = 6;
const LARGEST_PRECISION = 17;

/** Integers up to here are printed with all their digits: each of them is a double. */
const LARGEST_PLAIN_INTEGER = 1e15;
/** Smaller numbers than this are easier to read with an exponent. */
const SMALLEST_PLAIN_EXPONENT = -5;

/** A number for people: trailing zeros dropped, an exponent where plain digits would be long, `-0` kept. */
export function formatNumber(x: number, precision: Precision = DEFAULT_PRECISION): string {
  if (Object.is(x, -0)) return "-0";
  if (precision === "exact" || !Number.isFinite(x)) return String(x);
  if (Number.isInteger(x) && Math.abs(x) < LARGEST_PLAIN_INTEGER) return String(x);
  const digits = Math.min(Math.max(Math.trunc(precision), 1), LARGEST_PRECISION);
  const [mantissa, exponentText] = x.toExponential(digits - 1).split("e");
  const exponent = Number(exponentText);
  if (exponent >= SMALLEST_PLAIN_EXPONENT && exponent < digits) {
    return dropTrailingZeros(x.toFixed(digits - 1 - exponent));
  }
  return `${dropTrailingZeros(mantissa)}e${exponentText}`;
}

function dropTrailingZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
