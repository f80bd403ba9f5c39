import { matmul } from "../matmul.js";
import type { Memory } from "../portable/memory.js";
import { addMultiple, fillRow, innerProduct, rotateRows } from "../portable/rows.js";
import { reflect, reflector } from "./householder.js";
import { epsilon } from "./jacobi.js";

/** Against a largest element of about 1, this is nothing, and squares of what is more do not underflow. */
const negligible: f64 = 1e-60;
/** Two steps for each eigenvalue are usual; more than this are a sign that they go round in circles. */
const mostSteps: i32 = 50;

/**
 * Eigenvalues and vectors of the symmetric n×n matrix at `x` by way of a tridiagonal one: the vectors, as rows, take its
 * place, and the values go to `q`, which is for n×n elements. `room` is for 4·n. False where the steps do not converge.
 */
export function byTridiagonal(mem: Memory, x: i32, n: i32, q: i32, room: i32): bool {
  const values = room;
  const beside = room + n;
  tridiagonalise(mem, x, n, room + 2 * n, room + 3 * n);
  for (let i: i32 = 0; i < n; i++) {
    mem[values + i] = mem[x + i * (n + 1)];
    mem[beside + i] = i < n - 1 ? mem[x + i * (n + 1) + 1] : 0;
  }
  fillRow(mem, n * n, q, 0);
  for (let i: i32 = 0; i < n; i++) mem[q + i * (n + 1)] = 1;
  for (let k = n - 2; k >= 0; k--) {
    const inner = q + (k + 1) * (n + 1);
    reflect(mem, x + k * (n + 1) + 1, 1, mem[room + 2 * n + k], inner, n - 1 - k, n, n - 1 - k, room + 3 * n);
  }
  for (let i: i32 = 0; i < n; i++) for (let j: i32 = 0; j < n; j++) mem[x + i * n + j] = mem[q + j * n + i];
  if (!diagonalise(mem, values, beside, n, x)) return false;
  for (let i: i32 = 0; i < n; i++) mem[q + i] = mem[values + i];
  return true;
}

/**
 * Householder's tridiagonal form (Golub and Van Loan, 4th ed., alg. 8.3.1): row k gets the vector of its reflection behind
 * the diagonal, with the element of the tridiagonal matrix in the place of its 1, and `tau` the factors.
 */
function tridiagonalise(mem: Memory, x: i32, n: i32, tau: i32, w: i32): void {
  for (let k: i32 = 0; k < n - 1; k++) {
    const count = n - 1 - k;
    const v = x + k * (n + 1) + 1;
    const inner = v + n;
    const factor = reflector(mem, v, count, 1);
    mem[tau + k] = factor;
    if (factor === 0) continue;
    const beta = mem[v];
    mem[v] = 1;
    // A −= v wᵀ + w vᵀ with w = τ A v − (τ²/2 vᵀ A v) v.
    matmul(mem, count, count, 1, w, inner, n, 1, v, 1, 1);
    for (let i: i32 = 0; i < count; i++) mem[w + i] *= factor;
    addMultiple(mem, count, w, (-factor / 2) * innerProduct(mem, count, w, v), v);
    for (let i: i32 = 0; i < count; i++) {
      addMultiple(mem, count, inner + i * n, -mem[v + i], w);
      addMultiple(mem, count, inner + i * n, -mem[w + i], v);
    }
    mem[v] = beta;
  }
}

/**
 * Implicit QL steps (Golub and Van Loan, 4th ed., sec. 8.3.5; Dubrulle 1970, "A short note on the implicit QL algorithm")
 * on the values on the diagonal and beside it; the rows at `v` turn with them.
 */
function diagonalise(mem: Memory, values: i32, beside: i32, n: i32, v: i32): bool {
  for (let first: i32 = 0; first < n; first++) {
    let steps: i32 = 0;
    for (;;) {
      const last = endOfBlock(mem, values, beside, n, first);
      if (last === first) break;
      if (++steps > mostSteps) return false;
      stepOf(mem, values, beside, n, v, first, last);
    }
  }
  return true;
}

/** The index from which on the matrix has nothing to do with what is before. */
function endOfBlock(mem: Memory, values: i32, beside: i32, n: i32, first: i32): i32 {
  let last = first;
  for (; last < n - 1; last++) {
    const size = Math.abs(mem[values + last]) + Math.abs(mem[values + last + 1]);
    if (Math.abs(mem[beside + last]) <= Math.max(epsilon * size, negligible)) break;
  }
  return last;
}

function stepOf(mem: Memory, values: i32, beside: i32, n: i32, v: i32, first: i32, last: i32): void {
  const e = mem[beside + first];
  const d = mem[values + first];
  const theta = (mem[values + first + 1] - d) / (2 * e);
  // The 1 under the root does not count then, and the square might overflow.
  const root = Math.abs(theta) > 1e8 ? Math.abs(theta) : Math.sqrt(theta * theta + 1);
  let g = mem[values + last] - d + e / (theta < 0 ? theta - root : theta + root);
  let s: f64 = 1;
  let c: f64 = 1;
  let p: f64 = 0;
  for (let i = last - 1; i >= first; i--) {
    const f = s * mem[beside + i];
    const b = c * mem[beside + i];
    const r = Math.sqrt(f * f + g * g);
    mem[beside + i + 1] = r;
    if (r === 0) {
      // The matrix has come apart here.
      mem[values + i + 1] -= p;
      mem[beside + last] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = mem[values + i + 1] - p;
    const t = (mem[values + i] - g) * s + 2 * c * b;
    p = s * t;
    mem[values + i + 1] = g + p;
    g = c * t - b;
    rotateRows(mem, n, v + i * n, v + (i + 1) * n, c, s);
  }
  mem[values + first] -= p;
  mem[beside + first] = g;
  mem[beside + last] = 0;
}
