/** In the place of `kernels/portable/memory.ts`: elements of 8 bytes from an address on. */
@unmanaged
export class Memory {
  @operator("[]") private get(i: i32): f64 {
    return load<f64>(changetype<usize>(this) + ((<usize>i) << 3));
  }

  @operator("[]=") private set(i: i32, value: f64): void {
    store<f64>(changetype<usize>(this) + ((<usize>i) << 3), value);
  }

  fill(value: f64, start: i32, end: i32): void {
    for (let i = start; i < end; i++) this[i] = value;
  }

  copyWithin(target: i32, start: i32, end: i32): void {
    const base = changetype<usize>(this);
    memory.copy(base + ((<usize>target) << 3), base + ((<usize>start) << 3), (<usize>(end - start)) << 3);
  }
}
