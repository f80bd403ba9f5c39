import type { Numbers } from "../portable/number.js";
import { cosPi, cosPiMiddle, cosPiSize, sincPi, sincPiMiddle, sincPiSize } from "./gamma-tables.js";

/** What the logarithm of the gamma function and its derivatives share. */

/** From here on the asymptotic series needs no more than the numbers of their tables. */
export const asymptoticFrom: f64 = 12;

/** Horner's rule, highest power first. */
export function polynomial(coefficients: Numbers, size: i32, u: f64): f64 {
  let value: f64 = 0;
  for (let i: i32 = 0; i < size; i++) value = value * u + coefficients[i];
  return value;
}

/** Σ c·x^(2 − 2k), k = 1 … 8. */
export function asymptoticSeries(coefficients: Numbers, x: f64): f64 {
  const inverse = 1 / (x * x);
  let value: f64 = 0;
  for (let k: i32 = 7; k >= 0; k--) value = value * inverse + coefficients[k];
  return value;
}

/** The distance to the nearest whole number, with its sign: exact. */
export function fraction(x: f64): f64 {
  return x - Math.floor(x + 0.5);
}

/** sin(πr)/(πr) − 1 for 0 ≤ r ≤ ¼. */
export function sincRest(r: f64): f64 {
  return r * r * polynomial(sincPi, sincPiSize, r * r - sincPiMiddle);
}

/** cos πr − 1 for 0 ≤ r ≤ ¼. */
export function cosineRest(r: f64): f64 {
  return r * r * polynomial(cosPi, cosPiSize, r * r - cosPiMiddle);
}
