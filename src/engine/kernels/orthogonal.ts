import { fail, type LinalgKernel, powerNear } from "./linalg-kernel.js";

/** n = rows. Fails with 1 + the index of the first pivot that is not positive; NaN passes through. */
const cholesky: LinalgKernel = (mem, d, a, _b, _m, n) => {
  mem.fill(0, d, d + n * n);
  for (let i = 0; i < n; i++) {
    const row = d + i * n;
    for (let j = 0; j <= i; j++) {
      const other = d + j * n;
      let rest = mem[a + i * n + j]!;
      for (let k = 0; k < j; k++) rest -= mem[row + k]! * mem[other + k]!;
      if (j < i) mem[row + j] = rest / mem[other + j]!;
      else if (rest <= 0) return fail(mem, d, n * n, i + 1);
      else mem[row + i] = Math.sqrt(rest);
    }
  }
  return 0;
};

/**
 * Householder QR of an m×n matrix, n ≤ m, with LAPACK's signs (dgeqr2): Q above Rᵀ in the destination.
 * Work: m×n reflected matrix, then n factors τ.
 */
const qr: LinalgKernel = (mem, d, a, _b, m, n, _p, work) => {
  mem.copyWithin(work, a, a + m * n);
  const tau = work + m * n;
  const x = (i: number, j: number) => work + i * n + j;
  for (let k = 0; k < n; k++) {
    mem[tau + k] = reflector(mem, x(k, k), m - k, n);
    for (let j = k + 1; j < n; j++) reflect(mem, x(k, k), mem[tau + k]!, x(k, j), m - k, n);
  }
  const r = d + m * n;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) mem[r + i * n + j] = j <= i ? mem[x(j, i)]! : 0;
  }
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) mem[d + i * n + j] = i === j ? 1 : 0;
  for (let k = n - 1; k >= 0; k--) {
    for (let j = k; j < n; j++) reflect(mem, x(k, k), mem[tau + k]!, d + k * n + j, m - k, n);
  }
  return 0;
};

/**
 * Makes the column at `x` (with this many elements) the vector v of the reflection 1 − τ v vᵀ, v₀ = 1, that turns it into
 * β e₁; β is left in the place of v₀. Returns τ, 0 where nothing has to be turned (Golub and Van Loan, 4th ed., alg. 5.1.1).
 */
function reflector(mem: Float64Array, x: number, count: number, stride: number): number {
  let most = 0;
  for (let i = 1; i < count; i++) most = Math.max(most, Math.abs(mem[x + i * stride]!));
  if (most === 0) return 0;
  // Only ratios matter, and divided by a power of two, exactly, their squares neither overflow nor underflow.
  const scale = powerNear(Math.max(most, Math.abs(mem[x]!)));
  const alpha = mem[x]! / scale;
  let squares = alpha * alpha;
  for (let i = 1; i < count; i++) squares += (mem[x + i * stride]! / scale) ** 2;
  const beta = alpha >= 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
  for (let i = 1; i < count; i++) mem[x + i * stride] = mem[x + i * stride]! / scale / (alpha - beta);
  mem[x] = beta * scale;
  return (beta - alpha) / beta;
}

/** y −= τ v (vᵀ y); v₀ counts as 1. */
function reflect(mem: Float64Array, v: number, tau: number, y: number, count: number, stride: number): void {
  let dot = mem[y]!;
  for (let i = 1; i < count; i++) dot += mem[v + i * stride]! * mem[y + i * stride]!;
  const factor = tau * dot;
  if (factor === 0) return;
  mem[y]! -= factor;
  for (let i = 1; i < count; i++) mem[y + i * stride]! -= factor * mem[v + i * stride]!;
}

export const orthogonalKernels = { cholesky, qr_factors: qr } as const;
