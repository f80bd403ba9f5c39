/**
 * Kernels that read or write along an axis by whole numbers that lie in the arena. `ix` is where the first of the n
 * indices lies, `is` their stride.
 */

/** d[i] = a[index[i]]. */
export function gather(
  m: Float64Array,
  n: number,
  d: number,
  ds: number,
  a: number,
  as: number,
  ix: number,
  is: number,
): void {
  for (let i = 0; i < n; i++) m[d + i * ds] = m[a + m[ix + i * is]! * as]!;
}

/** d[index[i]] += a[i]. */
export function scatterAdd(
  m: Float64Array,
  n: number,
  d: number,
  ds: number,
  a: number,
  as: number,
  ix: number,
  is: number,
): void {
  for (let i = 0; i < n; i++) m[d + m[ix + i * is]! * ds]! += m[a + i * as]!;
}

/** h₀ = c₀, hᵢ = aᵢ·hᵢ₋₁ + cᵢ; a₀ is not read. */
export function recurrence(
  m: Float64Array,
  n: number,
  d: number,
  ds: number,
  a: number,
  as: number,
  c: number,
  cs: number,
): void {
  let h = m[c]!;
  m[d] = h;
  for (let i = 1; i < n; i++) {
    h = m[a + i * as]! * h + m[c + i * cs]!;
    m[d + i * ds] = h;
  }
}
