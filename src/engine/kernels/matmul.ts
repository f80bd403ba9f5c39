/** Columns and depth of the block of the right operand that stays in the cache. */
const columnBlock = 512;
const depthBlock = 64;

/**
 * C = A·B for an m×k and a k×n matrix; rows of C are contiguous at `c`, `ar`/`ac` and `br`/`bc` are the row and column
 * strides, so transposes are read in place.
 */
export function matmul(
  mem: Float64Array,
  m: number,
  k: number,
  n: number,
  c: number,
  a: number,
  ar: number,
  ac: number,
  b: number,
  br: number,
  bc: number,
): void {
  if (bc === 1 && n > 1) byRows(mem, m, k, n, c, a, ar, ac, b, br);
  else byDots(mem, m, k, n, c, a, ar, ac, b, br, bc);
}

/** Adds multiples of B's rows to C's rows: every inner loop runs along contiguous memory. */
function byRows(
  mem: Float64Array,
  m: number,
  k: number,
  n: number,
  c: number,
  a: number,
  ar: number,
  ac: number,
  b: number,
  br: number,
): void {
  mem.fill(0, c, c + m * n);
  for (let j0 = 0; j0 < n; j0 += columnBlock) {
    const j1 = Math.min(n, j0 + columnBlock);
    for (let p0 = 0; p0 < k; p0 += depthBlock) {
      const p1 = Math.min(k, p0 + depthBlock);
      for (let i = 0; i < m; i++) {
        const row = c + i * n;
        let p = p0;
        for (; p + 3 < p1; p += 4) {
          const x0 = mem[a + i * ar + p * ac]!;
          const x1 = mem[a + i * ar + (p + 1) * ac]!;
          const x2 = mem[a + i * ar + (p + 2) * ac]!;
          const x3 = mem[a + i * ar + (p + 3) * ac]!;
          const y0 = b + p * br;
          const y1 = y0 + br;
          const y2 = y1 + br;
          const y3 = y2 + br;
          for (let j = j0; j < j1; j++) {
            mem[row + j] =
              mem[row + j]! + x0 * mem[y0 + j]! + x1 * mem[y1 + j]! + (x2 * mem[y2 + j]! + x3 * mem[y3 + j]!);
          }
        }
        for (; p < p1; p++) {
          const x = mem[a + i * ar + p * ac]!;
          const y = b + p * br;
          for (let j = j0; j < j1; j++) mem[row + j]! += x * mem[y + j]!;
        }
      }
    }
  }
}

/** One inner product for each element of C: for columns that are not contiguous along n. */
function byDots(
  mem: Float64Array,
  m: number,
  k: number,
  n: number,
  c: number,
  a: number,
  ar: number,
  ac: number,
  b: number,
  br: number,
  bc: number,
): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let even = 0;
      let odd = 0;
      let x = a + i * ar;
      let y = b + j * bc;
      let p = 0;
      for (; p + 1 < k; p += 2) {
        even += mem[x]! * mem[y]!;
        odd += mem[x + ac]! * mem[y + br]!;
        x += 2 * ac;
        y += 2 * br;
      }
      if (p < k) even += mem[x]! * mem[y]!;
      mem[c + i * n + j] = even + odd;
    }
  }
}
