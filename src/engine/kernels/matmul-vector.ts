/** How a product meets what is in its place: it takes the place, or is subtracted. */
export const set = 0;
export const subtract = 1;

/** Elements along k that are summed up one after another before their sum meets C: see `matmul.ts`. */
export const sumDepth = 64;

/** C's element after one more sum; `first` where it is the sum that takes its place. */
export const meet = (mode: number, first: boolean, before: number, sum: number): number =>
  mode === subtract ? before - sum : first ? sum : before + sum;

export function sumOf(
  depth: number,
  x: Float64Array,
  at: number,
  xs: number,
  y: Float64Array,
  yAt: number,
  ys: number,
): number {
  let total = 0;
  for (let p = 0; p < depth; p++) total += x[at + p * xs] * y[yAt + p * ys];
  return total;
}

/** One element of C. */
export function dot(
  mem: Float64Array,
  mode: number,
  k: number,
  c: number,
  x: number,
  xs: number,
  y: number,
  ys: number,
): void {
  const [xBlock, yBlock] = [sumDepth * xs, sumDepth * ys];
  let total = mode === set ? 0 : mem[c];
  let p = 0;
  // Sums that do not wait for each other.
  for (; p + 4 * sumDepth <= k; p += 4 * sumDepth) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let u = x + p * xs;
    let v = y + p * ys;
    for (let q = 0; q < sumDepth; q++) {
      s0 += mem[u] * mem[v];
      s1 += mem[u + xBlock] * mem[v + yBlock];
      s2 += mem[u + 2 * xBlock] * mem[v + 2 * yBlock];
      s3 += mem[u + 3 * xBlock] * mem[v + 3 * yBlock];
      u += xs;
      v += ys;
    }
    total = mode === subtract ? total - s0 - s1 - s2 - s3 : total + s0 + s1 + s2 + s3;
  }
  for (; p < k; p += sumDepth) {
    const sum = sumOf(Math.min(sumDepth, k - p), mem, x + p * xs, xs, mem, y + p * ys, ys);
    total = mode === subtract ? total - sum : total + sum;
  }
  mem[c] = total;
}

/** One column of C, whose elements lie `cr` apart: four rows of A at a time. */
export function column(
  mem: Float64Array,
  mode: number,
  m: number,
  k: number,
  c: number,
  cr: number,
  a: number,
  ar: number,
  ac: number,
  b: number,
  br: number,
): void {
  let i = 0;
  for (; i + 4 <= m; i += 4) fourRows(mem, mode, k, c + i * cr, cr, a + i * ar, ar, ac, b, br);
  for (; i < m; i++) dot(mem, mode, k, c + i * cr, a + i * ar, ac, b, br);
}

function fourRows(
  mem: Float64Array,
  mode: number,
  k: number,
  c: number,
  cr: number,
  a: number,
  ar: number,
  ac: number,
  b: number,
  br: number,
): void {
  const [c1, c2, c3] = [c + cr, c + 2 * cr, c + 3 * cr];
  for (let p = 0; p < k; p += sumDepth) {
    const end = Math.min(k, p + sumDepth);
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let q = p; q < end; q++) {
      const x = a + q * ac;
      const y = mem[b + q * br];
      s0 += mem[x] * y;
      s1 += mem[x + ar] * y;
      s2 += mem[x + 2 * ar] * y;
      s3 += mem[x + 3 * ar] * y;
    }
    mem[c] = meet(mode, p === 0, mem[c], s0);
    mem[c1] = meet(mode, p === 0, mem[c1], s1);
    mem[c2] = meet(mode, p === 0, mem[c2], s2);
    mem[c3] = meet(mode, p === 0, mem[c3], s3);
  }
}

/** Sums that are not yet whole. */
const sums = new Float64Array(512);

/** One row of C: x times rows of B, which are contiguous; B is read in the order in which it lies. */
export function row(
  mem: Float64Array,
  mode: number,
  k: number,
  n: number,
  c: number,
  x: number,
  xs: number,
  b: number,
  br: number,
): void {
  for (let j = 0; j < n; j += sums.length) {
    const columns = Math.min(sums.length, n - j);
    for (let p = 0; p < k; p += sumDepth) {
      const depth = Math.min(sumDepth, k - p);
      if (p === 0 && mode === set) addRows(mem, depth, columns, mem, c + j, x, xs, b + j, br);
      else {
        addRows(mem, depth, columns, sums, 0, x + p * xs, xs, b + p * br + j, br);
        for (let i = 0; i < columns; i++) mem[c + j + i] = meet(mode, false, mem[c + j + i], sums[i]);
      }
    }
  }
}

function addRows(
  mem: Float64Array,
  depth: number,
  n: number,
  to: Float64Array,
  at: number,
  x: number,
  xs: number,
  b: number,
  br: number,
): void {
  const single = depth & 3;
  const factor = mem[x];
  if (single === 0) to.fill(0, at, at + n);
  else for (let j = 0; j < n; j++) to[at + j] = 0 + factor * mem[b + j];
  for (let p = 1; p < single; p++) {
    const factor = mem[x + p * xs];
    const y = b + p * br;
    for (let j = 0; j < n; j++) to[at + j] += factor * mem[y + j];
  }
  for (let p = single; p < depth; p += 4) {
    const x0 = mem[x + p * xs];
    const x1 = mem[x + (p + 1) * xs];
    const x2 = mem[x + (p + 2) * xs];
    const x3 = mem[x + (p + 3) * xs];
    const y0 = b + p * br;
    const y1 = y0 + br;
    const y2 = y1 + br;
    const y3 = y2 + br;
    for (let j = 0; j < n; j++)
      to[at + j] = to[at + j] + x0 * mem[y0 + j] + x1 * mem[y1 + j] + x2 * mem[y2 + j] + x3 * mem[y3 + j];
  }
}
