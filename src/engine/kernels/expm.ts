import { allFinite, fail, type LinalgKernel } from "./linalg-kernel.js";
import { luKernels } from "./lu.js";
import { matmul } from "./matmul.js";

/**
 * The norm up to which the Padé approximant of each degree is accurate for the exponential and for its derivative
 * (ℓ_m of Al-Mohy and Higham 2009, table 6.1; slightly below θ_m of Higham 2005).
 */
const degrees: readonly (readonly [degree: number, largestNorm: number])[] = [
  [3, 1.08e-2],
  [5, 2e-1],
  [7, 7.83e-1],
  [9, 1.78],
  [13, 4.74],
];

/** Coefficients of the numerator of the diagonal Padé approximant: b_k = (2m − k)! m! / ((2m)! (m − k)! k!). */
function coefficients(degree: number): number[] {
  const b = [1];
  for (let k = 1; k <= degree; k++) b.push((b[k - 1]! * (degree - k + 1)) / ((2 * degree - k + 1) * k));
  return b;
}

/**
 * Scaling and squaring with a Padé approximant (Higham 2005, "The scaling and squaring method for the matrix exponential
 * revisited"). n = rows; p: size of the leading block whose norm decides on degree and scaling. Work: 7·n·n + n.
 */
const expm: LinalgKernel = (mem, d, a, _b, _m, n, p, work) => {
  const size = n * n;
  if (!allFinite(mem, a, size)) return fail(mem, d, size, 0);
  const norm = oneNorm(mem, a, n, p);
  const [degree, largest] = degrees.find(([, limit]) => norm <= limit) ?? degrees.at(-1)!;
  const squarings = Math.max(0, Math.ceil(Math.log2(norm / largest)));
  const scale = 2 ** -squarings;
  const [x, x2, power, next, odd, even] = [0, 1, 2, 3, 4, 5].map((i) => work + i * size) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < size; i++) mem[x + i] = mem[a + i]! * scale;
  const multiply = (c: number, left: number, right: number) =>
    matmul(mem, n, n, n, c, left, n, 1, right, n, 1);
  multiply(x2, x, x);
  identity(mem, power, n);
  mem.fill(0, odd, odd + size);
  mem.fill(0, even, even + size);
  const b = coefficients(degree);
  for (let k = 0; k <= degree; k += 2) {
    for (let i = 0; i < size; i++) {
      mem[even + i]! += b[k]! * mem[power + i]!;
      mem[odd + i]! += b[k + 1]! * mem[power + i]!;
    }
    if (k + 2 > degree) break;
    multiply(next, power, x2);
    mem.copyWithin(power, next, next + size);
  }
  // exp X ≈ (V − U)⁻¹ (V + U), with the odd powers in U = X·odd and the even ones in V.
  multiply(next, x, odd);
  const factors = work + 6 * size;
  for (let i = 0; i < size; i++) {
    mem[odd + i] = mem[even + i]! - mem[next + i]!;
    mem[even + i]! += mem[next + i]!;
  }
  luKernels.lu(mem, factors, odd, 0, n, n, 0, 0);
  luKernels.solve(mem, d, factors, even, n, n, 0, 0);
  for (let k = 0; k < squarings; k++) {
    multiply(next, d, d);
    mem.copyWithin(d, next, next + size);
  }
  return 0;
};

function identity(mem: Float64Array, x: number, n: number): void {
  mem.fill(0, x, x + n * n);
  for (let i = 0; i < n; i++) mem[x + i * n + i] = 1;
}

/** The largest sum of a column of the leading p×p block. */
function oneNorm(mem: Float64Array, a: number, n: number, p: number): number {
  let most = 0;
  for (let j = 0; j < p; j++) {
    let total = 0;
    for (let i = 0; i < p; i++) total += Math.abs(mem[a + i * n + j]!);
    most = Math.max(most, total);
  }
  return most;
}

export const expmKernels = { expm } as const;
