/** For the smallest matrices: one sum for each element of C, of up to 64 products. */
export function tinyProduct(
  m: i32,
  k: i32,
  n: i32,
  c: usize,
  cr: usize,
  a: usize,
  ar: usize,
  ac: usize,
  b: usize,
  br: usize,
  bc: usize,
): void {
  for (; m > 0; m--) {
    let y = b;
    for (let j = 0; j < n; j++) {
      let sum: f64 = 0;
      let u = a;
      let v = y;
      for (let p = 0; p < k; p++) {
        sum += load<f64>(u) * load<f64>(v);
        u += ac;
        v += br;
      }
      store<f64>(c + ((<usize>j) << 3), sum);
      y += bc;
    }
    c += cr;
    a += ar;
  }
}
