import { Accumulator } from "./accumulator.js";
import type { DoubleDouble } from "./double-double.js";
import type { Elements } from "./tensor.js";

// Operations on rows of contiguous elements, without an object for each: the work of linear algebra is in these.

/** From this many elements on, the host's function is faster than a loop. */
const many = 32;

const first = new Accumulator();
const second = new Accumulator();

/** `count` elements from d on become those of x from `from` on. */
export function copyRow(count: number, d: Elements, to: number, x: Elements, from: number): void {
  if (count < many) {
    for (let i = 0; i < count; i++) {
      d.hi[to + i] = x.hi[from + i]!;
      d.lo[to + i] = x.lo[from + i]!;
    }
    return;
  }
  d.hi.set(x.hi.subarray(from, from + count), to);
  d.lo.set(x.lo.subarray(from, from + count), to);
}

export function fillRow(count: number, { hi, lo }: Elements, to: number, value: number): void {
  hi.fill(value, to, to + count);
  lo.fill(0, to, to + count);
}

export function exchangeRows(count: number, { hi, lo }: Elements, x: number, y: number): void {
  for (let i = 0; i < count; i++) {
    const h = hi[x + i]!;
    const l = lo[x + i]!;
    hi[x + i] = hi[y + i]!;
    lo[x + i] = lo[y + i]!;
    hi[y + i] = h;
    lo[y + i] = l;
  }
}

/** d += factor·x; elements lie `stride` apart in x. */
export function addMultiple(
  count: number,
  d: Elements,
  to: number,
  factor: DoubleDouble,
  x: Elements,
  from: number,
  stride = 1,
): void {
  const { hi, lo } = d;
  const { hi: xh, lo: xl } = x;
  const { hi: fh, lo: fl } = factor;
  for (let i = 0; i < count; i++) {
    const k = from + i * stride;
    first.set(hi[to + i]!, lo[to + i]!);
    first.addProduct(fh, fl, xh[k]!, xl[k]!);
    hi[to + i] = first.hi;
    lo[to + i] = first.lo;
  }
}

export function multiplyRow(count: number, { hi, lo }: Elements, to: number, factor: DoubleDouble): void {
  for (let i = to; i < to + count; i++) {
    first.setProduct(hi[i]!, lo[i]!, factor.hi, factor.lo);
    hi[i] = first.hi;
    lo[i] = first.lo;
  }
}

export function divideRow(count: number, { hi, lo }: Elements, to: number, divisor: DoubleDouble): void {
  for (let i = to; i < to + count; i++) {
    first.set(hi[i]!, lo[i]!);
    first.divide(divisor.hi, divisor.lo);
    hi[i] = first.hi;
    lo[i] = first.lo;
  }
}

/** x times a power of two, to d: exact, unless it overflows or underflows. */
export function scaleRow(
  count: number,
  d: Elements,
  to: number,
  x: Elements,
  from: number,
  power: number,
): void {
  for (let i = 0; i < count; i++) {
    const high = x.hi[from + i]! * power;
    d.hi[to + i] = high;
    d.lo[to + i] = Number.isFinite(high) ? x.lo[from + i]! * power : 0;
  }
}

/** The rows at x and y become c·x − s·y and s·x + c·y. */
export function rotateRows(
  count: number,
  { hi, lo }: Elements,
  x: number,
  y: number,
  c: DoubleDouble,
  s: DoubleDouble,
): void {
  const { hi: ch, lo: cl } = c;
  const { hi: sh, lo: sl } = s;
  for (let i = 0; i < count; i++) {
    const ph = hi[x + i]!;
    const pl = lo[x + i]!;
    const qh = hi[y + i]!;
    const ql = lo[y + i]!;
    first.setProduct(ch, cl, ph, pl);
    first.addProduct(-sh, -sl, qh, ql);
    second.setProduct(sh, sl, ph, pl);
    second.addProduct(ch, cl, qh, ql);
    hi[x + i] = first.hi;
    lo[x + i] = first.lo;
    hi[y + i] = second.hi;
    lo[y + i] = second.lo;
  }
}

/** The sum of products of elements, which lie `xs` and `ys` apart. */
export function innerProduct(
  count: number,
  x: Elements,
  from: number,
  y: Elements,
  other: number,
  xs = 1,
  ys = 1,
): DoubleDouble {
  const { hi: xh, lo: xl } = x;
  const { hi: yh, lo: yl } = y;
  first.set(0, 0);
  for (let k = 0; k < count; k++) {
    const i = from + k * xs;
    const j = other + k * ys;
    first.addProduct(xh[i]!, xl[i]!, yh[j]!, yl[j]!);
  }
  return { hi: first.hi, lo: first.lo };
}

export function allFinite(count: number, { hi }: Elements, from: number): boolean {
  for (let i = from; i < from + count; i++) if (!Number.isFinite(hi[i]!)) return false;
  return true;
}

/** The largest size of an element, as a double; NaN where one is. */
export function largest(count: number, { hi }: Elements, from: number): number {
  let most = 0;
  for (let i = from; i < from + count; i++) most = Math.max(most, Math.abs(hi[i]!));
  return most;
}
