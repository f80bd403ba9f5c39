/** In the place of `kernels/portable/memory.ts`: elements of 8 bytes, or words of 4, from an address on. */
@unmanaged
export class Memory {
  @operator("[]") get(i: i32): f64 {
    return load<f64>(changetype<usize>(this) + ((<usize>i) << 3));
  }

  @operator("[]=") set(i: i32, value: f64): void {
    store<f64>(changetype<usize>(this) + ((<usize>i) << 3), value);
  }

  fill(value: f64, start: i32, end: i32): void {
    // By pairs, as what follows reads it: a load waits for two stores that it overlaps.
    const values = f64x2.splat(value);
    let to = address(this, start);
    const last = address(this, start + ((end - start) & ~1));
    while (to < last) {
      v128.store(to, values);
      to += 16;
    }
    if ((end - start) & 1) store<f64>(to, value);
  }

  copyWithin(target: i32, start: i32, end: i32): void {
    const base = changetype<usize>(this);
    memory.copy(base + ((<usize>target) << 3), base + ((<usize>start) << 3), (<usize>(end - start)) << 3);
  }
}

@unmanaged
export class Words {
  @operator("[]") get(i: i32): i32 {
    return load<i32>(changetype<usize>(this) + ((<usize>i) << 2));
  }

  @operator("[]=") set(i: i32, value: i32): void {
    store<i32>(changetype<usize>(this) + ((<usize>i) << 2), value);
  }
}

/** The address of an element. */
export function address(m: Memory, i: i32): usize {
  return changetype<usize>(m) + ((<usize>i) << 3);
}

export function part(m: Memory, start: i32, _size: i32): Memory {
  return changetype<Memory>(address(m, start));
}

/** From how many elements on the bulk instruction, which is a call in V8, is faster than a loop. */
const bulk: i32 = 64;

export function copyBetween(to: Memory, at: i32, from: Memory, start: i32, n: i32): void {
  let d = address(to, at);
  let s = address(from, start);
  if (n >= bulk) {
    memory.copy(d, s, (<usize>n) << 3);
    return;
  }
  const end = d + ((<usize>(n & ~1)) << 3);
  while (d < end) {
    v128.store(d, v128.load(s));
    d += 16;
    s += 16;
  }
  if (n & 1) store<f64>(d, load<f64>(s));
}
