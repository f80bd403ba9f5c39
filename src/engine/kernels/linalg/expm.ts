import { matmul } from "../matmul.js";
import type { Memory } from "../portable/memory.js";
import { upperWord } from "../portable/number.js";
import { addMultiple, allFinite, copyRow, fillRow } from "../portable/rows.js";
import { fail, powerOfTwo } from "./kernel.js";
import { lu, luSolve } from "./lu.js";

/** Above this norm, the matrix is scaled. */
const largestNorm: f64 = 4.74;

/**
 * The lowest degree of the Padé approximant that is accurate for the exponential and for its derivative up to this norm
 * (ℓ_m of Al-Mohy and Higham 2009, table 6.1; slightly below θ_m of Higham 2005).
 */
function degreeFor(norm: f64): i32 {
  if (norm <= 1.08e-2) return 3;
  if (norm <= 2e-1) return 5;
  if (norm <= 7.83e-1) return 7;
  return norm <= 1.78 ? 9 : 13;
}

/** The smallest k from 0 to 1023 with norm ≤ 2^k · largestNorm. */
function squaringsFor(norm: f64): i32 {
  const ratio = norm / largestNorm;
  if (ratio <= 1) return 0;
  const exponent: i32 = (upperWord(ratio) >> 20) - 1023;
  if (exponent >= 1023) return 1023;
  return powerOfTwo(exponent) === ratio ? exponent : exponent + 1;
}

/**
 * Scaling and squaring with a Padé approximant (Higham 2005, "The scaling and squaring method for the matrix exponential
 * revisited"). n = rows; p: size of the leading block whose norm decides on degree and scaling. Work: 7·n·n + n.
 */
export function expm(mem: Memory, d: i32, a: i32, _b: i32, _m: i32, n: i32, p: i32, work: i32): i32 {
  const size = n * n;
  if (!allFinite(mem, a, size)) return fail(mem, d, size, 0);
  const norm = oneNorm(mem, a, n, p);
  const squarings = squaringsFor(norm);
  const x = work;
  const next = work + 3 * size;
  const odd = work + 4 * size;
  const even = work + 5 * size;
  const factors = work + 6 * size;
  // In two steps, since the power itself may be too small.
  const half = squarings >> 1;
  const scale = powerOfTwo(-half);
  const rest = powerOfTwo(half - squarings);
  for (let i: i32 = 0; i < size; i++) mem[x + i] = mem[a + i] * scale * rest;
  oddAndEven(mem, n, degreeFor(norm), work);
  // exp X ≈ (V − U)⁻¹ (V + U), with the odd powers in U = X·odd and the even ones in V.
  multiply(mem, n, next, x, odd);
  for (let i: i32 = 0; i < size; i++) {
    mem[odd + i] = mem[even + i] - mem[next + i];
    mem[even + i] += mem[next + i];
  }
  lu(mem, factors, odd, 0, n, n, 0, 0);
  luSolve(mem, d, factors, even, n, n, 0, 0);
  for (let k: i32 = 0; k < squarings; k++) {
    multiply(mem, n, next, d, d);
    copyRow(mem, size, d, next);
  }
  return 0;
}

function multiply(mem: Memory, n: i32, c: i32, a: i32, b: i32): void {
  matmul(mem, n, n, n, c, a, n, 1, b, n, 1);
}

/**
 * The even part of the numerator of the diagonal Padé approximant at X, and the odd one divided by X, by the coefficients
 * b_k = (2m − k)! m! / ((2m)! (m − k)! k!). `work` begins with X.
 */
function oddAndEven(mem: Memory, n: i32, degree: i32, work: i32): void {
  const size = n * n;
  const square = work + size;
  const power = work + 2 * size;
  const next = work + 3 * size;
  const odd = work + 4 * size;
  const even = work + 5 * size;
  multiply(mem, n, square, work, work);
  fillRow(mem, 2 * size, odd, 0);
  let b: f64 = 1;
  for (let k: i32 = 0; k < degree; k += 2) {
    const after = coefficientAfter(b, degree, k);
    if (k === 0) {
      for (let i: i32 = 0; i < n; i++) {
        mem[even + i * (n + 1)] = b;
        mem[odd + i * (n + 1)] = after;
      }
    } else {
      if (k === 2) copyRow(mem, size, power, square);
      else {
        multiply(mem, n, next, power, square);
        copyRow(mem, size, power, next);
      }
      addMultiple(mem, size, even, b, power);
      addMultiple(mem, size, odd, after, power);
    }
    b = coefficientAfter(after, degree, k + 1);
  }
}

/** b_(k+1) from b_k. */
function coefficientAfter(b: f64, degree: i32, k: i32): f64 {
  return (b * (degree - k)) / ((2 * degree - k) * (k + 1));
}

/** The largest sum of a column of the leading p×p block. */
function oneNorm(mem: Memory, a: i32, n: i32, p: i32): f64 {
  let most: f64 = 0;
  for (let j: i32 = 0; j < p; j++) {
    let total: f64 = 0;
    for (let i: i32 = 0; i < p; i++) total += Math.abs(mem[a + i * n + j]);
    most = Math.max(most, total);
  }
  return most;
}
