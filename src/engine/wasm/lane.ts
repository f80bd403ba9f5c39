/** In the place of `kernels/portable/lane.ts`, which says what each function means: two elements at a time. */
export type Lane = v128;
export type Mask = v128;

const signBit: i64 = 0x8000000000000000;
const mantissaBits: i64 = 0x000fffffffffffff;
const rootHalfBits: i64 = 0x3fe6a09e00000000;
/** Of √½ over 1. */
const overRootHalfBits: i64 = 0xfff6a09e00000000;
/** Of 2^52. */
const shiftBits: i64 = 0x4330000000000000;
export const wholeShift: f64 = 6755399441055744;

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
export function differ(a: Mask, b: Mask): Mask {
  return v128.xor(a, b);
}
export function not(a: Mask): Mask {
  return v128.not(a);
}
export function any(a: Mask): bool {
  return i64x2.bitmask(a) !== 0;
}
export function all(a: Mask): bool {
  return i64x2.bitmask(a) === 3;
}
export function select(mask: Mask, x: Lane, y: Lane): Lane {
  return v128.bitselect(x, y, mask);
}
export function upTo(x: Lane, bound: Lane): Lane {
  return f64x2.pmin(x, bound);
}
export function downTo(x: Lane, bound: Lane): Lane {
  return f64x2.pmax(x, bound);
}
export function truth(mask: Mask): Lane {
  return v128.and(mask, f64x2.splat(1));
}

export function copysign(x: Lane, y: Lane): Lane {
  return v128.bitselect(y, x, i64x2.splat(signBit));
}
export function isNegative(x: Lane): Mask {
  return i64x2.shr_s(x, 63);
}
export function pow2(k: Lane): Lane {
  return i64x2.shl(f64x2.add(k, f64x2.splat(wholeShift + 1023)), 52);
}
/** x over √½, with its exponent biased as that of a double is. */
function overRootHalf(x: Lane): Lane {
  return i64x2.sub(x, i64x2.splat(overRootHalfBits));
}
export function centredExponent(x: Lane): Lane {
  // The bits of 2^52 + the biased exponent.
  const shifted = v128.or(i64x2.shr_u(overRootHalf(x), 52), i64x2.splat(shiftBits));
  return f64x2.sub(shifted, f64x2.splat(4503599627371519));
}
export function centredMantissa(x: Lane, _k: Lane): Lane {
  return i64x2.add(v128.and(overRootHalf(x), i64x2.splat(mantissaBits)), i64x2.splat(rootHalfBits));
}

/** In the lowest 32 bits of each element; the others do not count. */
export type Index = v128;

export function centredInterval(x: Lane): Index {
  return v128.and(i64x2.shr_u(overRootHalf(x), 45), i64x2.splat(127));
}
export function octave(x: Lane): Index {
  return i64x2.sub(i64x2.shr_u(x, 49), i64x2.splat(8136));
}
export function indexOf(sum: Lane): Index {
  return sum;
}
export function scaleByParts(value: Lane, n: Index): Lane {
  return i64x2.add(value, i64x2.shl(v128.and(n, i64x2.splat(~63)), 46));
}

/** An address: the build puts the values of each table into memory. */
export type Table = usize;

function loadBoth(values: Table, first: i32, second: i32): Lane {
  const low = v128.load_splat<f64>(values + ((<usize>first) << 3));
  return v128.load_lane<f64>(values + ((<usize>second) << 3), low, 1);
}
export function lookup(values: Table, index: Index): Lane {
  return loadBoth(values, i32x4.extract_lane(index, 0), i32x4.extract_lane(index, 2));
}
export function lookup64(values: Table, index: Index): Lane {
  return loadBoth(values, i32x4.extract_lane(index, 0) & 63, i32x4.extract_lane(index, 2) & 63);
}
export function lookup128(values: Table, index: Index): Lane {
  return loadBoth(values, i32x4.extract_lane(index, 0) & 127, i32x4.extract_lane(index, 2) & 127);
}

export function element(values: Table, index: i32): Lane {
  return v128.load_splat<f64>(values + ((<usize>index) << 3));
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
