import type { DoubleDouble } from "../double-double.js";

/**
 * Constants as sums of doubles: the first is the double next to the number, each further one that next to what is left. A
 * test compares them with decimal numbers.
 */

/** π. */
export const pi: DoubleDouble = { hi: Math.PI, lo: 1.2246467991473532e-16 };
/** π/2. */
export const halfPi: DoubleDouble = { hi: 1.5707963267948966, lo: 6.123233995736766e-17 };
/** 1/√(2π). */
export const invSqrtTwoPi: DoubleDouble = { hi: 0.3989422804014327, lo: -2.49232720227773e-17 };
/** √½. */
export const sqrtHalf: DoubleDouble = { hi: Math.SQRT1_2, lo: -4.833646656726457e-17 };
/** log 2. */
export const logTwo: DoubleDouble = { hi: Math.LN2, lo: 2.3190468138462996e-17 };
/** log π. */
export const logPi: DoubleDouble = { hi: 1.1447298858494002, lo: 1.0265951162707826e-17 };
/** ½·log 2π. */
export const halfLogTwoPi: DoubleDouble = { hi: 0.9189385332046728, lo: -3.8782941580672414e-17 };
/** 1/log 2. */
export const invLogTwo: DoubleDouble = { hi: Math.LOG2E, lo: 2.0355273740931033e-17 };
/** 1/log 10. */
export const invLogTen: DoubleDouble = { hi: Math.LOG10E, lo: 1.098319650216765e-17 };
