/**
 * A factorisation, or what is computed from one, of one matrix: from `a` (and `b`) to `d`, all contiguous and row-major.
 * Returns 0, or a positive number that tells what failed; the destination then holds NaN.
 */
export type LinalgKernel = (
  mem: Float64Array,
  d: number,
  a: number,
  b: number,
  /** Sizes and options, as each kernel says. */
  m: number,
  n: number,
  p: number,
  /** Room for intermediate values, as large as the kernel's entry in the table says. */
  work: number,
) => number;

/** Whether `count` elements from `a` on are all finite. */
export function allFinite(mem: Float64Array, a: number, count: number): boolean {
  for (let i = a; i < a + count; i++) if (!Number.isFinite(mem[i]!)) return false;
  return true;
}

/** The result of a failure: nothing that could be taken for a value. */
export function fail(mem: Float64Array, d: number, count: number, status: number): number {
  mem.fill(Number.NaN, d, d + count);
  return status;
}

/** A power of two near a positive number; 1 for what has none. */
export const powerNear = (x: number) =>
  x > 0 && Number.isFinite(x) ? 2 ** Math.max(-1022, Math.min(1022, Math.floor(Math.log2(x)))) : 1;

/** A power of two near the largest element: dividing by it is exact and keeps squares from overflow. */
export function scaleOf(mem: Float64Array, a: number, count: number): number {
  let most = 0;
  for (let i = a; i < a + count; i++) most = Math.max(most, Math.abs(mem[i]!));
  return powerNear(most);
}
