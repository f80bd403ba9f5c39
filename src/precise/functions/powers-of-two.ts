import { centredExponent, pow2 } from "../../engine/kernels/portable/lane.js";
import { type DoubleDouble, scaled } from "../double-double.js";

const smallestNormal = 2 ** -1022;

/** The whole k with |x| = 2^k·z and √½ ≤ z < √2, roughly, for a finite x that is not 0. */
export function exponentOf(x: number): number {
  const size = Math.abs(x);
  return size < smallestNormal ? centredExponent(size * 2 ** 64) - 64 : centredExponent(size);
}

/** x·2^n for a whole n of any size, rounded once. */
export function timesPowerOfTwo(x: DoubleDouble, n: number): DoubleDouble {
  if (n >= -1022 && n <= 1023) return scaled(x, pow2(n));
  if (n > 1023)
    return n > 2200
      ? scaled(scaled(x, 2 ** 1023), 2 ** 1023)
      : timesPowerOfTwo(scaled(x, 2 ** 1023), n - 1023);
  return n < -2200 ? scaled(x, 0) : timesPowerOfTwo(scaled(x, 2 ** -600), n + 600);
}
