import { matmul } from "../matmul.js";
import type { Memory } from "../portable/memory.js";
import { finite } from "../portable/number.js";
import { copyRow, fillRow } from "../portable/rows.js";
import { det, eliminate, luSolve, parity } from "./lu.js";
import { svd } from "./svd.js";

// A packed n×n singular value decomposition is U, the row of values and V, one below the other.

/** The determinant, ±1, of an orthogonal matrix. Work: n·n + n. */
function orthogonalSign(mem: Memory, x: i32, n: i32, work: i32): f64 {
  copyRow(mem, n * n, work, x);
  eliminate(mem, work, n, work + n * n);
  let sign = parity(mem, work + n * n, n);
  for (let i: i32 = 0; i < n; i++) if (mem[work + i * n + i] < 0) sign = -sign;
  return sign;
}

/** det(U) det(V). Work: n·n + n. */
function signOfFactors(mem: Memory, packed: i32, n: i32, work: i32): f64 {
  const u = orthogonalSign(mem, packed, n, work);
  return u * orthogonalSign(mem, packed + (n + 1) * n, n, work);
}

/** The product of all values but that at i. */
function productWithout(mem: Memory, s: i32, n: i32, i: i32): f64 {
  let product: f64 = 1;
  for (let k: i32 = 0; k < n; k++) if (k !== i) product *= mem[s + k];
  return product;
}

/** Up to this condition number, det(A) A⁻ᵀ is used for the cofactors: it loses no more than five of sixteen digits. */
const wellConditioned: f64 = 1e5;

/** The largest sum of sizes in a row of an n×n matrix. */
function rowNorm(mem: Memory, x: i32, n: i32): f64 {
  let most: f64 = 0;
  for (let i: i32 = 0; i < n; i++) {
    let total: f64 = 0;
    for (let j: i32 = 0; j < n; j++) total += Math.abs(mem[x + i * n + j]);
    most = Math.max(most, total);
  }
  return most;
}

/** a: an n×n matrix, b: its packed factors P A = L U. Work: 4·n·n + n. */
export function cofactors(mem: Memory, d: i32, a: i32, b: i32, _m: i32, n: i32, _p: i32, work: i32): i32 {
  det(mem, work, b, 0, n, n, 0, 0);
  const determinant = mem[work];
  if (determinant !== 0 && finite(determinant)) {
    fillRow(mem, n * n, work, 0);
    for (let i: i32 = 0; i < n; i++) mem[work + i * n + i] = determinant;
    const status = luSolve(mem, d, b, work, n, n, 1, 0);
    const condition = (rowNorm(mem, a, n) * rowNorm(mem, d, n)) / Math.abs(determinant);
    if (status === 0 && condition <= wellConditioned) return 0;
  }
  const packed = work + 2 * n * n;
  svd(mem, packed, a, 0, n, n, 0, work);
  fromSingularValues(mem, d, packed, n, work);
  return 0;
}

/** The cofactors from the packed decomposition. Work: n·n + n. */
function fromSingularValues(mem: Memory, d: i32, packed: i32, n: i32, work: i32): void {
  const s = packed + n * n;
  const sign = signOfFactors(mem, packed, n, work);
  for (let k: i32 = 0; k < n; k++) mem[work + k] = sign * productWithout(mem, s, n, k);
  const scaled = work + n;
  for (let i: i32 = 0; i < n; i++) {
    for (let k: i32 = 0; k < n; k++) mem[scaled + i * n + k] = mem[packed + i * n + k] * mem[work + k];
  }
  matmul(mem, n, n, n, d, scaled, n, 1, s + n, 1, n);
}

/** a: the direction, b: the packed decomposition of an n×n matrix. Work: 3·n·n. */
export function cofactorsDerivative(
  mem: Memory,
  d: i32,
  a: i32,
  b: i32,
  _m: i32,
  n: i32,
  _p: i32,
  work: i32,
): i32 {
  const s = b + n * n;
  const v = s + n;
  const turned = work;
  const products = work + n * n;
  const inner = work + 2 * n * n;
  const sign = signOfFactors(mem, b, n, work);
  matmul(mem, n, n, n, inner, b, 1, n, a, n, 1);
  matmul(mem, n, n, n, turned, inner, n, 1, v, n, 1);
  for (let i: i32 = 0; i < n; i++) {
    let diagonal: f64 = 0;
    productsWithout(mem, s, n, i, products);
    for (let j: i32 = 0; j < n; j++) {
      if (j === i) continue;
      diagonal += mem[products + j] * mem[turned + j * n + j];
      mem[inner + i * n + j] = -sign * mem[products + j] * mem[turned + j * n + i];
    }
    mem[inner + i * n + i] = sign * diagonal;
  }
  matmul(mem, n, n, n, turned, b, n, 1, inner, n, 1);
  matmul(mem, n, n, n, d, turned, n, 1, v, 1, n);
  return 0;
}

/** By j: the product of all values but those at i and j, from products of what stands before and behind. */
function productsWithout(mem: Memory, s: i32, n: i32, i: i32, products: i32): void {
  let before: f64 = 1;
  let behind: f64 = 1;
  for (let j: i32 = 0; j < n; j++) {
    mem[products + j] = before;
    if (j !== i) before *= mem[s + j];
  }
  for (let j: i32 = n - 1; j >= 0; j--) {
    mem[products + j] *= behind;
    if (j !== i) behind *= mem[s + j];
  }
}
