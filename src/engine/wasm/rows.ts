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
  const both = f64x2.add(lower, upper);
  let total = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (let i = 0; i < (count & 3); i++) {
    total += load<f64>(u) * load<f64>(v);
    u += 8;
    v += 8;
  }
  return total;
}
