/**
 * How many significant decimal digits an error of at most `bound` leaves: `Infinity` where there is no error at all,
 * `undefined` where there is no bound, and of 0.
 */
export function certainDigits(value: number, bound: number): number | undefined {
  if (!Number.isFinite(value) || !Number.isFinite(bound)) return undefined;
  if (bound === 0) return Number.POSITIVE_INFINITY;
  if (value === 0) return undefined;
  return Math.max(0, Math.floor(-Math.log10(bound / Math.abs(value)))) || 0;
}
