/** In the place of `kernels/portable/lane.ts`, which says what each function means: two elements at a time. */
export type Lane = v128;
export type Mask = v128;

export function splat(x: f64): Lane {
  return f64x2.splat(x);
}

export function add(x: Lane, y: Lane): Lane {
  return f64x2.add(x, y);
}
export function sub(x: Lane, y: Lane): Lane {
  return f64x2.sub(x, y);
}
export function mul(x: Lane, y: Lane): Lane {
  return f64x2.mul(x, y);
}
export function div(x: Lane, y: Lane): Lane {
  return f64x2.div(x, y);
}
export function neg(x: Lane): Lane {
  return f64x2.neg(x);
}
export function abs(x: Lane): Lane {
  return f64x2.abs(x);
}
export function sqrt(x: Lane): Lane {
  return f64x2.sqrt(x);
}
export function floor(x: Lane): Lane {
  return f64x2.floor(x);
}
export function ceil(x: Lane): Lane {
  return f64x2.ceil(x);
}
export function min(x: Lane, y: Lane): Lane {
  return f64x2.min(x, y);
}
export function max(x: Lane, y: Lane): Lane {
  return f64x2.max(x, y);
}
export function fround(x: Lane): Lane {
  return f64x2.promote_low_f32x4(f32x4.demote_f64x2_zero(x));
}
export function nearest(x: Lane): Lane {
  return f64x2.nearest(x);
}

export function lt(x: Lane, y: Lane): Mask {
  return f64x2.lt(x, y);
}
export function le(x: Lane, y: Lane): Mask {
  return f64x2.le(x, y);
}
export function gt(x: Lane, y: Lane): Mask {
  return f64x2.gt(x, y);
}
export function ge(x: Lane, y: Lane): Mask {
  return f64x2.ge(x, y);
}
export function eq(x: Lane, y: Lane): Mask {
  return f64x2.eq(x, y);
}
export function ne(x: Lane, y: Lane): Mask {
  return f64x2.ne(x, y);
}

export function both(a: Mask, b: Mask): Mask {
  return v128.and(a, b);
}
export function either(a: Mask, b: Mask): Mask {
  return v128.or(a, b);
}
export function not(a: Mask): Mask {
  return v128.not(a);
}
export function any(a: Mask): bool {
  return v128.any_true(a);
}
export function select(mask: Mask, x: Lane, y: Lane): Lane {
  return v128.bitselect(x, y, mask);
}
export function truth(mask: Mask): Lane {
  return v128.and(mask, f64x2.splat(1));
}

const signBit: i64 = 0x8000000000000000;
const mantissaBits: i64 = 0x000fffffffffffff;
const oneBits: i64 = 0x3ff0000000000000;
/** Adding it to a whole number puts that number into the lowest bits. */
const wholeShift: f64 = 6755399441055744;

export function copysign(x: Lane, y: Lane): Lane {
  return v128.bitselect(y, x, i64x2.splat(signBit));
}
export function isNegative(x: Lane): Mask {
  return i64x2.shr_s(x, 63);
}
export function head(x: Lane): Lane {
  return v128.and(x, i64x2.splat(0xffffffff00000000));
}
export function pow2(k: Lane): Lane {
  return i64x2.shl(f64x2.add(k, f64x2.splat(wholeShift + 1023)), 52);
}
export function exponent(x: Lane): Lane {
  const bits = v128.and(i64x2.shr_u(x, 52), i64x2.splat(0x7ff));
  // The bits of 2^52 + bits.
  const shifted = v128.or(bits, i64x2.splat(0x4330000000000000));
  return f64x2.sub(shifted, f64x2.splat(4503599627370496 + 1023));
}
export function mantissa(x: Lane): Lane {
  return v128.or(v128.and(x, i64x2.splat(mantissaBits)), i64x2.splat(oneBits));
}

export type Table = usize;

export function table(values: StaticArray<f64>): Table {
  return changetype<usize>(values);
}

export function lookup(values: Table, index: Lane): Lane {
  const indices = f64x2.add(index, f64x2.splat(wholeShift));
  const first = load<f64>(values + ((<usize>i32x4.extract_lane(indices, 0)) << 3));
  const second = load<f64>(values + ((<usize>i32x4.extract_lane(indices, 2)) << 3));
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

export function first(x: Lane): f64 {
  return f64x2.extract_lane(x, 0);
}

export function each1(f: (x: f64) => f64, x: Lane): Lane {
  const first = f(f64x2.extract_lane(x, 0));
  const second = f(f64x2.extract_lane(x, 1));
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}
export function each2(f: (x: f64, y: f64) => f64, x: Lane, y: Lane): Lane {
  const first = f(f64x2.extract_lane(x, 0), f64x2.extract_lane(y, 0));
  const second = f(f64x2.extract_lane(x, 1), f64x2.extract_lane(y, 1));
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}
export function each3(f: (x: f64, y: f64, z: f64) => f64, x: Lane, y: Lane, z: Lane): Lane {
  const first = f(f64x2.extract_lane(x, 0), f64x2.extract_lane(y, 0), f64x2.extract_lane(z, 0));
  const second = f(f64x2.extract_lane(x, 1), f64x2.extract_lane(y, 1), f64x2.extract_lane(z, 1));
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}
