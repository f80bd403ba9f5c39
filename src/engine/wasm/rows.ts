// In the place of `kernels/portable/rows.ts`, which says what each function means: two elements at a time.
import { address, type Memory } from "./memory";

/** Where the last pair ends. */
function pairsEnd(x: usize, count: i32): usize {
  return x + ((<usize>(count & ~1)) << 3);
}

export function copyRow(mem: Memory, count: i32, d: i32, s: i32): void {
  let to = address(mem, d);
  let from = address(mem, s);
  const end = pairsEnd(to, count);
  for (; to < end; to += 16) {
    v128.store(to, v128.load(from));
    from += 16;
  }
  if (count & 1) store<f64>(to, load<f64>(from));
}

export function fillRow(mem: Memory, count: i32, d: i32, value: f64): void {
  let to = address(mem, d);
  const end = pairsEnd(to, count);
  const x = f64x2.splat(value);
  for (; to < end; to += 16) v128.store(to, x);
  if (count & 1) store<f64>(to, value);
}

export function allFinite(mem: Memory, a: i32, count: i32): bool {
  let from = address(mem, a);
  const end = pairsEnd(from, count);
  // Any bit that is set, in the end, is one of NaN: the difference is 0 otherwise.
  let differences = f64x2.splat(0);
  for (; from < end; from += 16) {
    const x = v128.load(from);
    differences = v128.or(differences, f64x2.sub(x, x));
  }
  if (v128.any_true(differences)) return false;
  if (count & 1) {
    const x = load<f64>(from);
    return x - x === 0;
  }
  return true;
}

export function addMultiple(mem: Memory, count: i32, d: i32, factor: f64, s: i32): void {
  let to = address(mem, d);
  let from = address(mem, s);
  const end = pairsEnd(to, count);
  const f = f64x2.splat(factor);
  for (; to < end; to += 16) {
    v128.store(to, f64x2.add(v128.load(to), f64x2.mul(f, v128.load(from))));
    from += 16;
  }
  if (count & 1) store<f64>(to, load<f64>(to) + factor * load<f64>(from));
}

export function divideRow(mem: Memory, count: i32, d: i32, divisor: f64): void {
  let to = address(mem, d);
  const end = pairsEnd(to, count);
  const f = f64x2.splat(divisor);
  for (; to < end; to += 16) v128.store(to, f64x2.div(v128.load(to), f));
  if (count & 1) store<f64>(to, load<f64>(to) / divisor);
}

export function exchangeRows(mem: Memory, count: i32, x: i32, y: i32): void {
  let to = address(mem, x);
  let from = address(mem, y);
  const end = pairsEnd(to, count);
  for (; to < end; to += 16) {
    const t = v128.load(to);
    v128.store(to, v128.load(from));
    v128.store(from, t);
    from += 16;
  }
  if (count & 1) {
    const t = load<f64>(to);
    store<f64>(to, load<f64>(from));
    store<f64>(from, t);
  }
}

export function rotateRows(mem: Memory, count: i32, x: i32, y: i32, c: f64, s: f64): void {
  let to = address(mem, x);
  let from = address(mem, y);
  const end = pairsEnd(to, count);
  const cosine = f64x2.splat(c);
  const sine = f64x2.splat(s);
  for (; to < end; to += 16) {
    const p = v128.load(to);
    const q = v128.load(from);
    v128.store(to, f64x2.sub(f64x2.mul(cosine, p), f64x2.mul(sine, q)));
    v128.store(from, f64x2.add(f64x2.mul(sine, p), f64x2.mul(cosine, q)));
    from += 16;
  }
  if (count & 1) {
    const p = load<f64>(to);
    const q = load<f64>(from);
    store<f64>(to, c * p - s * q);
    store<f64>(from, s * p + c * q);
  }
}

export function innerProduct(mem: Memory, count: i32, x: i32, y: i32): f64 {
  let u = address(mem, x);
  let v = address(mem, y);
  const end = u + ((<usize>(count & ~3)) << 3);
  let lower = f64x2.splat(0);
  let upper = lower;
  for (; u < end; u += 32) {
    lower = f64x2.add(lower, f64x2.mul(v128.load(u), v128.load(v)));
    upper = f64x2.add(upper, f64x2.mul(v128.load(u, 16), v128.load(v, 16)));
    v += 32;
  }
  let total = sumOf(lower, upper);
  for (let i = 0; i < (count & 3); i++) {
    total += load<f64>(u) * load<f64>(v);
    u += 8;
    v += 8;
  }
  return total;
}

function sumOf(lower: v128, upper: v128): f64 {
  const both = f64x2.add(lower, upper);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

export function innerProducts(mem: Memory, count: i32, d: i32, x: i32, y: i32): void {
  let u = address(mem, x);
  let v = address(mem, y);
  const end = u + ((<usize>(count & ~3)) << 3);
  let x0 = f64x2.splat(0);
  let x1 = x0;
  let y0 = x0;
  let y1 = x0;
  let z0 = x0;
  let z1 = x0;
  for (; u < end; u += 32) {
    const u0 = v128.load(u);
    const u1 = v128.load(u, 16);
    const v0 = v128.load(v);
    const v1 = v128.load(v, 16);
    x0 = f64x2.add(x0, f64x2.mul(u0, u0));
    x1 = f64x2.add(x1, f64x2.mul(u1, u1));
    y0 = f64x2.add(y0, f64x2.mul(v0, v0));
    y1 = f64x2.add(y1, f64x2.mul(v1, v1));
    z0 = f64x2.add(z0, f64x2.mul(u0, v0));
    z1 = f64x2.add(z1, f64x2.mul(u1, v1));
    v += 32;
  }
  let ofX = sumOf(x0, x1);
  let ofY = sumOf(y0, y1);
  let ofBoth = sumOf(z0, z1);
  for (let i = 0; i < (count & 3); i++) {
    const p = load<f64>(u);
    const q = load<f64>(v);
    ofX += p * p;
    ofY += q * q;
    ofBoth += p * q;
    u += 8;
    v += 8;
  }
  mem[d] = ofX;
  mem[d + 1] = ofY;
  mem[d + 2] = ofBoth;
}
