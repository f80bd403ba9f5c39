import { jacobiKernels } from "./jacobi.js";
import { fail, type LinalgKernel } from "./linalg-kernel.js";
import { eliminate, luKernels, parity } from "./lu.js";

/** Values that are this close, relative to the largest, count as equal: their difference is mostly rounding. */
const closest = 1e-12;

/**
 * a: n values; p: 1 for gaps between squares. Fails with 1 + i·n + j for the pair i < j of equal values.
 */
const reciprocalGaps: LinalgKernel = (mem, d, a, _b, _m, n, p) => {
  let most = 0;
  for (let i = 0; i < n; i++) most = Math.max(most, Math.abs(mem[a + i]!));
  for (let i = 0; i < n; i++) {
    mem[d + i * n + i] = 0;
    for (let j = i + 1; j < n; j++) {
      const [x, y] = [mem[a + i]!, mem[a + j]!];
      // NaN passes through.
      if (Math.abs(y - x) <= closest * most) return fail(mem, d, n * n, 1 + i * n + j);
      const gap = p === 1 ? (y - x) * (y + x) : y - x;
      mem[d + i * n + j] = 1 / gap;
      mem[d + j * n + i] = -1 / gap;
    }
  }
  return 0;
};

/** a: n singular values. Fails with 1 + the index of one that is 0. */
const reciprocalSingularValues: LinalgKernel = (mem, d, a, _b, _m, n) => {
  for (let i = 0; i < n; i++) {
    if (mem[a + i]! <= closest * mem[a]!) return fail(mem, d, n, 1 + i);
    mem[d + i] = 1 / mem[a + i]!;
  }
  return 0;
};

/** Where the parts of a packed n×n singular value decomposition lie. */
const partsOf = (packed: number, n: number) => ({
  u: packed,
  s: packed + n * n,
  v: packed + (n + 1) * n,
});

/** The determinant, ±1, of an orthogonal matrix. Work: n·n + n. */
function orthogonalSign(mem: Float64Array, x: number, n: number, work: number): number {
  mem.copyWithin(work, x, x + n * n);
  eliminate(mem, work, n, work + n * n);
  let sign = parity(mem, work + n * n, n);
  for (let i = 0; i < n; i++) if (mem[work + i * n + i]! < 0) sign = -sign;
  return sign;
}

/** The product of all values but those at i and j. */
function productWithout(mem: Float64Array, s: number, n: number, i: number, j: number): number {
  let product = 1;
  for (let k = 0; k < n; k++) if (k !== i && k !== j) product *= mem[s + k]!;
  return product;
}

/** Up to this condition number, det(A) A⁻ᵀ is used for the cofactors: it loses no more than five of sixteen digits. */
const wellConditioned = 1e5;

/** The largest sum of sizes in a row of an n×n matrix. */
function rowNorm(mem: Float64Array, x: number, n: number): number {
  let most = 0;
  for (let i = 0; i < n; i++) {
    let total = 0;
    for (let j = 0; j < n; j++) total += Math.abs(mem[x + i * n + j]!);
    most = Math.max(most, total);
  }
  return most;
}

/** a: an n×n matrix, b: its packed factors P A = L U. Work: 4·n·n + n. */
const cofactors: LinalgKernel = (mem, d, a, b, _m, n, _p, work) => {
  luKernels.det(mem, work, b, 0, n, n, 0, 0);
  const determinant = mem[work]!;
  if (determinant !== 0 && Number.isFinite(determinant)) {
    mem.fill(0, work, work + n * n);
    for (let i = 0; i < n; i++) mem[work + i * n + i] = determinant;
    const status = luKernels.solve(mem, d, b, work, n, n, 1, 0);
    const condition = (rowNorm(mem, a, n) * rowNorm(mem, d, n)) / Math.abs(determinant);
    if (status === 0 && condition <= wellConditioned) return 0;
  }
  const packed = work + 2 * n * n;
  jacobiKernels.svd_factors(mem, packed, a, 0, n, n, 0, work);
  return fromSingularValues(mem, d, packed, n, work);
};

/** The cofactors from the packed decomposition. Work: n·n + n. */
function fromSingularValues(mem: Float64Array, d: number, packed: number, n: number, work: number): number {
  const { u, s, v } = partsOf(packed, n);
  const sign = orthogonalSign(mem, u, n, work) * orthogonalSign(mem, v, n, work);
  for (let k = 0; k < n; k++) mem[work + k] = sign * productWithout(mem, s, n, k, k);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let total = 0;
      for (let k = 0; k < n; k++) total += mem[u + i * n + k]! * mem[work + k]! * mem[v + j * n + k]!;
      mem[d + i * n + j] = total;
    }
  }
  return 0;
}

/** c = aᵀ b or a b or a bᵀ, n×n. */
function multiply(
  mem: Float64Array,
  n: number,
  c: number,
  [a, ar, ac]: readonly [number, number, number],
  [b, br, bc]: readonly [number, number, number],
): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let total = 0;
      for (let k = 0; k < n; k++) total += mem[a + i * ar + k * ac]! * mem[b + k * br + j * bc]!;
      mem[c + i * n + j] = total;
    }
  }
}

/** a: the direction, b: the packed decomposition of an n×n matrix. Work: 3·n·n. */
const cofactorsDerivative: LinalgKernel = (mem, d, a, b, _m, n, _p, work) => {
  const { u, s, v } = partsOf(b, n);
  const [turned, inner] = [work, work + 2 * n * n];
  const sign = orthogonalSign(mem, u, n, work) * orthogonalSign(mem, v, n, work);
  multiply(mem, n, inner, [u, 1, n], [a, n, 1]);
  multiply(mem, n, turned, [inner, n, 1], [v, n, 1]);
  for (let i = 0; i < n; i++) {
    let diagonal = 0;
    const first = without(mem, s, n, i);
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      diagonal += first[j]! * mem[turned + j * n + j]!;
      mem[inner + i * n + j] = -sign * first[j]! * mem[turned + j * n + i]!;
    }
    mem[inner + i * n + i] = sign * diagonal;
  }
  multiply(mem, n, turned, [u, n, 1], [inner, n, 1]);
  multiply(mem, n, d, [turned, n, 1], [v, 1, n]);
  return 0;
};

/** By j: the product of all values but those at i and j, from products of what stands before and behind. */
function without(mem: Float64Array, s: number, n: number, i: number): Float64Array {
  const products = new Float64Array(n).fill(1);
  let before = 1;
  let behind = 1;
  for (let j = 0; j < n; j++) {
    products[j]! *= before;
    if (j !== i) before *= mem[s + j]!;
  }
  for (let j = n - 1; j >= 0; j--) {
    products[j]! *= behind;
    if (j !== i) behind *= mem[s + j]!;
  }
  return products;
}

export const spectrumKernels = {
  reciprocal_gaps: reciprocalGaps,
  reciprocal_singular_values: reciprocalSingularValues,
  cofactors,
  cofactors_derivative: cofactorsDerivative,
} as const;
