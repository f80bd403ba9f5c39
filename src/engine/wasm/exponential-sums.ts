import { exp } from "../kernels/elementwise/index";
import { address, type Memory } from "./memory";

/** In the place of `kernels/exponential-sums.ts`, which says what each function means. */

function pair(m: Memory, a: i32, stride: i32): v128 {
  if (stride === 1) return v128.load(address(m, a));
  return f64x2.replace_lane(f64x2.splat(m[a]), 1, m[a + stride]);
}

function total(sums: v128): f64 {
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

export function sumExponentials(m: Memory, n: i32, a: i32, stride: i32, shift: f64): f64 {
  const shifts = f64x2.splat(shift);
  let sums = f64x2.splat(0);
  let i: i32 = 0;
  for (; i + 1 < n; i += 2) {
    sums = f64x2.add(sums, exp(f64x2.sub(pair(m, a + i * stride, stride), shifts)));
  }
  if (i < n) {
    const last = exp(f64x2.splat(m[a + i * stride] - shift));
    sums = f64x2.add(sums, f64x2.replace_lane(last, 1, 0));
  }
  return total(sums);
}

export function writeExponentials(m: Memory, n: i32, d: i32, ds: i32, a: i32, as: i32, shift: f64): f64 {
  const shifts = f64x2.splat(shift);
  let sums = f64x2.splat(0);
  let i: i32 = 0;
  for (; i + 1 < n; i += 2) {
    const values = exp(f64x2.sub(pair(m, a + i * as, as), shifts));
    if (ds === 1) v128.store(address(m, d + i), values);
    else {
      m[d + i * ds] = f64x2.extract_lane(values, 0);
      m[d + (i + 1) * ds] = f64x2.extract_lane(values, 1);
    }
    sums = f64x2.add(sums, values);
  }
  if (i < n) {
    const last = exp(f64x2.splat(m[a + i * as] - shift));
    m[d + i * ds] = f64x2.extract_lane(last, 0);
    sums = f64x2.add(sums, f64x2.replace_lane(last, 1, 0));
  }
  return total(sums);
}
